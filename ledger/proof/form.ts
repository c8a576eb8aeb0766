import { z } from 'zod'
import { Hash, Instant, SignedCommand, Subject } from '../domain/index.ts'
import type { FabricProof } from '../port.ts'

/** Evidence of one bill's title, whichever ledger keeps it. */
export type TitleProof = FabricProof | EmbeddedTitleProof

/** Evidence of the embedded ledger: every journal line that holds an entry of the bill or of a party to it, the first line among them. */
export interface EmbeddedTitleProof {
  readonly kind: 'embedded'
  readonly network: string
  readonly subject: Subject
  /** SubjectPublicKeyInfo of the service, base64. */
  readonly serviceKey: string
  /** The journal's lines as they were signed, in order; the first founds the ledger. */
  readonly lines: readonly { readonly line: string; readonly signature: string }[]
}

const text = (max: number): z.ZodString => z.string().max(max)
const base64 = z.string().max(64 * 2 ** 20).regex(/^[A-Za-z0-9+/]+={0,2}$/)
export const Entry = z.strictObject({ subject: Subject, seq: z.int().min(1), prevHash: Hash, signed: SignedCommand, events: z.array(z.looseObject({ type: text(80) })).min(1).max(1_000), recordedAt: Instant, hash: Hash })
const stream = {
  subject: Subject, entries: z.array(Entry).max(10_000), attestation: base64,
  places: z.array(z.strictObject({ txId: z.string().regex(/^[0-9a-f]{64}$/), block: z.int().nonnegative() })).max(10_000),
}
export const FabricForm = z.object({
  kind: z.literal('fabric'), network: text(64), channel: text(250), chaincode: text(64), ...stream,
  blocks: z.array(base64).max(10_000), parties: z.array(z.strictObject(stream)).max(1_000), constitution: base64,
})
export const EmbeddedForm = z.object({
  kind: z.literal('embedded'), network: text(64), subject: Subject, serviceKey: text(500),
  lines: z.array(z.strictObject({ line: text(4 * 2 ** 20), signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/) })).min(1).max(10_000),
})

/** The proof as its form says, or what is wrong with it. */
export function readProof(input: unknown): TitleProof | string {
  const form = z.discriminatedUnion('kind', [FabricForm, EmbeddedForm]).safeParse(input)
  // Entries are checked for form only as far as the checks themselves rely on it; events are what the ledger says they are.
  if (form.success) return checkedForm(form.data)
  const [issue] = form.error.issues
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`.slice(0, 200)
}

function checkedForm(form: object): TitleProof {
  return form as TitleProof
}
