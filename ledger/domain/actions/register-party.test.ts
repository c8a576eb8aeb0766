import { expect } from 'chai'
import { aHash, aParty, decided, idOf, refusalOf } from '../testing.ts'
import type { PartyId } from '../ids.ts'

describe('register party', () => {
  const fresh = 'p'.padEnd(33, 'e') as PartyId
  const args = { roles: ['bank' as const], identityHash: aHash(1) }

  it('is the registrar’s', () => {
    expect(decided('registerParty', args, { by: 'registrar', subject: fresh })).to.deep.equal([{ type: 'party-registered', partyId: fresh, ...args }])
    expect(refusalOf('registerParty', args, { by: 'bank', subject: fresh })).to.equal('registrar-required')
  })
  it('changes the roles of a known party, never who it is', () => {
    const { identityHash } = aParty('shipper')
    expect(decided('registerParty', { roles: ['shipper', 'consignee', 'shipper'], identityHash }, { by: 'registrar', subject: idOf('shipper') })[0]).to.deep.include({ roles: ['shipper', 'consignee'] })
    expect(refusalOf('registerParty', { ...args, identityHash: aHash(999) }, { by: 'registrar', subject: idOf('shipper') })).to.equal('party-exists')
    expect(refusalOf('registerParty', { ...args, identityHash: aParty('registrar').identityHash }, { by: 'registrar', subject: idOf('registrar') })).to.equal('party-exists')
  })
  it('names an organisation of the network as its host, and no other', () => {
    expect(decided('registerParty', { ...args, host: 'BankMSP' }, { by: 'registrar', subject: fresh })[0]).to.deep.include({ host: 'BankMSP' })
    expect(refusalOf('registerParty', { ...args, host: 'NobodyMSP' }, { by: 'registrar', subject: fresh })).to.equal('unknown-organisation')
  })
})
