import type { BillDocument, ContainerNumber, Hash, Title } from '@yidan/ledger'
import { fault, type Finding } from './findings.ts'
import { plainNumber } from './rules/typed.ts'
import type { BillStore, BoxEvent, BoxRecord } from './store.ts'

export interface GateIn {
  readonly container: ContainerNumber
  readonly event: BoxEvent
}

/**
 * The gate-in of each box that this bill can be issued on. It counts when the box came in laden since the document was first frozen, or
 * the event names the booking or the bill; when it has not gone out again; and when no other bill was issued on it.
 */
export async function gateInsOf(store: BillStore, { document, since }: { document: Pick<BillDocument, 'containers' | 'bookingNumber' | 'billNumber'>; since: Date | null }): Promise<Map<ContainerNumber, GateIn>> {
  const numbers = document.containers.map(({ number }) => number)
  const records = await store.boxes.find({ _id: { $in: numbers } }).toArray()
  const found = records.flatMap((record) => {
    const event = latestGateIn(record, { references: [document.bookingNumber, document.billNumber], since })
    return event ? [{ container: record._id, event }] : []
  })
  const used = await usedEvents(store, found.map(({ event }) => event.hash))
  return new Map(found.filter(({ event }) => !used.has(event.hash)).map((gateIn) => [gateIn.container, gateIn]))
}

function latestGateIn({ events }: BoxRecord, { references, since }: { references: readonly string[]; since: Date | null }): BoxEvent | null {
  const last = events.findLast(({ code }) => code === 'GTIN' || code === 'GTOT')
  if (last === undefined || last.code !== 'GTIN' || !last.laden) return null
  // Terminals that write times without seconds must not be a minute early.
  const from = since === null ? null : new Date(Math.floor(since.getTime() / 60_000) * 60_000).toISOString()
  return (from !== null && last.at >= from) || last.references.some((reference) => references.includes(reference)) ? last : null
}

async function usedEvents({ bills }: BillStore, hashes: readonly Hash[]): Promise<ReadonlySet<Hash>> {
  if (hashes.length === 0) return new Set()
  const users = await bills.find({ received: { $in: [...hashes] } }, { projection: { received: 1 } }).toArray()
  return new Set(users.flatMap(({ received }) => received))
}

/** Boxes that have not come in, or with another seal than the document says. */
export function gateFindings(document: Pick<BillDocument, 'containers'>, gateIns: ReadonlyMap<ContainerNumber, GateIn>): Finding[] {
  return document.containers.flatMap(({ number, seals }, index) => {
    const gateIn = gateIns.get(number)
    const pointer = `/containers/${index}`
    if (gateIn === undefined) return [fault(`${pointer}/number`, 'not-received', { value: number, detail: { container: number } })]
    const found = gateIn.event.seals
    const written = seals.map((seal) => seal.number)
    if (found.length === 0) return [fault(`${pointer}/seals`, 'seal-not-recorded', { value: written.join(', '), detail: { container: number } })]
    const same = written.some((seal) => found.some((other) => plainNumber(other) === plainNumber(seal)))
    return same ? [] : [fault(`${pointer}/seals`, 'seal-mismatch', { value: written.join(', '), detail: { container: number, found: found.join(', ') } })]
  })
}

/** The live bills, by number, that hold any of these boxes; the bill `except` does not count. */
export async function liveBillsOf({ bills }: BillStore, containers: readonly string[], except: string | null): Promise<Map<string, string>> {
  if (containers.length === 0) return new Map()
  const held = await bills.find({ containers: { $in: containers as ContainerNumber[] }, live: true }, { projection: { containers: 1, billNumber: 1 } }).toArray()
  return new Map(held.filter(({ _id }) => _id !== except).flatMap((record) => record.containers.map((container): [string, string] => [container, record.billNumber ?? record._id])))
}

/** The gate-ins that a bill was issued on, found again by their hashes. */
export async function issuedGateIns({ bills, boxes }: BillStore, { billId, cargo }: Pick<Title, 'billId' | 'cargo'>): Promise<Map<ContainerNumber, GateIn>> {
  const received = new Set((await bills.findOne({ _id: billId }, { projection: { received: 1 } }))?.received)
  const records = await boxes.find({ _id: { $in: Object.keys(cargo) as ContainerNumber[] } }).toArray()
  return new Map(records.flatMap(({ _id, events }): [ContainerNumber, GateIn][] => {
    const event = events.find(({ hash }) => received.has(hash))
    return event ? [[_id, { container: _id, event }]] : []
  }))
}
