import { canonicalJson, evolveTitle, isLive, isTitleEvent, totalsOf, type BillDocument, type BillId, type ContainerNumber, type Hash, type LogEntry as LedgerEntry, type PartyId, type Title } from '@yidan/ledger'
import type { Collection } from 'mongodb'
import type { TrackingEvent } from '@yidan/api/contract'
import { createHash } from 'node:crypto'
import { derived } from '../events/derived.ts'
import type { LogEntry, Projection } from '../events/types.ts'
import type { Vault } from '../vault/vault.ts'
import { forgetUnusedNames, nameIndex, type NameIndex } from './names.ts'
import { isDuplicateKey, viewCollections, type BillFacts, type BillRecord, type BillStore, type BoxEvent, type BoxRecord, type DocumentRecord } from './store.ts'
import { waitingIn } from './waiting.ts'

/**
 * Bills, their documents and the gate history of their boxes, as the log tells them. A record is a function of the log up to its
 * position, so applying an entry again, or in two processes at once, ends in the same bytes.
 */
export function billProjection(store: BillStore, vault: Vault): Projection {
  return {
    name: 'bills',
    collections: viewCollections,
    async apply(entries) {
      await store.ready()
      if (entries[0]?.position === 1) await store.indexViews()
      await applyDocuments(store, entries)
      await applyTitles(store, vault, entries)
      await applyBoxes(store, entries)
    },
  }
}

/** An erased document leaves its number and nothing it said. */
async function applyDocuments({ documents }: BillStore, entries: readonly LogEntry[]): Promise<void> {
  const readable: DocumentRecord[] = []
  const erased: Omit<DocumentRecord, 'text'>[] = []
  for (const { event, position } of entries) {
    if (event.type !== 'document-frozen') continue
    const { docHash, billId, billNumber, document } = event
    if (document === null) erased.push({ _id: docHash, position, billId, billNumber })
    else readable.push({ _id: docHash, position, billId, billNumber, text: canonicalJson(document) })
  }
  await write(documents.kept, [...(await documents.seal(readable)), ...erased])
  const gone = entries.flatMap(({ event }) => (event.type === 'bill-erased' ? [event.billId] : []))
  if (gone.length > 0) await documents.kept.updateMany({ billId: { $in: gone } }, { $unset: { sealed: '' } }, { writeConcern: { w: 'majority' } })
}

type Change = { readonly billId: BillId; readonly position: number; readonly entry: LedgerEntry | 'erased' }

async function applyTitles(store: BillStore, vault: Vault, entries: readonly LogEntry[]): Promise<void> {
  const { bills } = store
  const changes = entries.flatMap(({ event, position }): Change[] => {
    if (event.type === 'bill-erased') return [{ billId: event.billId, position, entry: 'erased' }]
    return event.type === 'ledger-recorded' ? event.record.entries.flatMap((entry) => (entry.subject.startsWith('b') ? [{ billId: entry.subject as BillId, position, entry }] : [])) : []
  })
  if (changes.length === 0) return
  // What the documents say is read from them again.
  const found = await bills.kept.find({ _id: { $in: [...new Set(changes.map(({ billId }) => billId))] } }, { projection: { sealed: 0 } }).toArray()
  const before = found.map((record): BillRecord => ({ ...record, facts: null }))
  const records = new Map(before.map((record) => [record._id, record]))
  const papers = await papersFor(store, changes, before)
  const names = await nameIndex(vault)
  const changed = new Set<BillId>()
  for (const { billId, entry, position } of changes) {
    const known = records.get(billId) ?? null
    if (known !== null && known.position >= position) continue
    const next = entry === 'erased' ? known && erasedRecord(known, position) : evolveRecord({ known, entry, position, papers, names })
    if (next === null) continue
    records.set(billId, next)
    changed.add(billId)
  }
  await names.keep(store.names)
  const written = [...records.values()].filter(({ _id }) => changed.has(_id))
  // Before the bills: cut short in between, the entries come again, and these bills would not be among what they change.
  await settleDrafts(store, written)
  await write(bills.kept, await bills.seal(written))
  if (changes.some(({ entry }) => entry === 'erased')) await forgetUnusedNames(store)
}

/** The drafts that have become these bills need nobody any more, and are found by what their bills are found by. */
async function settleDrafts({ drafts }: BillStore, written: readonly BillRecord[]): Promise<void> {
  const issued = written.filter(({ title }) => title.visualisationHash !== null)
  if (issued.length === 0) return
  const waiting = new Set((await drafts.kept.find({ billId: { $in: issued.map(({ _id }) => _id) }, stage: 'sent', names: { $exists: false } }, { projection: { billId: 1 } }).toArray()).map(({ billId }) => billId))
  await Promise.all(issued.filter(({ _id }) => waiting.has(_id)).map(({ _id, tokens, names }) => drafts.kept.updateMany({ billId: _id, stage: 'sent' }, { $set: { settled: true, tokens, names } })))
}

