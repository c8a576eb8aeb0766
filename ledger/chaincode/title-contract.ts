import { X509Certificate } from 'node:crypto'
import { ClientIdentity, type ChaincodeStub } from 'fabric-shim'
import { canonicalJson, noHash, parseCommand, PartyId, readsOf, Refusal, run, type CommandId, type Hash, type Instant, type KeyId, type LogEntry, type ParsedCommand, type Party } from '../domain/index.ts'
import { nodeChecks, sha256 } from '../signing/node-checks.ts'
import { endorsementPolicy } from './endorsement-policy.ts'
import { apply, endorsersOf, viewOver, WorldState, type Constitution, type Head } from './world-state.ts'

const largestBatch = 128
const ahead = 2 * 60_000, behind = 15 * 60_000

export class Fault extends Error {
  constructor(code: string, detail: Readonly<Record<string, unknown>> = {}) {
    super(canonicalJson({ code, detail }))
  }
}

export type Functions = Readonly<Record<string, (stub: ChaincodeStub, argument: unknown) => Promise<unknown>>>

/** Fetch → run → write → one event. `code` is the hash of the program that runs. */
export function titleContract({ version, code, localClock }: { readonly version: string; readonly code: string; readonly localClock: () => number }): Functions {
  return {
    ping: async () => 'pong',
    version: async () => ({ version, code }),
    constitution: (stub) => new WorldState(stub).get('constitution', ''),
    read: (stub, subject) => readHead(new WorldState(stub), String(subject)),
    async key(stub, keyId) {
      const state = new WorldState(stub)
      const owner = await state.get('key', String(keyId))
      return owner ? ((await state.get('party', owner.partyId))?.party?.keys[keyId as KeyId] ?? null) : null
    },
    async history(stub, subject) {
      const state = new WorldState(stub)
      const head = await readHead(state, String(subject))
      const entries: LogEntry[] = []
      for (const txId of new Set(head?.stream.map(([, id]) => id) ?? [])) {
        const record = await state.get('record', txId)
        entries.push(...(record?.records.flatMap((one) => one.entries.filter((entry) => entry.subject === subject)) ?? []))
      }
      return entries.toSorted((one, other) => one.seq - other.seq)
    },
    record: (stub, txId) => new WorldState(stub).get('record', String(txId)),
    async status(stub, reference) {
      const { commandId, subject } = reference as { commandId: CommandId; subject: string }
      const place = (await readHead(new WorldState(stub), subject))?.stream.find(([id]) => id === commandId)
      return place ? { txId: place[1] } : null
    },
    async confidential(stub, hash) {
      // The collection of whoever asks: nobody can name another's, and only that organisation's peer has it.
      const bytes = await stub.getPrivateData(`_implicit_org_${new ClientIdentity(stub).getMSPID()}`, String(hash))
      return bytes.length === 0 ? null : Buffer.from(bytes).toString('utf8')
    },
    async init(stub, given) {
      refuseStranger(stub, null)
      const state = new WorldState(stub)
      const known = await state.get('constitution', '')
      if (known) {
        if (canonicalJson(known) !== canonicalJson(given)) throw new Fault('already-founded')
        return null
      }
      const constitution = given as Constitution
      state.set('constitution', '', constitution)
      const party = registrarParty(constitution)
      state.set('party', party.partyId, { party, stream: [] })
      for (const keyId of Object.keys(party.keys)) state.set('key', keyId, { partyId: party.partyId })
      await state.flush()
      return null
    },
    submit: (stub, batch) => submit(stub, batch, localClock),
  }
}

async function submit(stub: ChaincodeStub, batch: unknown, localClock: () => number): Promise<unknown> {
  if (!Array.isArray(batch) || batch.length === 0 || batch.length > largestBatch) throw new Fault('malformed-batch')
  const state = new WorldState(stub)
  const constitution = await state.get('constitution', '')
  if (!constitution) throw new Fault('not-founded')
  refuseStranger(stub, constitution)
  const time = boundedTime(stub, localClock)
  const txId = stub.getTxID()
  const records: { commandId: CommandId; entries: readonly LogEntry[] }[] = []
  const touched = new Set<string>()
  const answers: unknown[] = []
  for (const item of batch as readonly unknown[]) {
    try {
      const parsed = parseCommand(item)
      const { command } = parsed.signed
      const repeated = await earlier(state, parsed)
      if (repeated !== null) {
        answers.push({ repeated })
        continue
      }
      const now = await prefetch(state, parsed, time)
      const view = viewOver(state, constitution)
      const outcome = await state.settle(() => run({ parsed, view, now, checks: nodeChecks }))
      for (const title of await apply(state, outcome, { txId, commandId: command.commandId })) touched.add(title.billId)
      answers.push({ recorded: records.length })
      records.push({ commandId: command.commandId, entries: outcome.entries })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      answers.push({ refused: error.code, detail: error.detail })
    }
  }
  if (records.length === 0) return answers
  const bills: { billId: string; seq: number }[] = []
  const policies: [key: string, policy: Uint8Array][] = []
  for (const billId of [...touched].toSorted()) {
    const head = await state.get('bill', billId)
    if (!head?.title) continue
    bills.push({ billId, seq: head.title.seq })
    const endorsers = await endorsersOf(head.title, state, constitution)
    if (canonicalJson(endorsers) === canonicalJson(head.endorsers ?? [])) continue
    state.set('bill', billId, { ...head, endorsers })
    if (endorsers.length > 0) policies.push([state.keyOf('bill', billId), endorsementPolicy({ endorsers, recovery: constitution.recovery })])
  }
  state.set('record', txId, { records, recordedAt: new Date(time).toISOString() })
  await keepConfidential(stub, state, constitution, records)
  await state.flush()
  for (const [key, policy] of policies) await stub.setStateValidationParameter(key, policy)
  stub.setEvent('Title', Buffer.from(canonicalJson({ records: records.length, bills }), 'utf8'))
  return answers
}

