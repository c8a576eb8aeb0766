import type { ChainLink, PartyRef } from '@yidan/api/contract'

export interface Step {
  readonly link: ChainLink
  /** Whether control passed to somebody else with this act. */
  readonly moved: boolean
  readonly isPledged: boolean
  /** Every signature on it was good when it was checked again. */
  readonly allSigned: boolean
  /** Who controls the bill after it. */
  readonly holder: PartyRef | null
}

/** The acts on a bill with what each changed. */
export function stepsOf(links: readonly ChainLink[]): readonly Step[] {
  return [...links].sort((one, other) => one.seq - other.seq).map((link, index, all): Step => {
    const before = all[index - 1]?.standing.possessor?.partyId ?? null, { possessor, pledgeState } = link.standing
    return {
      link, holder: possessor, moved: possessor !== null && possessor.partyId !== before,
      isPledged: pledgeState === 'PLEDGED' || pledgeState === 'DEFAULTED' || pledgeState === 'ENFORCING',
      allSigned: link.signers.length > 0 && link.signers.every((signer) => signer.signatureValid),
    }
  })
}
