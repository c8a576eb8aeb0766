import type { Hash, Instant, KeyId, Party, PartyId, PersonTag, Subject, Title } from '../domain/index.ts'

/** In the order a person would ask. Embedded proofs leave out what only a network of several has. */
export const proofCheckCodes = [
  'readable', 'roots', 'data-hash', 'block-links', 'orderer-signature', 'service-signature', 'inclusion', 'endorsements', 'records', 'attestation', 'complete', 'entry-chain', 'signatures', 'rules', 'replay',
] as const
export type ProofCheckCode = (typeof proofCheckCodes)[number]

export interface ProofCheck {
  readonly code: ProofCheckCode
  /** Null when it could not be made with what was given. */
  readonly ok: boolean | null
  /** English; people's wording hangs on code and ok (`proofWords`). */
  readonly detail: string
}

export interface ProofReport {
  readonly kind: 'fabric' | 'embedded' | null
  /** proven: everything holds under roots the asker trusts. consistent: everything holds, but nobody the asker trusts vouches for it. broken: something does not hold. */
  readonly verdict: 'proven' | 'consistent' | 'broken' | 'unreadable'
  readonly checks: readonly ProofCheck[]
  readonly network: string | null
  readonly subject: Subject | null
  /** The title that the entries come to; null when they come to none. Believe it only with the verdict. */
  readonly title: Title | null
  readonly chain: readonly ProvenStep[]
  readonly parties: readonly Party[]
  /** Who vouches for the head: organisations, or the service key's id. */
  readonly vouchers: readonly string[]
  /** Of what moment the head is: the block (or journal line) that wrote it last, and when its keepers were asked, by the asker's clock. */
  readonly asOf: { readonly block: number; readonly at: Instant | null } | null
}

/** One link in the chain of title. */
export interface ProvenStep {
  readonly seq: number
  readonly action: string
  readonly events: readonly string[]
  readonly party: PartyId
  readonly signers: readonly { readonly keyId: KeyId; readonly party: PartyId | null; readonly person: PersonTag | null; readonly ok: boolean }[]
  readonly recordedAt: Instant
  /** The block, or the journal's line. */
  readonly block: number
  readonly txId: string | null
  readonly hash: Hash
}

/** Collects what is wrong under each code; a code nobody complained of holds. */
export class Findings {
  readonly #faults = new Map<ProofCheckCode, string[]>()

  fault(code: ProofCheckCode, words: string): void {
    this.#faults.set(code, [...(this.#faults.get(code) ?? []), words])
  }

  refuseUnless(condition: boolean, code: ProofCheckCode, words: string): void {
    if (!condition) this.fault(code, words)
  }

  check(code: ProofCheckCode, whenGood: string): ProofCheck {
    const faults = this.#faults.get(code) ?? []
    return faults.length === 0 ? { code, ok: true, detail: whenGood } : { code, ok: false, detail: faults.slice(0, 3).join('; ') + (faults.length > 3 ? `; and ${faults.length - 3} more` : '') }
  }
}
