import { z } from 'zod'
import { canonicalJson, CommandId, Hash, KeyId, parseCommand, readsOf, Refusal, run, Subject, type Instant, type LogEntry, type ParsedCommand } from '../domain/index.ts'
import { nodeChecks } from '../signing/node-checks.ts'
import { organisationOf, refuseStranger } from './caller.ts'
import { confidentialTexts, keepConfidential, readConfidential, refuseUnnamed } from './confidential.ts'
import { parseConstitution, registrarParty, type Constitution } from './constitution.ts'
import { endorsementPolicy } from './endorsement-policy.ts'
import { expected, Fault } from './fault.ts'
import type { Stub } from './stub.ts'
import { boundedTime } from './time.ts'
import { apply, endorsersOf, viewOver, WorldState, type Head, type RecordValue } from './world-state.ts'

const largestBatch = 128
const TxId = z.string().regex(/^[0-9a-f]{64}$/, 'a transaction id is 64 hex digits')
const Reference = z.object({ commandId: CommandId, subject: Subject })

export interface ContractOptions {
  readonly version: string
  /** Hash of the program that runs. */
  readonly code: string
  /** This machine's own time in ms: only to refuse by, never written. */
  readonly localClock: () => number
}
export type Functions = Readonly<Record<string, (stub: Stub, argument: unknown) => Promise<unknown>>>

/** Fetch → run → write → one event. `init` and `submit` write; whatever the others read stays where it is. */
export function titleContract({ version, code, localClock }: ContractOptions): Functions {
  return {
    ping: async () => 'pong',
    version: async () => ({ version, code }),
    constitution: (stub) => new WorldState(stub).get('constitution', ''),
    init,
    submit: (stub, batch) => submit(stub, batch, localClock),
    read: (stub, subject) => readHead(new WorldState(stub), expected(Subject, subject)),
    async key(stub, given) {
      const keyId = expected(KeyId, given)
      const state = new WorldState(stub)
      const owner = await state.get('key', keyId)
      return owner ? ((await state.get('party', owner.partyId))?.party?.keys[keyId] ?? null) : null
    },
    history: (stub, subject) => history(new WorldState(stub), expected(Subject, subject)),
    record: (stub, txId) => new WorldState(stub).get('record', expected(TxId, txId)),
    async status(stub, reference) {
      const { commandId, subject } = expected(Reference, reference)
      const place = (await readHead(new WorldState(stub), subject))?.stream.find(([id]) => id === commandId)
      return place ? { txId: place[1] } : null
    },
    confidential: (stub, hash) => readConfidential(stub, organisationOf(stub), expected(Hash, hash)),
  }
}

/** Founds the ledger, once. The same again does nothing. @throws Fault `already-founded` */
async function init(stub: Stub, given: unknown): Promise<null> {
  const constitution = parseConstitution(given)
  refuseStranger(stub, constitution)
  const state = new WorldState(stub)
  const known = await state.get('constitution', '')
  if (known) {
    if (canonicalJson(known) !== canonicalJson(constitution)) throw new Fault('already-founded')
    return null
  }
  const party = registrarParty(constitution)
  state.set('constitution', '', constitution)
  state.set('party', party.partyId, { party, stream: [] })
  for (const keyId of Object.keys(party.keys)) state.set('key', keyId, { partyId: party.partyId })
  await state.flush()
  return null
}

type Answer = { readonly recorded: number } | { readonly repeated: string } | { readonly refused: string; readonly detail: Readonly<Record<string, unknown>> }

/** Decides each command on its own, on top of those before it; a refused one writes nothing and does not touch its neighbours. */
async function submit(stub: Stub, batch: unknown, localClock: () => number): Promise<readonly Answer[]> {
  if (!Array.isArray(batch) || batch.length === 0 || batch.length > largestBatch) throw new Fault('malformed-batch')
  const state = new WorldState(stub)
  const constitution = await state.get('constitution', '')
  if (!constitution) throw new Fault('not-founded')
  refuseStranger(stub, constitution)
  const time = boundedTime(stub, localClock)
  const texts = confidentialTexts(stub)
  const transaction: Transaction = { txId: stub.getTxID(), constitution, state, time, records: [], titles: new Set(), named: new Set() }
  const answers: Answer[] = []
  for (const item of batch as readonly unknown[]) answers.push(await decide(transaction, item))
  refuseUnnamed(texts, transaction.named)
  if (transaction.records.length > 0) await write(stub, transaction, texts)
  return answers
}