/** A document by its hash, or only the number of one that was erased. */
interface Paper {
  readonly billNumber: BillRecord['billNumber']
  readonly document: BillDocument | null
}

async function papersFor({ documents }: BillStore, changes: readonly Change[], before: readonly BillRecord[]): Promise<ReadonlyMap<Hash, Paper>> {
  const hashes = new Set<Hash>(before.map(({ title }) => title.docHash))
  for (const { entry } of changes) if (entry !== 'erased') for (const event of entry.events) if (event.type === 'bill-approved' || event.type === 'bill-issued') hashes.add(event.docHash)
  const kept = await documents.kept.find({ _id: { $in: [...hashes] } }).toArray()
  const textByHash = new Map((await documents.open(kept)).map(({ _id, text }) => [_id, text]))
  return new Map(kept.map(({ _id, billNumber }) => {
    const text = textByHash.get(_id)
    return [_id, { billNumber, document: text === undefined ? null : (JSON.parse(text) as BillDocument) }]
  }))
}

function evolveRecord({ known, entry, position, papers, names }: { known: BillRecord | null; entry: LedgerEntry; position: number; papers: ReadonlyMap<Hash, Paper>; names: NameIndex }): BillRecord {
  const { events, seq, hash, recordedAt, signed } = entry
  let title = known?.title ?? null
  const holders = new Set<PartyId>(known?.everHeldBy)
  for (const event of events) {
    if (!isTitleEvent(event)) continue
    title = evolveTitle(title, event, { seq, hash, recordedAt })
    for (const holder of holdersOf(title)) holders.add(holder)
  }
  if (title === null) throw new Error(`entry ${seq} of ${entry.subject} holds no title event`)
  const paper = papers.get(title.docHash)
  const document = paper?.document ?? null
  const issued = events.some((event) => event.type === 'bill-issued')
  const issuedAt = issued ? recordedAt : (known?.issuedAt ?? null)
  const everHeldBy = [...holders].sort()
  const now = holdersOf(title)
  const formerHolders = everHeldBy.filter((party) => !now.includes(party))
  const containers = document?.containers.map(({ number }) => number) ?? (Object.keys(title.cargo) as ContainerNumber[])
  return {
    _id: title.billId, position, title, issuedAt, issuedSort: issuedAt ?? '', updatedAt: recordedAt, billNumber: paper?.billNumber ?? null, facts: document && factsOf(document),
    live: issuedAt !== null && isLive(title), containers, delivered: Object.values(title.cargo).filter(({ name }) => name === 'DELIVERED').length,
    received: issued ? receivedOf(signed.command.args) : (known?.received ?? []), everHeldBy, formerHolders,
    visibleTo: [...new Set([...everHeldBy, ...partiesOf(title)])].sort(), waitsFor: [...new Set(waitingIn(title).map(({ party }) => party))].sort(), tokens: document ? tokensOf(document) : known?.erased === true && known.billNumber !== null ? [known.billNumber] : [...containers], names: document ? names.tokensOf(namesOf(document)) : [], erased: known?.erased ?? false,
  }
}

/** All that is left to find it by is its number; the ledger's own history stays. */
function erasedRecord(known: BillRecord, position: number): BillRecord {
  return { ...known, position, facts: null, containers: (Object.keys(known.title.cargo) as ContainerNumber[]).sort(), tokens: known.billNumber === null ? [] : [known.billNumber], names: [], erased: true }
}

/** Whoever holds a right to the goods now. The carrier that only keeps a surrendered bill is no holder. */
function holdersOf({ titleholder, possessor, carrier, encumbrance, surrender, state }: Title): PartyId[] {
  if (state.name === 'APPROVED') return []
  const pledge = encumbrance.name === 'NONE' || encumbrance.name === 'PROPOSED' ? null : encumbrance
  return [titleholder === 'BLANK' ? null : titleholder, possessor === carrier && surrender !== null ? null : possessor, surrender?.by ?? null, pledge?.pledgee ?? null].filter((party) => party !== null)
}

function partiesOf({ carrier, shipper, consignee, titleholder, possessor, encumbrance, offer }: Title): PartyId[] {
  const pledge = encumbrance.name === 'NONE' ? [] : [encumbrance.pledgor, encumbrance.pledgee]
  return [carrier, shipper, consignee, titleholder === 'BLANK' ? null : titleholder, possessor, ...pledge, offer?.to ?? null].filter((party) => party !== null)
}

function receivedOf(args: Readonly<Record<string, unknown>>): Hash[] {
  const received = Array.isArray(args['received']) ? (args['received'] as { eventHash: Hash }[]) : []
  return received.map(({ eventHash }) => eventHash)
}

