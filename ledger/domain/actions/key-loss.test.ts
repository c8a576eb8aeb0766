import { expect } from 'chai'
import type { Instant } from '../ids.ts'
import { evolveParty } from '../evolve.ts'
import { aHash, aParty, cosignersOf, decided, idOf, keyOf, now, refusalOf, yesterday } from '../testing.ts'
import type { Party } from '../registry.ts'

const referenceHash = aHash(30), subject = idOf('shipper')
const lost = (since: Instant = yesterday): Party => ({ ...aParty('shipper'), keyLoss: { by: idOf('shipper'), since, referenceHash } })
const given = (since?: Instant) => ({ subject, parties: [lost(since)] })

describe('report key loss', () => {
  it('is for any key of the party, and for an administrator of the registrar', () => {
    for (const by of ['shipper', 'registrar'] as const) expect(decided('reportKeyLoss', { referenceHash }, { by, subject })).to.deep.equal([{ type: 'key-loss-reported', partyId: subject, by: idOf(by), referenceHash }])
    expect(refusalOf('reportKeyLoss', { referenceHash }, { by: 'shipper', key: keyOf('shipper', { person: 2, purposes: ['title'] }), subject })).to.equal(null)
    expect(refusalOf('reportKeyLoss', { referenceHash }, { by: 'thief', subject })).to.equal('registrar-required')
    expect(refusalOf('reportKeyLoss', { referenceHash }, { by: 'registrar', key: keyOf('registrar', { person: 2, purposes: ['title'] }), subject })).to.equal('registrar-required')
  })
  it('is about a known party, once, and never about the registrar', () => {
    expect(refusalOf('reportKeyLoss', { referenceHash }, { by: 'registrar', subject: 'p'.padEnd(33, 'f') as never })).to.equal('unknown-party')
    expect(refusalOf('reportKeyLoss', { referenceHash }, { by: 'registrar', subject: idOf('registrar') })).to.equal('registrar-not-frozen')
    expect(refusalOf('reportKeyLoss', { referenceHash }, { by: 'registrar', ...given() })).to.equal('party-frozen')
  })
})

describe('withdraw the report', () => {
  it('takes an administrator of the party with the registrar, or two people of the registrar', () => {
    expect(decided('withdrawKeyLossReport', {}, { by: 'shipper', ...given() })).to.deep.equal([{ type: 'key-loss-withdrawn', partyId: subject, by: subject }])
    expect(decided('withdrawKeyLossReport', {}, { by: 'registrar', ...given() })).to.deep.equal([{ type: 'key-loss-withdrawn', partyId: subject, by: idOf('registrar') }])
    expect(cosignersOf('withdrawKeyLossReport', {}, { by: 'shipper', ...given() })).to.deep.equal(['administrator'])
    expect(cosignersOf('withdrawKeyLossReport', {}, { by: 'registrar', ...given() })).to.deep.equal(['second-person'])
    expect(refusalOf('withdrawKeyLossReport', {}, { by: 'thief', ...given() })).to.equal('registrar-required')
    expect(refusalOf('withdrawKeyLossReport', {}, { by: 'shipper', subject })).to.equal('no-key-loss-report')
  })
})

describe('rebind keys', () => {
  const fresh = keyOf('shipper', { person: 5 })
  const { keyId, publicKey, algorithm, person } = fresh
  const args = { key: { keyId, publicKey, algorithm, person, purposes: ['title' as const, 'admin' as const] }, evidenceHash: aHash(31) }
  const before = (ms: number) => new Date(Date.parse(now) - ms).toISOString() as Instant
  const hours = 3_600_000

  it('waits 72 hours of ledger time after the report', () => {
    expect(refusalOf('rebindKeys', args, { by: 'shipper', key: fresh, ...given(before(72 * hours - 1)) })).to.equal('notice-period-running')
    expect(decided('rebindKeys', args, { by: 'shipper', key: fresh, ...given(before(72 * hours)) })).to.deep.equal([{ type: 'keys-rebound', partyId: subject, key: { ...args.key, partyId: subject }, evidenceHash: aHash(31) }])
  })
  it('T-10 takes two people of the registrar besides the new key itself', () => {
    expect(cosignersOf('rebindKeys', args, { by: 'shipper', key: fresh, ...given() })).to.deep.equal(['administrator', 'second-person'])
  })
  it('needs a report, an unused key that can administer, and the party’s own stream', () => {
    const late = given(before(80 * hours))
    expect(refusalOf('rebindKeys', args, { by: 'shipper', key: fresh, subject })).to.equal('no-key-loss-report')
    expect(refusalOf('rebindKeys', args, { by: 'buyer', key: fresh, ...late })).to.equal('key-not-of-party')
    expect(refusalOf('rebindKeys', { ...args, key: { ...args.key, purposes: ['title'] } }, { by: 'shipper', key: fresh, ...late })).to.equal('key-lacks-purpose')
    expect(refusalOf('rebindKeys', { ...args, key: { ...args.key, keyId: keyOf('shipper').keyId } }, { by: 'shipper', ...late })).to.equal('key-exists')
  })
  it('revokes what was live, keeps what was revoked as it was, and ends the freeze', () => {
    const old = { ...keyOf('shipper', { person: 2 }), revoked: { at: yesterday, reason: 'left the company' } }
    const party: Party = { ...aParty('shipper', [keyOf('shipper'), old]), keyLoss: lost().keyLoss }
    const after = evolveParty(party, { type: 'keys-rebound', partyId: subject, key: { ...args.key, partyId: subject }, evidenceHash: aHash(31) }, { seq: 2, hash: aHash(2), recordedAt: now })
    expect(after.keyLoss).to.equal(null)
    expect(after.keys[keyOf('shipper').keyId]?.revoked).to.deep.equal({ at: now, reason: 'KEY_LOSS' })
    expect(after.keys[old.keyId]?.revoked).to.deep.equal(old.revoked)
    expect(after.keys[keyId]).to.include({ revoked: null, registeredAt: now })
    expect(evolveParty(party, { type: 'key-loss-withdrawn', partyId: subject, by: subject }, { seq: 2, hash: aHash(2), recordedAt: now }).keyLoss).to.equal(null)
  })
})
