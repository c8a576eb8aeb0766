import type { Subject } from '../domain/index.ts'
import { closure } from '../fabric/proof-of.ts'
import type { Ledger } from '../port.ts'
import type { EmbeddedTitleProof } from './form.ts'

/** The evidence for one bill on a ledger with one keeper: every journal line that holds an entry of the bill or of a party to it. Null when there is no such stream. */
export async function embeddedProofOf(ledger: Ledger, subject: Subject): Promise<EmbeddedTitleProof | null> {
  const lines = new Map<number, EmbeddedTitleProof['lines'][number]>()
  let serviceKey = ''
  const streams = await closure(ledger, subject, async (one) => {
    const entries = await ledger.history(one)
    for (const proof of await Promise.all(entries.map(({ seq }) => ledger.proof(one, seq)))) {
      if (proof?.kind !== 'embedded') continue
      serviceKey = proof.serviceKey
      lines.set(0, proof.genesis)
      lines.set((JSON.parse(proof.line) as { position: number }).position, { line: proof.line, signature: proof.signature })
    }
    return { subject: one, entries }
  })
  if ((streams[0]?.entries.length ?? 0) === 0) return null
  return { kind: 'embedded', network: ledger.network, subject, serviceKey, lines: [...lines].sort(([one], [other]) => one - other).map(([, line]) => line) }
}
