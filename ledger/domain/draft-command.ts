import type { ActionName, ArgsOf } from './actions/index.ts'
import { commandDomain, type Command } from './command.ts'
import type { CommandId, Hash, Instant, KeyId, PartyId, Subject } from './ids.ts'

/** A command ready to be signed: continues the stream at `head`. */
export function draftCommand<N extends ActionName>(given: {
  readonly network: string
  readonly action: N
  readonly subject: Subject
  readonly head: { readonly seq: number; readonly hash: Hash }
  readonly party: PartyId
  readonly keyId: KeyId
  readonly commandId: CommandId
  readonly at: Instant
  readonly notAfter: Instant
  readonly args: ArgsOf<N>
}): Command {
  const { head, args, ...rest } = given
  return { domain: commandDomain, ...rest, expects: head.seq, prevHash: head.hash, args: args }
}

/** A UUIDv7 (RFC 9562) from a time in ms and ten random bytes. */
export function uuidv7({ now, random }: { readonly now: number; readonly random: Uint8Array }): CommandId {
  const time = now.toString(16).padStart(12, '0')
  const bytes = [...random.slice(0, 10)]
  bytes[0] = ((bytes[0] ?? 0) & 0x0f) | 0x70
  bytes[2] = ((bytes[2] ?? 0) & 0x3f) | 0x80
  const hex = time + bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as CommandId
}
