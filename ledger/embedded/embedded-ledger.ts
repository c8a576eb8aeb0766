import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import {
  canonicalJson, noHash, parseCommand, PartyId, PersonTag, Refusal, run, type BillId, type Hash, type Instant, type KeyId, type LogEntry, type Outcome, type ParsedCommand, type Party, type SignedCommand, type SigningKey, type Subject, type Title,
} from '../domain/index.ts'
import { LedgerUnavailable, type CommandReference, type CommandStatus, type EmbeddedProof, type Ledger, type LedgerHealth, type LedgerRecord, type Receipt } from '../port.ts'
import { nodeChecks, sha256 } from '../signing/node-checks.ts'
import { JournalDamaged, openJournal, verifyLine, type Journal, type JournalLine, type Place } from './journal.ts'
import { lock } from './lock.ts'
import { LedgerState } from './state.ts'

export interface EmbeddedLedgerOptions {
  /** Folder of `journal.jsonl` and its lock. */
  readonly directory: string
  readonly network: string
  /** The party that takes others in; written into the first line and compared ever after. */
  readonly registrar: { readonly partyId: PartyId; readonly person: PersonTag; readonly publicKey: string }
  /** PKCS #8 PEM of the ES256 key that signs journal lines. */
  readonly serviceKey: string
  readonly clock: () => Date
  /** Told now and then, while the journal is read at the start, how many records were checked. */
  readonly progress?: (records: number) => void
}

const progressEvery = 1_000

/**
 * The ledger of a trial, a demo or a small site: single writer, append-only journal, hash-chained, signed, fdatasync before an act is
 * acknowledged. Acts that arrive while a write is under way share the next one (group commit, no timer).
 * @throws JournalDamaged when the journal is not as it was written; LedgerLocked when another process has it open.
 */
export async function openEmbeddedLedger(options: EmbeddedLedgerOptions): Promise<EmbeddedLedger> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 })
  const unlock = await lock(join(options.directory, 'journal.lock'))
  try {
    const privateKey = createPrivateKey(options.serviceKey)
    const journal = await openJournal({ path: join(options.directory, 'journal.jsonl'), privateKey, publicKey: createPublicKey(privateKey) })
    const ledger = new EmbeddedLedger(options, journal, createPublicKey(privateKey), unlock)
    await ledger.replay()
    return ledger
  } catch (error) {
    await unlock()
    throw error
  }
}

/** Deciding is done between two turns of the event loop: a batch takes some ten milliseconds at the most. */
const largestBatch = 128

interface Waiting {
  readonly parsed: ParsedCommand
  readonly resolve: (receipt: Receipt) => void
  readonly reject: (error: unknown) => void
}

interface Body { readonly position: number; readonly prev: Hash; readonly record: unknown }

export class EmbeddedLedger implements Ledger {
  readonly kind = 'embedded'
  readonly network: string
  readonly registrar: PartyId
  readonly organisations = []
  /** Bytes of an unfinished line that a crash had left; they were cut off. */
  readonly cutOff: number
  readonly #options: EmbeddedLedgerOptions
  readonly #journal: Journal
  readonly #serviceKey: KeyObject
  readonly #unlock: () => Promise<void>
  readonly #state: LedgerState
  /** Where each position's line is in the file; position 0 is the genesis. */
  readonly #places: Place[] = []
  #lastTime = ''
  readonly #queue: Waiting[] = []
  #writing: Promise<void> | null = null
  #closed = false
  #fault: string | null = null
  readonly #wake = new Set<() => void>()

  constructor(options: EmbeddedLedgerOptions, journal: Journal, serviceKey: KeyObject, unlock: () => Promise<void>) {
    this.network = options.network
    this.registrar = options.registrar.partyId
    this.cutOff = journal.cutOff
    this.#options = options
    this.#journal = journal
    this.#serviceKey = serviceKey
    this.#unlock = unlock
    this.#state = new LedgerState(options.network, this.registrar)
    this.#state.apply({ entries: [], titles: [], parties: [this.#registrarParty()] }, 0)
  }