/** The transaction in which this very command is recorded already. @throws Refusal `command-id-reused` */
async function earlier(state: WorldState, { signed: { command } }: ParsedCommand): Promise<string | null> {
  const head = await readHead(state, command.subject)
  const place = head?.stream.find(([id]) => id === command.commandId)
  if (!place) return null
  const record = await state.get('record', place[1])
  const first = record?.records.find(({ commandId }) => commandId === command.commandId)?.entries[0]?.signed.command
  // Without a record it was recorded in this very transaction, further up.
  if (first !== undefined && canonicalJson(first) !== canonicalJson(command)) throw new Refusal('command-id-reused', { commandId: command.commandId })
  return place[1]
}

/** Reads what the rules are known to ask for; ledger time is never before the streams' own. */
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

/** Terms of a pledge go to the pledgee's organisation, once their hash stands on the ledger. */
async function keepConfidential(stub: ChaincodeStub, state: WorldState, constitution: Constitution, records: readonly { readonly entries: readonly LogEntry[] }[]): Promise<void> {
  const given = stub.getTransient().get('confidential')
  if (!given) return
  const texts = new Map((JSON.parse(Buffer.from(given).toString('utf8')) as string[]).map((text): [Hash, string] => [sha256(text), text]))
  for (const event of records.flatMap(({ entries }) => entries.flatMap((entry) => entry.events))) {
    if (event.type !== 'pledge-proposed') continue
    const text = texts.get(event.termsHash)
    const host = (await state.get('party', event.pledgee))?.party?.host ?? constitution.organisations.find(({ role }) => role === 'operator')?.id
    if (text !== undefined && host !== undefined) await stub.putPrivateData(`_implicit_org_${host}`, event.termsHash, Buffer.from(text, 'utf8'))
  }
}

/** The client says when it is, and this peer's own clock says whether to believe it; only the former is ever written. */
function boundedTime(stub: ChaincodeStub, localClock: () => number): number {
  const time = stub.getDateTimestamp().getTime()
  const here = localClock()
  if (time > here + ahead || time < here - behind) throw new Fault('clock', { time: new Date(time).toISOString() })
  return time
}

/** Only the gateway of an organisation of the constitution may write; of which one, the act's signature does not depend on. */
function refuseStranger(stub: ChaincodeStub, constitution: Constitution | null): void {
  const caller = new ClientIdentity(stub)
  const certificate = new X509Certificate(Buffer.from(caller.getIDBytes()))
  const isClient = certificate.subject.split('\n').includes('OU=client')
  if (!isClient || !caller.assertAttributeValue('yidan.role', 'gateway')) throw new Fault('not-a-gateway')
  if (constitution && !constitution.organisations.some(({ id }) => id === caller.getMSPID())) throw new Fault('unknown-organisation', { organisation: caller.getMSPID() })
}

function readHead(state: WorldState, subject: string): Promise<Head | null> {
  return state.get(subject.startsWith('b') ? 'bill' : 'party', subject)
}

function registrarParty({ network, registrar: { partyId, person, publicKey } }: Constitution): Party {
  const keyId = nodeChecks.keyIdOf(publicKey)
  if (keyId === null) throw new Fault('unsupported-algorithm')
  const since = new Date(0).toISOString() as Instant
  return {
    partyId: PartyId.parse(partyId), seq: 0, headHash: noHash, roles: ['registrar'], identityHash: sha256(canonicalJson({ network, registrar: partyId })), host: null, keyLoss: null, updatedAt: since,
    keys: { [keyId]: { keyId, partyId, person, purposes: ['admin', 'title'], algorithm: 'ES256', publicKey, registeredAt: since, revoked: null } },
  } as unknown as Party
}
