import { common, msp } from '@hyperledger/fabric-protos'
import { expect } from 'chai'
import { endorsementPolicy } from './endorsement-policy.ts'

const recovery = { organisations: ['PortMSP', 'AssocMSP', 'BankMSP'], quorum: 2 }

describe('the endorsement policy of a bill', () => {
  it('reads back as peers of every named organisation, or enough administrators of the recovery group', () => {
    const envelope = common.SignaturePolicyEnvelope.deserializeBinary(endorsementPolicy({ endorsers: ['BankMSP', 'PortMSP'], recovery }))
    const { PEER, ADMIN } = msp.MSPRole.MSPRoleType
    const principals = envelope.getIdentitiesList().map((principal) => {
      expect(principal.getPrincipalClassification()).to.equal(msp.MSPPrincipal.Classification.ROLE)
      const role = msp.MSPRole.deserializeBinary(principal.getPrincipal_asU8())
      return [role.getMspIdentifier(), role.getRole()]
    })
    expect(principals).to.deep.equal([['BankMSP', PEER], ['PortMSP', PEER], ['PortMSP', ADMIN], ['AssocMSP', ADMIN], ['BankMSP', ADMIN]])
    const ways = envelope.getRule()?.getNOutOf()
    const shape = ways?.getRulesList().map((way) => [way.getNOutOf()?.getN(), way.getNOutOf()?.getRulesList().map((rule) => rule.getSignedBy())])
    expect([envelope.getVersion(), ways?.getN(), shape]).to.deep.equal([0, 1, [[2, [0, 1]], [2, [2, 3, 4]]]])
  })
  it('is the same bytes every time: endorsers compare them', () => {
    const once = endorsementPolicy({ endorsers: ['AssocMSP', 'BankMSP', 'PortMSP'], recovery })
    expect(Buffer.from(endorsementPolicy({ endorsers: ['AssocMSP', 'BankMSP', 'PortMSP'], recovery })).equals(Buffer.from(once))).to.equal(true)
  })
})
