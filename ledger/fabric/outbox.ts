import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CommandId, Instant, RefusalCode, SignedCommand } from '../domain/index.ts'

/**
 * What must not be forgotten before it is on the ledger: envelopes about to be sent, and commands that could not be endorsed yet. A
 * promise that resolves means that it outlives this process and its machine. Several processes may share one store: whoever finds
 * something unfinished may finish it, since the same bytes twice are harmless.
 */
export interface OutboxStore {
  /** Kept before it is sent. */
  keepEnvelope(envelope: KeptEnvelope): Promise<void>
  /** It is known what became of it. */
  forgetEnvelope(txId: string): Promise<void>
  /** Kept to be endorsed when that becomes possible; the same command again changes nothing. */
  keepCommand(command: KeptCommand): Promise<void>
  /** It is recorded, or no longer wanted. */
  forgetCommand(commandId: CommandId): Promise<void>
  /** A rule said no to a kept command: the answer is kept for whoever asks, until some time after its end. */
  refuseCommand(commandId: CommandId, refusal: KeptRefusal): Promise<void>
  /** What is known of a command here. */
  find(commandId: CommandId): Promise<Found | null>
  /** Everything that waits since before this moment, oldest first. */
  unfinished(before: Instant): Promise<Unfinished>
}

export interface KeptCommand {
  readonly signed: SignedCommand
  /** Texts for the organisation that must know them; a store keeps them encrypted. */
  readonly confidential: readonly string[]
  readonly since: Instant
}

export interface KeptEnvelope {
  readonly txId: string
  /** The prepared transaction (gateway.PreparedTransaction), as it was and will be sent. */
  readonly bytes: Uint8Array
  /** The commands it records, to be decided again if it is invalidated. */
  readonly commands: readonly KeptCommand[]
  readonly since: Instant
}

export interface KeptRefusal {
  readonly code: RefusalCode
  readonly detail: Readonly<Record<string, unknown>>
}

export type Found = { readonly state: 'pending'; readonly since: Instant } | ({ readonly state: 'refused' } & KeptRefusal)

export interface Unfinished {
  readonly envelopes: readonly KeptEnvelope[]
  readonly commands: readonly KeptCommand[]
}

/** What a store of this process's memory, or of one file, holds. */
interface Contents {
  readonly envelopes: Map<string, KeptEnvelope>
  readonly commands: Map<CommandId, KeptCommand>
  readonly refused: Map<CommandId, KeptRefusal>
}

/** An outbox that lasts as long as this process: for tests, and for tools that only read. */
export function memoryOutbox(): OutboxStore {
  return outboxOver({ envelopes: new Map(), commands: new Map(), refused: new Map() }, () => Promise.resolve())
}

/** An outbox in one file of its folder, written anew at each change and synced: for one process that has no database. */
export async function fileOutbox(path: string): Promise<OutboxStore> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const contents = await readContents(path)
  let writing = Promise.resolve()
  return outboxOver(contents, () => {
    writing = writing.catch(() => undefined).then(() => writeWhole(path, JSON.stringify(asJson(contents))))
    return writing
  })
}

function outboxOver({ envelopes, commands, refused }: Contents, saved: () => Promise<void>): OutboxStore {
  return {
    async keepEnvelope(envelope) {
      envelopes.set(envelope.txId, envelope)
      await saved()
    },
    async forgetEnvelope(txId) {
      if (envelopes.delete(txId)) await saved()
    },
    async keepCommand(command) {
      const { commandId } = command.signed.command
      refused.delete(commandId)
      if (!commands.has(commandId)) commands.set(commandId, command)
      await saved()
    },
    async forgetCommand(commandId) {
      const wasRefused = refused.delete(commandId)
      if (commands.delete(commandId) || wasRefused) await saved()
    },
    async refuseCommand(commandId, refusal) {
      commands.delete(commandId)
      refused.set(commandId, refusal)
      await saved()
    },
    async find(commandId) {
      const refusal = refused.get(commandId)
      if (refusal) return { state: 'refused', ...refusal }
      const kept = commands.get(commandId) ?? [...envelopes.values()].flatMap((envelope) => envelope.commands).find(({ signed }) => signed.command.commandId === commandId)
      return kept ? { state: 'pending', since: kept.since } : null
    },
    async unfinished(before) {
      const waiting = <T extends { readonly since: Instant }>(kept: Iterable<T>): T[] => [...kept].filter(({ since }) => since < before).sort((one, other) => (one.since < other.since ? -1 : 1))
      return { envelopes: waiting(envelopes.values()), commands: waiting(commands.values()) }
    },
  }
}

interface Written {
  readonly envelopes: readonly (Omit<KeptEnvelope, 'bytes'> & { readonly bytes: string })[]
  readonly commands: readonly KeptCommand[]
  readonly refused: readonly (readonly [CommandId, KeptRefusal])[]
}

function asJson({ envelopes, commands, refused }: Contents): Written {
  return { envelopes: [...envelopes.values()].map((envelope) => ({ ...envelope, bytes: Buffer.from(envelope.bytes).toString('base64') })), commands: [...commands.values()], refused: [...refused] }
}

async function readContents(path: string): Promise<Contents> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  const { envelopes, commands, refused } = text === null ? { envelopes: [], commands: [], refused: [] } : (JSON.parse(text) as Written)
  return {
    envelopes: new Map(envelopes.map((envelope) => [envelope.txId, { ...envelope, bytes: Buffer.from(envelope.bytes, 'base64') }])),
    commands: new Map(commands.map((command) => [command.signed.command.commandId, command])), refused: new Map(refused),
  }
}

/** A crash leaves the old file or the new one, never half of either. */
async function writeWhole(path: string, text: string): Promise<void> {
  const fresh = join(dirname(path), `.${process.pid}.outbox`)
  const file = await open(fresh, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(fresh, path)
}
