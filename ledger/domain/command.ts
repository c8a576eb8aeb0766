import { z } from 'zod'
import { canonicalJson } from './canonical-json.ts'
import { CommandId, Hash, Instant, KeyId, PartyId, Subject } from './ids.ts'

export const commandDomain = 'yidan-title/1'

/**
 * An act of title or of key administration, as its party signs it. Bound to one network, one stream, one sequence number and the
 * hash before it, so a replayed, stale or transplanted command is refused. Signed over its RFC 8785 bytes.
 */
export const Command = z.strictObject({
  domain: z.literal(commandDomain),
  /** Which ledger this is meant for, as named by `Ledger.network`. */
  network: z.string().min(1).max(64),
  action: z.string().min(1).max(40),
  /** The bill or party whose stream it continues. */
  subject: Subject,
  commandId: CommandId,
  /** Sequence number of the stream's last entry as the signer saw it; 0 for a new stream. */
  expects: z.int().nonnegative(),
  /** Hash of that entry; 64 zeros for a new stream. */
  prevHash: Hash,
  party: PartyId,
  /** The acting key; the first signature is its. */
  keyId: KeyId,
  at: Instant,
  /** After this moment the ledger refuses it. */
  notAfter: Instant,
  args: z.record(z.string(), z.unknown()),
})
export type Command = z.infer<typeof Command>

export const Signature = z.strictObject({
  keyId: KeyId,
  /** ES256 as r‖s (IEEE P1363), base64url without padding, over the command's canonical bytes. Never used as an identifier. */
  value: z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'an ES256 signature is 64 bytes in base64url'),
})
export type Signature = z.infer<typeof Signature>

/** The command with the signatures of all who must sign it: the acting key first, then co-signers in any order. */
export const SignedCommand = z.strictObject({
  command: Command,
  signatures: z.array(Signature).min(1).max(8),
})
export type SignedCommand = z.infer<typeof SignedCommand>

/** The text that is signed and that the signer is shown the meaning of. */
export function signingText(command: Command): string {
  return canonicalJson(command)
}
