import { canonicalJson, isLive, isTitleEvent, pledgeInForce, type BillId, type CommandId, type ContainerNumber, type Hash, type KeyId, type LedgerView, type LogEntry, type Outcome, type Party, type PartyId, type SigningKey, type Subject, type Title } from '../domain/index.ts'
import { sha256 } from '../signing/node-checks.ts'
import { operatorOf, type Constitution } from './constitution.ts'
import type { Stub } from './stub.ts'

/** A bill's or a party's head. */
export interface Head {
  readonly title?: Title
  readonly party?: Party
  /** Command and transaction of each entry, the first entry first. */
  readonly stream: readonly (readonly [CommandId, string])[]
  /** Of a bill: the organisations its policy names. */
  readonly endorsers?: readonly string[]
}
/** All that one transaction recorded; never rewritten. */
export interface RecordValue {
  readonly records: readonly { readonly commandId: CommandId; readonly entries: readonly LogEntry[] }[]
  readonly recordedAt: string
}

/** What stands under each kind of key. */
interface Values {
  readonly constitution: Constitution
  readonly bill: Head
  readonly party: Head
  readonly key: { readonly partyId: PartyId }
  readonly box: { readonly billId: BillId }
  readonly document: { readonly billId: BillId }
  readonly record: RecordValue
}
type Kind = keyof Values

/** The rules asked for something that was not read yet: it is read, and the command decided anew. */
class NotRead extends Error {
  readonly kind: Kind
  readonly id: string
  constructor(kind: Kind, id: string) {
    super(`${kind} ${id} was not read`)
    this.kind = kind
    this.id = id
  }
}

/** State of the channel as one transaction sees it: what it read, under what it decided so far. Every key format is here. */
export class WorldState {
  readonly #stub: Stub
  readonly #read = new Map<string, unknown>()
  readonly #written = new Map<string, unknown>()

  constructor(stub: Stub) {
    this.#stub = stub
  }

  keyOf(kind: Kind, id: string): string {
    return this.#stub.createCompositeKey(kind, id === '' ? [] : [id])
  }

  /** What is there, with what this transaction wrote on top. */
  async get<K extends Kind>(kind: K, id: string): Promise<Values[K] | null> {
    const key = this.keyOf(kind, id)
    if (this.#written.has(key)) return this.#written.get(key) as Values[K] | null
    if (!this.#read.has(key)) {
      const bytes = await this.#stub.getState(key)
      this.#read.set(key, bytes.length === 0 ? null : JSON.parse(Buffer.from(bytes).toString('utf8')))
    }
    return this.#read.get(key) as Values[K] | null
  }

  /** Like `get`, for the rules, which cannot wait. */
  now<K extends Kind>(kind: K, id: string): Values[K] | null {
    const key = this.keyOf(kind, id)
    if (this.#written.has(key)) return this.#written.get(key) as Values[K] | null
    if (this.#read.has(key)) return this.#read.get(key) as Values[K] | null
    throw new NotRead(kind, id)
  }

  /** What follows from something read already. */
  know<K extends Kind>(kind: K, id: string, value: Values[K]): void {
    const key = this.keyOf(kind, id)
    if (!this.#read.has(key)) this.#read.set(key, value)
  }

  set<K extends Kind>(kind: K, id: string, value: Values[K] | null): void {
    this.#written.set(this.keyOf(kind, id), value)
  }

  /** Writes everything once, in the order of the keys. */
  async flush(): Promise<void> {
    for (const [key, value] of [...this.#written].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
      if (value === null) await this.#stub.deleteState(key)
      else await this.#stub.putState(key, Buffer.from(canonicalJson(value), 'utf8'))
    }
  }

  /** Decides, reading whatever the rules turn out to need. */
  async settle<T>(decide: () => T): Promise<T> {
    for (;;) {
      try {
        return decide()
      } catch (error) {
        if (!(error instanceof NotRead)) throw error
        await this.get(error.kind, error.id)
      }
    }
  }
}

/** What the rules may look up. */
export function viewOver(state: WorldState, constitution: Constitution): LedgerView {
  const party = (partyId: PartyId): Party | null => state.now('party', partyId)?.party ?? null
  const key = (keyId: KeyId): SigningKey | null => {
    const owner = state.now('key', keyId)?.partyId
    return owner === undefined ? null : (party(owner)?.keys[keyId] ?? null)
  }
  return {
    network: constitution.network, registrar: constitution.registrar.partyId, organisations: constitution.organisations.map(({ id }) => id),
    bill: (billId: BillId) => state.now('bill', billId)?.title ?? null,
    party, key,
    liveBillOf: (container: ContainerNumber) => state.now('box', container)?.billId ?? null,
    billOfDocument: (docHash: Hash) => state.now('document', docHash)?.billId ?? null,
    sha256,
  }
}

/** Puts an outcome on top of the state. */
export async function apply(state: WorldState, outcome: Outcome, { txId, commandId }: { readonly txId: string; readonly commandId: CommandId }): Promise<void> {
  const streamOf = async (kind: 'bill' | 'party', id: Subject): Promise<Head['stream']> => [...((await state.get(kind, id))?.stream ?? []), [commandId, txId] as const]
  const changes: { readonly title: Title; readonly before: Title | null }[] = []
  for (const title of outcome.titles) {
    const before = await state.get('bill', title.billId)
    state.set('bill', title.billId, { title, stream: await streamOf('bill', title.billId), endorsers: before?.endorsers ?? [] })
    changes.push({ title, before: before?.title ?? null })
  }
  for (const party of outcome.parties) {
    const before = await state.get('party', party.partyId)
    state.set('party', party.partyId, { party, stream: await streamOf('party', party.partyId) })
    for (const keyId of Object.keys(party.keys)) if (!before?.party?.keys[keyId as KeyId]) state.set('key', keyId, { partyId: party.partyId })
  }
  for (const entry of outcome.entries) for (const event of entry.events) if (isTitleEvent(event) && event.type === 'bill-issued') state.set('document', event.docHash, { billId: event.billId })
  for (const { title, before } of changes) await bindBoxes(state, title, before)
}

/**
 * T-2: a box belongs to its live bill. One that ends lets go of what is still its own: a successor in the same act may have it already.
 * Boxes change hands only where a bill begins, ends or gets other boxes; an act that does none of it asks for none of them.
 */
async function bindBoxes(state: WorldState, title: Title, before: Title | null): Promise<void> {
  const isHeld = isLive(title), boxes = Object.keys(title.cargo)
  if (before && isLive(before) === isHeld && boxes.every((container) => container in before.cargo)) return
  for (const container of boxes) {
    const holder = (await state.get('box', container))?.billId ?? null
    if (isHeld && holder !== title.billId) state.set('box', container, { billId: title.billId })
    if (!isHeld && holder === title.billId) state.set('box', container, null)
  }
}

/** The organisations whose peers must endorse the next act on a bill: the operator, the possessor's host, the pledgee's host. None before it is issued. */
export async function endorsersOf(title: Title, state: WorldState, constitution: Constitution): Promise<readonly string[]> {
  if (title.possessor === null) return []
  const operator = operatorOf(constitution)
  const hostOf = async (partyId: PartyId): Promise<string> => (await state.get('party', partyId))?.party?.host ?? operator
  const pledgee = pledgeInForce(title)?.pledgee
  return [...new Set([operator, await hostOf(title.possessor), ...(pledgee ? [await hostOf(pledgee)] : [])])].toSorted()
}