  /** Reads the journal from its start, checks every line and decides every command again; what comes out must be what is written. */
  async replay(): Promise<void> {
    for await (const line of this.#journal.lines()) {
      const { record } = line.body as Body
      if (line.position === 0) this.#checkGenesis(record)
      else this.#replayRecord(line, record)
      this.#places.push(line.place)
      if (this.#places.length % progressEvery === 0) this.#options.progress?.(this.#places.length)
    }
    if (this.#places.length === 0) this.#places.push(...(await this.#journal.append([this.#genesis()])))
  }

  async submit(signed: SignedCommand): Promise<Receipt> {
    const parsed = parseCommand(signed)
    if (this.#closed) throw new LedgerUnavailable('the ledger is closed')
    return new Promise((resolve, reject) => {
      this.#queue.push({ parsed, resolve, reject })
      this.#writing ??= this.#write()
    })
  }

  async status({ commandId }: CommandReference): Promise<CommandStatus> {
    const position = this.#state.positionOf(commandId)
    return position === null ? { state: 'unknown' } : { state: 'recorded', receipt: { ...(await this.#record(position)), repeated: true } }
  }

  async read(billId: BillId): Promise<Title | null> {
    return this.#state.bill(billId)
  }

  async party(partyId: PartyId): Promise<Party | null> {
    return this.#state.party(partyId)
  }

  async key(keyId: KeyId): Promise<SigningKey | null> {
    return this.#state.key(keyId)
  }

  /** The rules' view of what is durable, for dry runs. */
  get view(): LedgerState {
    return this.#state
  }

  async history(subject: Subject): Promise<readonly LogEntry[]> {
    const records = await Promise.all(this.#state.positionsOf(subject).map((position) => this.#record(position)))
    return records.flatMap((record) => record.entries.filter((entry) => entry.subject === subject))
  }

  async *follow(after: number, signal: AbortSignal): AsyncIterable<LedgerRecord> {
    for (let next = Math.max(after, 0) + 1; !signal.aborted && !this.#closed; ) {
      if (next < this.#places.length) {
        yield await this.#record(next)
        next += 1
      } else {
        await this.#news(signal)
      }
    }
  }

  async proof(subject: Subject, seq: number): Promise<EmbeddedProof | null> {
    const position = this.#state.positionsOf(subject)[seq - 1]
    const place = position === undefined ? undefined : this.#places[position]
    if (place === undefined) return null
    const [line, genesis] = await Promise.all([this.#journal.readLine(place), this.#journal.readLine(this.#places[0] as Place)])
    const entry = recordOf(line).entries.find((candidate) => candidate.subject === subject)
    if (!entry) return null
    return {
      kind: 'embedded', network: this.network, entry, line: line.text, signature: line.signature, serviceKey: this.#serviceKey.export({ format: 'der', type: 'spki' }).toString('base64'),
      genesis: { line: genesis.text, signature: genesis.signature },
    }
  }

  async health(): Promise<LedgerHealth> {
    const position = this.#places.length - 1
    return { kind: this.kind, ok: !this.#closed && this.#fault === null, network: this.network, position, detail: this.#fault ?? (this.#closed ? 'closed' : `journal of ${position} records`) }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#writing
    this.#tell()
    await this.#journal.close()
    await this.#unlock()
  }

  /** One batch after the other: decide on a layer, write, sync, merge, answer. */
  async #write(): Promise<void> {
    // Let whoever asks in the same turn of the event loop into the first batch too.
    await Promise.resolve()
    while (this.#queue.length > 0) {
      await this.#commit(this.#queue.splice(0, largestBatch))
    }
    this.#writing = null
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const layer = this.#state.layer()
    const now = this.#now()
    const decided: { readonly waiting: Waiting; readonly record: LedgerRecord }[] = []
    const repeated: { readonly waiting: Waiting; readonly position: number }[] = []
    for (const waiting of batch) {
      try {
        const position = this.#places.length + decided.length
        const known = layer.positionOf(waiting.parsed.signed.command.commandId)
        if (known !== null) {
          repeated.push({ waiting, position: known })
          continue
        }
        const outcome = run({ parsed: waiting.parsed, view: layer, now, checks: nodeChecks })
        layer.apply(outcome, position)
        decided.push({ waiting, record: recordFrom(outcome, position, now) })
      } catch (error) {
        waiting.reject(error)
      }
    }
    if (decided.length > 0 && !(await this.#append(decided, layer))) return this.#rejectAll(repeated.map(({ waiting }) => waiting))
    for (const { waiting, record } of decided) waiting.resolve({ ...record, repeated: false })
    for (const { waiting, position } of repeated) this.#answerRepeated(waiting, position)
    if (decided.length > 0) this.#tell()
  }

  async #append(decided: readonly { readonly waiting: Waiting; readonly record: LedgerRecord }[], layer: LedgerState): Promise<boolean> {
    try {
      this.#places.push(...(await this.#journal.append(decided.map(({ record }) => record))))
      this.#state.merge(layer)
      this.#fault = null
      return true
    } catch (error) {
      this.#fault = `the journal cannot be written: ${(error as Error).message}`
      this.#rejectAll(decided.map(({ waiting }) => waiting))
      return false
    }
  }

  #rejectAll(batch: readonly Waiting[]): void {
    for (const waiting of batch) waiting.reject(new LedgerUnavailable(this.#fault ?? 'the journal cannot be written'))
  }

  /** The same bytes get the first receipt; other bytes under a used id are refused. */
  #answerRepeated(waiting: Waiting, position: number): void {
    this.#record(position).then((record) => {
      const first = record.entries[0]?.signed.command
      if (first && canonicalJson(first) === canonicalJson(waiting.parsed.signed.command)) waiting.resolve({ ...record, repeated: true })
      else waiting.reject(new Refusal('command-id-reused', { commandId: record.commandId }))
    }, waiting.reject)
  }

  /** Ledger time never runs backwards, whatever the machine's clock does. */
  #now(): Instant {
    const clock = this.#options.clock().toISOString()
    this.#lastTime = clock > this.#lastTime ? clock : this.#lastTime
    return this.#lastTime as Instant
  }

  async #record(position: number): Promise<LedgerRecord> {
    const place = this.#places[position]
    if (place === undefined) throw new RangeError(`no record at position ${position}`)
    return recordOf(await this.#journal.readLine(place))
  }

  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#wake.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#wake.add(wake)
      signal.addEventListener('abort', wake)
    })
  }

  #tell(): void {
    for (const wake of [...this.#wake]) wake()
  }

  #replayRecord(line: JournalLine, record: unknown): void {
    const written = record as LedgerRecord
    try {
      const signed = written.entries[0]?.signed
      const outcome = run({ parsed: parseCommand(signed), view: this.#state, now: written.recordedAt, checks: nodeChecks })
      if (JSON.stringify(recordFrom(outcome, line.position, written.recordedAt)) !== JSON.stringify(written)) throw new JournalDamaged(line.position + 1, 'the rules give another result for its command')
      this.#state.apply(outcome, line.position)
      this.#lastTime = written.recordedAt
    } catch (error) {
      if (error instanceof Refusal) throw new JournalDamaged(line.position + 1, `the rules refuse its command (${error.code})`)
      throw error
    }
  }

  #genesis(): Genesis {
    return { schema: 'yidan.journal/1', network: this.network, registrar: this.#options.registrar, openedAt: this.#options.clock().toISOString() }
  }

  #checkGenesis(record: unknown): void {
    const genesis = Genesis.safeParse(record)
    if (!genesis.success) throw new JournalDamaged(1, 'it is no genesis line')
    const { network, registrar } = genesis.data
    if (network !== this.network) throw new JournalDamaged(1, `it belongs to the network ${network}, not to ${this.network}`)
    if (registrar.partyId !== this.registrar || registrar.publicKey !== this.#options.registrar.publicKey) throw new JournalDamaged(1, 'it names another registrar')
  }

  /** The registrar is there from the start: it takes everybody else in. */
  #registrarParty(): Party {
    const { partyId, person, publicKey } = this.#options.registrar
    const keyId = nodeChecks.keyIdOf(publicKey)
    if (keyId === null) throw new TypeError('the registrar’s public key is no P-256 key')
    const since = new Date(0).toISOString() as Instant
    return {
      partyId, seq: 0, headHash: noHash, roles: ['registrar'], identityHash: sha256(canonicalJson({ network: this.network, registrar: partyId })), host: null, keyLoss: null, updatedAt: since,
      keys: { [keyId]: { keyId, partyId, person, purposes: ['admin', 'title'], algorithm: 'ES256', publicKey, registeredAt: since, revoked: null } },
    }
  }
}

const Genesis = z.object({ schema: z.literal('yidan.journal/1'), network: z.string(), registrar: z.object({ partyId: PartyId, person: PersonTag, publicKey: z.string() }), openedAt: z.string() })
type Genesis = z.infer<typeof Genesis>

function recordFrom(outcome: Outcome, position: number, recordedAt: Instant): LedgerRecord {
  const [first] = outcome.entries
  if (!first) throw new Error('a decided command has at least one entry')
  return { position, commandId: first.signed.command.commandId, entries: outcome.entries, recordedAt }
}

function recordOf(line: JournalLine): LedgerRecord {
  return (line.body as Body).record as LedgerRecord
}

/** Whether a proof holds: the service signed the line, and the line carries this very entry with its hash. Needs no ledger. */
export function checkEmbeddedProof(proof: EmbeddedProof, serviceKey: string): boolean {
  const key = createPublicKey({ key: Buffer.from(serviceKey, 'base64'), format: 'der', type: 'spki' })
  if (!verifyLine({ text: proof.line, signature: proof.signature }, key)) return false
  const { record } = JSON.parse(proof.line) as { record: LedgerRecord }
  const { hash, ...body } = proof.entry
  if (proof.network !== body.signed.command.network) return false
  return sha256(canonicalJson(body)) === hash && record.entries.some((entry) => canonicalJson(entry) === canonicalJson(proof.entry))
}
