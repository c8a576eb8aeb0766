import { common, msp } from '@hyperledger/fabric-protos'

/** Who signed a result: an organisation's peer, or its administrator by hand. */
export interface Endorser {
  readonly organisation: string
  readonly as: 'peer' | 'admin'
}

/** Decides a SignaturePolicyEnvelope over endorsers as a Fabric peer does: an identity is used up by the principal it satisfies. */
export function satisfies(policy: Uint8Array, endorsers: readonly Endorser[]): boolean {
  const envelope = common.SignaturePolicyEnvelope.deserializeBinary(policy)
  const principals = envelope.getIdentitiesList().map(principalOf)
  const rule = envelope.getRule()
  return rule !== undefined && evaluate(rule, { principals, endorsers, used: endorsers.map(() => false) })
}

/** The policy in words: `1 of (2 of (BankMSP.peer, PortMSP.peer), …)`. */
export function policyText(policy: Uint8Array): string {
  const envelope = common.SignaturePolicyEnvelope.deserializeBinary(policy)
  const principals = envelope.getIdentitiesList().map(principalOf)
  const textOf = (rule: common.SignaturePolicy): string => {
    const some = rule.getNOutOf()
    if (some) return `${some.getN()} of (${some.getRulesList().map(textOf).join(', ')})`
    const principal = principals[rule.getSignedBy()]
    return principal ? `${principal.organisation}.${principal.as}` : 'nobody'
  }
  const rule = envelope.getRule()
  return rule ? textOf(rule) : 'none'
}

interface Evaluation { readonly principals: readonly Endorser[]; readonly endorsers: readonly Endorser[]; readonly used: boolean[] }

function evaluate(rule: common.SignaturePolicy, { principals, endorsers, used }: Evaluation): boolean {
  const some = rule.getNOutOf()
  if (!some) {
    const wanted = principals[rule.getSignedBy()]
    const index = endorsers.findIndex((endorser, at) => !used[at] && endorser.organisation === wanted?.organisation && endorser.as === wanted.as)
    if (index === -1) return false
    used[index] = true
    return true
  }
  let met = 0
  for (const part of some.getRulesList()) {
    const attempt = [...used]
    if (!evaluate(part, { principals, endorsers, used: attempt })) continue
    met += 1
    used.splice(0, used.length, ...attempt)
  }
  return met >= some.getN()
}

function principalOf(principal: msp.MSPPrincipal): Endorser {
  const role = msp.MSPRole.deserializeBinary(principal.getPrincipal_asU8())
  const { PEER, ADMIN } = msp.MSPRole.MSPRoleType
  if (principal.getPrincipalClassification() !== msp.MSPPrincipal.Classification.ROLE || (role.getRole() !== PEER && role.getRole() !== ADMIN)) throw new TypeError('a principal that is no role of peer or administrator')
  return { organisation: role.getMspIdentifier(), as: role.getRole() === PEER ? 'peer' : 'admin' }
}
