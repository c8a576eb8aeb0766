import { isLive, isTitleEvent, type BillId, type CommandId, type ContainerNumber, type Hash, type KeyId, type LedgerView, type LogEntry, type Outcome, type Party, type PartyId, type SigningKey, type Subject, type Title } from '../domain/index.ts'
import { sha256 } from '../signing/node-checks.ts'

/** Everything the rules may look up, in memory; the entries themselves stay in the journal and are found by position. */
export class LedgerState implements LedgerView {
  readonly network: string
  readonly registrar: PartyId
  readonly organisations = []
  readonly #below: LedgerState | null
  readonly #bills = new Map<BillId, Title>()
  readonly #parties = new Map<PartyId, Party>()
  readonly #keyOwners = new Map<KeyId, PartyId>()
  /** null: known to be free, though the layer below has it taken. */
  readonly #boxes = new Map<ContainerNumber, BillId | null>()
  readonly #documents = new Map<Hash, BillId>()
  readonly #positions = new Map<Subject, number[]>()
  readonly #commands = new Map<CommandId, number>()

  constructor(network: string, registrar: PartyId, below: LedgerState | null = null) {
    this.network = network
    this.registrar = registrar
    this.#below = below
  }

  /** A layer for one batch: decided on top of this state, merged in once it is durable, else dropped. */
  layer(): LedgerState {
    return new LedgerState(this.network, this.registrar, this)
  }

  bill(billId: BillId): Title | null {
    return this.#bills.get(billId) ?? this.#below?.bill(billId) ?? null
  }

  party(partyId: PartyId): Party | null {
    return this.#parties.get(partyId) ?? this.#below?.party(partyId) ?? null
  }

  key(keyId: KeyId): SigningKey | null {
    const owner = this.#keyOwners.get(keyId)
    return owner === undefined ? (this.#below?.key(keyId) ?? null) : (this.party(owner)?.keys[keyId] ?? null)
  }

  liveBillOf(container: ContainerNumber): BillId | null {
    const own = this.#boxes.get(container)
    return own === undefined ? (this.#below?.liveBillOf(container) ?? null) : own
  }

  billOfDocument(docHash: Hash): BillId | null {
    return this.#documents.get(docHash) ?? this.#below?.billOfDocument(docHash) ?? null
  }

  sha256(text: string): Hash {
    return sha256(text)
  }

  positionOf(commandId: CommandId): number | null {
    return this.#commands.get(commandId) ?? this.#below?.positionOf(commandId) ?? null
  }

  /** Journal positions of a stream's entries, in order. */
  positionsOf(subject: Subject): readonly number[] {
    return this.#positions.get(subject) ?? []
  }

  /** Takes a decided command in. */
  apply(outcome: Outcome, position: number): void {
    for (const party of outcome.parties) this.#keep(party)
    for (const title of outcome.titles) this.#bills.set(title.billId, title)
    for (const entry of outcome.entries) this.#index(entry, position)
    const [first] = outcome.entries
    if (first) this.#commands.set(first.signed.command.commandId, position)
    for (const title of outcome.titles) this.#settleBoxes(title)
  }

  /** Puts a durable layer into this state. */
  merge(layer: LedgerState): void {
    for (const party of layer.#parties.values()) this.#keep(party)
    for (const [id, title] of layer.#bills) this.#bills.set(id, title)
    for (const [container, bill] of layer.#boxes) {
      if (bill === null) this.#boxes.delete(container)
      else this.#boxes.set(container, bill)
    }
    for (const [hash, bill] of layer.#documents) this.#documents.set(hash, bill)
    for (const [id, position] of layer.#commands) this.#commands.set(id, position)
    for (const [subject, positions] of layer.#positions) for (const position of positions) this.#addPosition(subject, position)
  }

  #keep(party: Party): void {
    this.#parties.set(party.partyId, party)
    for (const keyId of Object.keys(party.keys)) this.#keyOwners.set(keyId as KeyId, party.partyId)
  }

  #index(entry: LogEntry, position: number): void {
    this.#addPosition(entry.subject, position)
    for (const event of entry.events) if (isTitleEvent(event) && event.type === 'bill-issued') this.#documents.set(event.docHash, event.billId)
  }

  #addPosition(subject: Subject, position: number): void {
    const known = this.#positions.get(subject)
    if (known) known.push(position)
    else this.#positions.set(subject, [position])
  }

  /** T-2: boxes belong to their live bill, and are free once it is accomplished or void. A successor in the same act takes them over. */
  #settleBoxes(title: Title): void {
    for (const container of Object.keys(title.cargo) as ContainerNumber[]) {
      if (isLive(title)) this.#boxes.set(container, title.billId)
      else if (this.liveBillOf(container) === title.billId) this.#boxes.set(container, null)
    }
  }
}
