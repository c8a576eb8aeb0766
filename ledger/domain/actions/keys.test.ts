import { expect } from 'chai'
import { aParty, cosignersOf, decided, idOf, keyOf, refusalOf } from '../testing.ts'
import { actions } from './index.ts'
import { hasAdministrator } from './keys.ts'

const second = keyOf('shipper', { person: 2, purposes: ['title'] })
const { keyId, publicKey, algorithm, person } = second
const register = { key: { keyId, publicKey, algorithm, person, purposes: ['title' as const] } }

describe('register key', () => {
  it('binds the key to the party', () => {
    expect(decided('registerKey', register, { by: 'shipper', key: second, subject: idOf('shipper') })).to.deep.equal([{ type: 'key-registered', partyId: idOf('shipper'), key: { ...register.key, partyId: idOf('shipper') } }])
    expect(refusalOf('registerKey', register, { by: 'shipper', key: second, subject: idOf('buyer') })).to.equal('key-not-of-party')
  })
  it('T-10 is approved by an administrator of the party; by the registrar only while there never was one, even if all are revoked', () => {
    const approvers = (keys: Parameters<typeof aParty>[1]) => actions.registerKey.cosigners?.(
      { subject: idOf('shipper'), party: idOf('shipper') } as never, { registrar: idOf('registrar'), party: () => aParty('shipper', keys) } as never)
    expect(approvers([keyOf('shipper')])).to.deep.equal([{ party: idOf('shipper'), why: 'administrator' }])
    expect(approvers([])).to.deep.equal([{ party: idOf('registrar'), why: 'administrator' }])
    expect(approvers([second])).to.deep.equal([{ party: idOf('registrar'), why: 'administrator' }])
    expect(approvers([{ ...keyOf('shipper'), revoked: { at: '' as never, reason: 'lost' } }])).to.deep.equal([{ party: idOf('shipper'), why: 'administrator' }])
    expect(cosignersOf('registerKey', register, { by: 'shipper', key: second, subject: idOf('shipper') })).to.deep.equal(['administrator'])
  })
  it('starts with an administrator’s key', () => {
    expect(refusalOf('registerKey', register, { by: 'shipper', key: second, subject: idOf('shipper'), parties: [aParty('shipper', [])] })).to.equal('key-lacks-purpose')
    expect(refusalOf('registerKey', { key: { ...register.key, purposes: ['admin'] } }, { by: 'shipper', key: second, subject: idOf('shipper'), parties: [aParty('shipper', [])] })).to.equal(null)
  })
  it('is refused, with the registrar as the one to ask, for a party that the ledger does not know', () => {
    const signed = { args: register, subject: idOf('shipper'), party: idOf('shipper') } as never, view = { registrar: idOf('registrar'), party: () => null, key: () => null } as never
    expect(actions.registerKey.cosigners?.(signed, view)).to.deep.equal([{ party: idOf('registrar'), why: 'administrator' }])
    expect(() => actions.registerKey.decide(signed, view)).to.throw('key-lacks-purpose')
  })
  it('takes no key twice, not for another party and not after it was revoked', () => {
    const known = aParty('shipper', [keyOf('shipper'), { ...second, revoked: { at: '' as never, reason: 'lost' } }])
    expect(refusalOf('registerKey', register, { by: 'shipper', key: second, subject: idOf('shipper'), parties: [known] })).to.equal('key-exists')
    expect(refusalOf('registerKey', register, { by: 'buyer', key: second, subject: idOf('buyer'), parties: [known] })).to.equal('key-exists')
  })
})

describe('revoke key', () => {
  const shipper = aParty('shipper', [keyOf('shipper'), second])
  const revoke = (given: Omit<Parameters<typeof refusalOf>[2], 'subject'>, target = second) =>
    refusalOf('revokeKey', { keyId: target.keyId, reason: 'lost' }, { subject: idOf('shipper'), parties: [shipper], ...given })

  it('is done by an administrator, by the key itself, or by the registrar', () => {
    expect(revoke({ by: 'shipper' })).to.equal(null)
    expect(revoke({ by: 'shipper', key: second })).to.equal(null)
    expect(revoke({ by: 'registrar' })).to.equal(null)
  })
  it('is not done by others: a stranger, a colleague without administration, a registrar’s clerk', () => {
    expect(revoke({ by: 'thief' })).to.equal('approval-missing')
    expect(revoke({ by: 'shipper', key: keyOf('shipper', { person: 3, purposes: ['title'] }) })).to.equal('approval-missing')
    expect(revoke({ by: 'registrar', key: keyOf('registrar', { person: 2, purposes: ['title'] }) })).to.equal('approval-missing')
  })
  it('leaves the party an administrator, unless the registrar decides otherwise', () => {
    expect(revoke({ by: 'shipper' }, keyOf('shipper'))).to.equal('last-admin-key')
    expect(revoke({ by: 'registrar' }, keyOf('shipper'))).to.equal(null)
    const colleague = keyOf('shipper', { person: 4, purposes: ['admin'] }), gone = { at: '' as never, reason: 'lost' }
    expect(revoke({ by: 'shipper', parties: [aParty('shipper', [keyOf('shipper'), second, colleague])] }, keyOf('shipper'))).to.equal(null)
    expect(revoke({ by: 'shipper', parties: [aParty('shipper', [keyOf('shipper'), { ...colleague, revoked: gone }])] }, keyOf('shipper'))).to.equal('last-admin-key')
    expect(revoke({ by: 'shipper', key: second, parties: [aParty('shipper', [{ ...keyOf('shipper'), revoked: gone }, second])] }), 'none to lose').to.equal(null)
  })
  it('leaves a party that counts as administered as long as one administrator’s key is live', () => {
    const revoked = { ...keyOf('shipper'), revoked: { at: '' as never, reason: 'lost' } }
    expect(([[keyOf('shipper')], [keyOf('shipper'), second], [second], [revoked], []] as const).map((keys) => hasAdministrator(aParty('shipper', keys)))).to.deep.equal([true, true, false, false, false])
  })
  it('needs a live key of that party', () => {
    expect(revoke({ by: 'shipper' }, keyOf('buyer'))).to.equal('unknown-key')
    expect(revoke({ by: 'shipper', parties: [aParty('shipper', [keyOf('shipper'), { ...second, revoked: { at: '' as never, reason: 'lost' } }])] })).to.equal('key-revoked')
  })
})
