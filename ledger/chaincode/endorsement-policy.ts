import { common, msp } from '@hyperledger/fabric-protos'

/**
 * The policy of one bill's key: a peer of each of these organisations, or the recovery group by its administrators' identities, which no
 * peer carries in daily work. Bytes of a SignaturePolicyEnvelope.
 */
export function endorsementPolicy({ endorsers, recovery }: { readonly endorsers: readonly string[]; readonly recovery: { readonly organisations: readonly string[]; readonly quorum: number } }): Uint8Array {
  const principals = [...endorsers.map((id) => principal(id, msp.MSPRole.MSPRoleType.PEER)), ...recovery.organisations.map((id) => principal(id, msp.MSPRole.MSPRoleType.ADMIN))]
  const daily = outOf(endorsers.length, endorsers.map((_, index) => signedBy(index)))
  const rescue = outOf(recovery.quorum, recovery.organisations.map((_, index) => signedBy(endorsers.length + index)))
  const envelope = new common.SignaturePolicyEnvelope()
  envelope.setVersion(0)
  envelope.setRule(outOf(1, [daily, rescue]))
  envelope.setIdentitiesList(principals)
  return envelope.serializeBinary()
}

function principal(id: string, type: msp.MSPRole.MSPRoleTypeMap[keyof msp.MSPRole.MSPRoleTypeMap]): msp.MSPPrincipal {
  const role = new msp.MSPRole()
  role.setMspIdentifier(id)
  role.setRole(type)
  const wanted = new msp.MSPPrincipal()
  wanted.setPrincipalClassification(msp.MSPPrincipal.Classification.ROLE)
  wanted.setPrincipal(role.serializeBinary())
  return wanted
}

function signedBy(index: number): common.SignaturePolicy {
  const policy = new common.SignaturePolicy()
  policy.setSignedBy(index)
  return policy
}

function outOf(n: number, rules: readonly common.SignaturePolicy[]): common.SignaturePolicy {
  const some = new common.SignaturePolicy.NOutOf()
  some.setN(n)
  some.setRulesList([...rules])
  const policy = new common.SignaturePolicy()
  policy.setNOutOf(some)
  return policy
}