/** What one transaction has come to so far. */
interface Transaction {
  readonly txId: string
  readonly constitution: Constitution
  readonly state: WorldState
  readonly time: number
  readonly records: RecordValue['records'][number][]
  /** Bills it changed. */
  readonly titles: Set<string>
  /** Terms that a command names, recorded or not. */
  readonly named: Set<unknown>
}

async function decide(transaction: Transaction, item: unknown): Promise<Answer> {
  const { txId, state, constitution, records, titles, named } = transaction
  try {
    const parsed = parseCommand(item)
    const { command } = parsed.signed
    named.add(command.args['termsHash'])
    const repeated = await earlier(transaction, parsed)
    if (repeated !== null) return { repeated }
    const now = await prefetch(state, parsed, transaction.time)
    const view = viewOver(state, constitution)
    const outcome = await state.settle(() => run({ parsed, view, now, checks: nodeChecks }))
    await apply(state, outcome, { txId, commandId: command.commandId })
    for (const { billId } of outcome.titles) titles.add(billId)
    records.push({ commandId: command.commandId, entries: outcome.entries })
    return { recorded: records.length - 1 }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { refused: error.code, detail: error.detail }
  }
}

async function write(stub: Stub, { txId, constitution, state, time, records, titles }: Transaction, texts: ReadonlyMap<Hash, string>): Promise<void> {
  const bills: { billId: string; seq: number }[] = []
  const policies: [key: string, policy: Uint8Array][] = []
  for (const billId of [...titles].toSorted()) {
    const head = await state.get('bill', billId)
    if (!head?.title) continue
    bills.push({ billId, seq: head.title.seq })
    const endorsers = await endorsersOf(head.title, state, constitution)
    if (canonicalJson(endorsers) === canonicalJson(head.endorsers ?? [])) continue
    state.set('bill', billId, { ...head, endorsers })
    if (endorsers.length > 0) policies.push([state.keyOf('bill', billId), endorsementPolicy({ endorsers, recovery: constitution.recovery })])
  }
  state.set('record', txId, { records, recordedAt: new Date(time).toISOString() })
  await keepConfidential(stub, state, { constitution, texts, entries: records.flatMap(({ entries }) => entries) })
  await state.flush()
  for (const [key, policy] of policies) await stub.setStateValidationParameter(key, policy)
  stub.setEvent('Title', Buffer.from(canonicalJson({ records: records.length, bills }), 'utf8'))
}

/** The transaction in which this very command is recorded already. @throws Refusal `command-id-reused` */
async function earlier({ state, txId, records }: Transaction, { signed: { command } }: ParsedCommand): Promise<string | null> {
  const place = (await readHead(state, command.subject))?.stream.find(([id]) => id === command.commandId)
  if (!place) return null
  const recorded = place[1] === txId ? records : (await state.get('record', place[1]))?.records
  const first = recorded?.find(({ commandId }) => commandId === command.commandId)?.entries[0]?.signed.command
  if (first === undefined || canonicalJson(first) !== canonicalJson(command)) throw new Refusal('command-id-reused', { commandId: command.commandId })
  return place[1]
}

/** Reads what the rules are known to ask for. Ledger time: the transaction's, yet never before the streams' own. */
async function prefetch(state: WorldState, parsed: ParsedCommand, time: number): Promise<Instant> {
  const { command, signatures } = parsed.signed
  const reads = readsOf(parsed)
  const heads = [await readHead(state, command.subject)]
  const acting = await state.get('party', command.party)
  for (const { keyId } of signatures) {
    // The acting party's own keys need no pointer.
    if (acting?.party?.keys[keyId]) state.know('key', keyId, { partyId: command.party })
  }
  for (const billId of reads.bills ?? []) heads.push(await state.get('bill', billId))
  for (const partyId of reads.parties ?? []) await state.get('party', partyId)
  for (const container of reads.containers ?? []) await state.get('box', container)
  for (const docHash of reads.documents ?? []) await state.get('document', docHash)
  const latest = Math.max(time, ...heads.map((head) => Date.parse((head?.title ?? head?.party)?.updatedAt ?? new Date(0).toISOString())))
  return new Date(latest).toISOString() as Instant
}

function readHead(state: WorldState, subject: Subject): Promise<Head | null> {
  return state.get(subject.startsWith('b') ? 'bill' : 'party', subject)
}

async function history(state: WorldState, subject: Subject): Promise<readonly LogEntry[]> {
  const head = await readHead(state, subject)
  const entries: LogEntry[] = []
  for (const txId of new Set(head?.stream.map(([, id]) => id) ?? [])) {
    const record = await state.get('record', txId)
    entries.push(...(record?.records.flatMap((one) => one.entries.filter((entry) => entry.subject === subject)) ?? []))
  }
  return entries.toSorted((one, other) => one.seq - other.seq)
}
