import type { BillId, CommandId, Instant, SignedCommand } from '@yidan/ledger'
import type { KeptCommand, KeptEnvelope, KeptRefusal, OutboxStore } from '@yidan/ledger/fabric'
import { Binary, type Collection } from 'mongodb'
import type { Connection } from 'mongoose'
import { openText, sealText } from './vault/cipher.ts'
import type { Vault } from './vault/index.ts'

interface CommandRecord {
  readonly _id: CommandId
  readonly state: 'pending' | 'refused'
  readonly signed: SignedCommand | null
  /** JSON array of the confidential texts, sealed with the bill's key; null where there are none. */
  readonly sealed: string | null
  readonly since: Instant
  readonly refusal: KeptRefusal | null
  /** When a refusal is forgotten. */
  readonly forgetAt: Date | null
}

interface EnvelopeRecord {
  readonly _id: string
  readonly bytes: Binary
  readonly commands: readonly Pick<CommandRecord, '_id' | 'signed' | 'sealed' | 'since'>[]
  readonly since: Instant
}

const majority = { writeConcern: { w: 'majority', j: true } } as const
/** What was not forgotten after all is looked for once more, and found recorded. */
const forgotten = { writeConcern: { w: 1 } } as const
/** A command lives seven days at most; its refusal is told for as long again. */
const refusalsKept = 14 * 86_400_000

/** The outbox of title on Fabric in MongoDB: a promise that resolves has reached the disks of a majority. */
export async function openLedgerOutbox({ database, vault, clock }: { readonly database: Connection; readonly vault: Vault; readonly clock: () => Date }): Promise<OutboxStore> {
  const { db } = database
  if (db === undefined) throw new Error('the outbox needs an open database connection')
  const commands: Collection<CommandRecord> = db.collection('ledgerOutboxCommands'), envelopes: Collection<EnvelopeRecord> = db.collection('ledgerOutboxEnvelopes')
  await Promise.all([
    commands.createIndex({ forgetAt: 1 }, { expireAfterSeconds: 0 }), commands.createIndex({ state: 1, since: 1 }),
    envelopes.createIndex({ 'commands._id': 1 }), envelopes.createIndex({ since: 1 }),
  ])

  async function kept({ signed, confidential, since }: KeptCommand): Promise<Pick<CommandRecord, '_id' | 'signed' | 'sealed' | 'since'>> {
    const { commandId, subject } = signed.command
    if (confidential.length === 0) return { _id: commandId, signed, sealed: null, since }
    const key = await vault.keyFor(`bill:${subject as BillId}`)
    return { _id: commandId, signed, since, sealed: key === null ? null : sealText(JSON.stringify(confidential), { key, about: `ledger outbox ${commandId}` }) }
  }

  async function opened({ _id, signed, sealed, since }: Pick<CommandRecord, '_id' | 'signed' | 'sealed' | 'since'>): Promise<KeptCommand[]> {
    if (signed === null) return []
    const key = sealed === null ? null : await vault.keyFor(`bill:${signed.command.subject as BillId}`)
    return [{ signed, since, confidential: sealed === null || key === null ? [] : (JSON.parse(openText(sealed, { key, about: `ledger outbox ${_id}` })) as string[]) }]
  }

  return {
    async keepEnvelope({ txId, bytes, commands: sent, since }: KeptEnvelope) {
      const record: EnvelopeRecord = { _id: txId, bytes: new Binary(bytes), commands: await Promise.all(sent.map(kept)), since }
      await envelopes.replaceOne({ _id: txId }, record, { upsert: true, ...majority })
    },
    async forgetEnvelope(txId) {
      await envelopes.deleteOne({ _id: txId }, forgotten)
    },
    async keepCommand(command) {
      const { _id, ...fields } = await kept(command)
      await commands.updateOne({ _id, state: { $ne: 'pending' } }, { $set: { ...fields, state: 'pending', refusal: null, forgetAt: null } }, { upsert: true, ...majority }).catch((error: unknown) => {
        // It is kept already: the upsert met its own record.
        if (!isDuplicateKey(error)) throw error
      })
    },
    async forgetCommand(commandId) {
      await commands.deleteOne({ _id: commandId }, forgotten)
    },
    async refuseCommand(commandId, refusal) {
      const forgetAt = new Date(clock().getTime() + refusalsKept)
      await commands.updateOne({ _id: commandId }, { $set: { state: 'refused', signed: null, sealed: null, refusal, forgetAt }, $setOnInsert: { since: clock().toISOString() as Instant } }, { upsert: true, ...majority })
    },
    async find(commandId) {
      const [command, envelope] = await Promise.all([commands.findOne({ _id: commandId }), envelopes.findOne({ 'commands._id': commandId }, { projection: { commands: 1 } })])
      const since = envelope?.commands.find(({ _id }) => _id === commandId)?.since ?? (command?.state === 'pending' ? command.since : undefined)
      if (since !== undefined) return { state: 'pending', since }
      return command?.refusal ? { state: 'refused', ...command.refusal } : null
    },
    async unfinished(before) {
      const [sent, waiting] = await Promise.all([
        envelopes.find({ since: { $lt: before } }).sort({ since: 1 }).toArray(),
        commands.find({ state: 'pending', since: { $lt: before } }).sort({ since: 1 }).toArray(),
      ])
      return {
        envelopes: await Promise.all(sent.map(async ({ _id, bytes, commands: inside, since }) => ({ txId: _id, bytes: bytes.value(), commands: (await Promise.all(inside.map(opened))).flat(), since }))),
        commands: (await Promise.all(waiting.map(opened))).flat(),
      }
    },
  }
}

function isDuplicateKey(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 11000
}