function factsOf(document: BillDocument): BillFacts {
  const { legs, shipper, placeOfReceipt, placeOfDelivery, containers, kind, bookingNumber } = document
  return {
    bookingNumber, shipper: shipper.name, from: placeOfReceipt.name, to: placeOfDelivery.name, modes: legs.map(({ mode }) => mode), kind, teu: totalsOf(containers).teu,
    services: legs.flatMap(({ trainNumber, vessel, voyage, plate }) => [trainNumber, vessel, voyage, plate].filter((unit) => unit !== undefined)),
    seals: containers.flatMap(({ seals }) => seals.map(({ number }) => number)),
  }
}

function tokensOf(document: BillDocument): string[] {
  const { services, seals } = factsOf(document)
  return [...new Set([document.billNumber, document.bookingNumber, ...document.containers.map(({ number }) => number), ...seals, ...services].map((text) => text.toUpperCase()))].sort()
}

/** Lower case, to be found by. */
function namesOf({ shipper, carrier, consignee, notifyParties, service }: BillDocument): string[] {
  const named = 'toOrderOf' in consignee ? (typeof consignee.toOrderOf === 'string' ? [] : [consignee.toOrderOf]) : [consignee]
  return [...[shipper, carrier, ...named, ...notifyParties].flatMap(({ name, nameEn }) => [name, nameEn]), service].flatMap((text) => (text === undefined ? [] : [text.toLowerCase()]))
}

type EquipmentEvent = Extract<TrackingEvent, { eventType: 'EQUIPMENT' }>

/** What issuing, cancelling and changing a bill ask for; the rest of a box's way is tracking's. */
const telling: ReadonlySet<string> = new Set(['GTIN', 'GTOT', 'LOAD'] satisfies EquipmentEvent['equipmentEventTypeCode'][])
/** Newest this many are enough: a box does not come in and go out more often under one booking. */
const keptEvents = 60

async function applyBoxes({ boxes }: BillStore, entries: readonly LogEntry[]): Promise<void> {
  const changes = entries.flatMap(({ event, position, about }) => {
    if (event.type !== 'tracking-received' || (event.retracts === null && !isTelling(event.event))) return []
    const named = about.flatMap((line) => (line.startsWith('container:') ? [line.slice(10) as ContainerNumber] : []))
    return named.map((container) => ({ container, event: event.event, retracts: event.retracts, position }))
  })
  if (changes.length === 0) return
  const before = await boxes.find({ _id: { $in: [...new Set(changes.map(({ container }) => container))] } }).toArray()
  const records = new Map<ContainerNumber, BoxRecord>(before.map((record) => [record._id, record]))
  const changed = new Set<ContainerNumber>()
  for (const { container, event, retracts, position } of changes) {
    const known = records.get(container)
    if (known && known.position >= position) continue
    records.set(container, { _id: container, position, ...evolveBox(known ?? { events: [], retracted: [] }, event, retracts) })
    changed.add(container)
  }
  await write(boxes, [...records.values()].filter(({ _id }) => changed.has(_id)))
}

function isTelling(event: TrackingEvent): event is EquipmentEvent {
  return event.eventType === 'EQUIPMENT' && event.eventClassifierCode === 'ACT' && telling.has(event.equipmentEventTypeCode)
}

function evolveBox(known: Pick<BoxRecord, 'events' | 'retracted'>, event: TrackingEvent, retracts: string | null): Pick<BoxRecord, 'events' | 'retracted'> {
  if (retracts !== null) return { events: known.events.filter(({ eventID }) => eventID !== retracts), retracted: [...known.retracted, retracts].slice(-keptEvents) }
  const isNews = isTelling(event) && !known.retracted.includes(event.eventID) && !known.events.some(({ eventID }) => eventID === event.eventID)
  if (!isNews) return { events: known.events, retracted: known.retracted }
  const added: BoxEvent = {
    eventID: event.eventID, hash: createHash('sha256').update(canonicalJson(event)).digest('hex') as Hash, code: event.equipmentEventTypeCode, at: new Date(event.eventDateTime).toISOString(), laden: event.emptyIndicatorCode === 'LADEN',
    seals: (event.seals ?? []).map(({ sealNumber }) => sealNumber), place: event.eventLocation?.locationName ?? event.eventLocation?.UNLocationCode ?? event.transportCall?.location?.locationName ?? null,
    references: (event.documentReferences ?? []).map(({ documentReferenceValue }) => documentReferenceValue),
  }
  return { events: [...known.events, added].sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0)).slice(-keptEvents), retracted: known.retracted }
}

/** Puts records in unless a later state of them is there already: written by another process that follows the same log. */
async function write<T extends { readonly _id: string; readonly position: number }>(collection: Collection<T>, records: readonly T[]): Promise<void> {
  if (records.length === 0) return
  const operations = records.map((record) => ({ replaceOne: { filter: { _id: record._id, position: { $lt: record.position } } as never, replacement: record as never, upsert: true } }))
  try {
    await collection.bulkWrite(operations, { ordered: false, ...derived })
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
}
