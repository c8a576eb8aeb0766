import type { Organisation } from '@yidan/ledger/port'
import { expect } from 'chai'
import { hostFor } from './registrar.ts'

const network: readonly Organisation[] = [{ id: 'PortMSP', role: 'operator' }, { id: 'AssocMSP', role: 'association' }, { id: 'BankMSP', role: 'bank' }]

describe('the organisation that stands for a party', () => {
  it('is the bank’s for a bank, whatever else it is', () => expect(hostFor(['bank', 'shipper'], network)).to.equal('BankMSP'))
  it('is the operator’s for carriers and operators', () => expect([hostFor(['carrier'], network), hostFor(['operator'], network)]).to.deep.equal(['PortMSP', 'PortMSP']))
  it('is the association’s for everybody else', () => expect([hostFor(['shipper'], network), hostFor(['customs'], network)]).to.deep.equal(['AssocMSP', 'AssocMSP']))
  it('is the operator’s where nobody of the wanted kind is there', () => expect(hostFor(['bank'], network.slice(0, 2))).to.equal('PortMSP'))
  it('is nobody’s on a ledger of one keeper', () => expect(hostFor(['bank'], [])).to.equal(null))
})
