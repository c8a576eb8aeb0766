import type { TrackingEvent } from '@yidan/api/contract'
import type { BillNumber, ContainerNumber } from '@yidan/ledger'
import type { StoredEntry } from '../../../api/src/events/appender.ts'
import { billStore, type BillRecord, type BoxRecord, type DocumentRecord, type DraftRecord } from '../../../api/src/bills/store.ts'
import { openExceptionStore, type ExceptionRecord } from '../../../api/src/exceptions/store.ts'
import { openTrackingStore, type Box, type TrackedBill } from '../../../api/src/tracking/store.ts'
import { demoDesk, issueOverHttp } from '../../support/demo-desks.ts'
import type { Platform } from '../../support/open-platform.ts'
import { equipment, position } from '../../tracking/open-log.ts'

/** All that the projections wrote of one bill of one box: what a thousand others are made after. */
export interface Pattern {
  readonly bill: BillRecord
  readonly document: DocumentRecord
  readonly draft: DraftRecord
  readonly tracked: TrackedBill
  readonly box: Box
  readonly gateHistory: BoxRecord
  /** What the log has about the box: reports of gates, carriers and its device. */
  readonly entries: readonly StoredEntry[]
  readonly exceptions: readonly ExceptionRecord[]
}
export interface Patterns {
  /** Delivered and driven away: most bills of a long history. */
  readonly over: Pattern
  /** On the train now, under another seal than its bill's. */
  readonly underWay: Pattern
}

/** Two bills issued over HTTP and reported by their terminal and carrier, as the projections of a running platform hold them. */
export async function patternsOf(platform: Platform): Promise<Patterns> {
  return { over: await patternOf(platform, 'over'), underWay: await patternOf(platform, 'underWay') }
}

export async function patternOf(platform: Platform, stage: keyof Patterns): Promise<Pattern> {
  const { url } = platform
  const [clerk, signer, terminal, shipper] = [await demoDesk(url, '洛阳陆港', 'clerk'), await demoDesk(url, '洛阳陆港', 'signer'), await demoDesk(url, '场站', 'gate'), await demoDesk(url, 'Busan Battery')]
  const { billNumber, draft } = await issueOverHttp({ clerk, signer, terminal, shipper })
  const [box] = draft.document?.containers ?? []
  if (box === undefined) throw new Error('the bill has no box')
  const events = reportsOf(box.number, box.seals[0]?.number ?? '', billNumber, stage)
  const { refused, putAside } = await terminal.client.call('sendEvents', { body: events })
  if (refused.length + putAside.length > 0) throw new Error(`events were not taken: ${JSON.stringify({ refused, putAside })}`)
  return readPattern(platform, billNumber, box.number)
}

const sea = { modeOfTransport: 'VESSEL', vesselName: 'DEMO STRAIT', exportVoyageNumber: '2247N' } as const
const rail = { modeOfTransport: 'RAIL', carrierServiceCode: 'X9137' } as const
/** A journey of weeks, told in minutes from the gate-in on. */
export const step = 45_000

/** Places by their names alone, and positions around Busan: a box that is in Busan and a minute later in Luoyang would be put aside, and rightly. */
function reportsOf(container: string, seal: string, billNumber: string, stage: keyof Patterns): TrackingEvent[] {
  const start = Date.now()
  const at = (steps: number): string => new Date(start + steps * step).toISOString()
  const references = { documentReferences: [{ documentReferenceType: 'TRD' as const, documentReferenceValue: billNumber }] }
  const busan = { locationName: 'Busan New Port' }, qingdao = { locationName: '青岛港' }, huangdao = { locationName: '黄岛港' }, luoyang = { locationName: '东方红（洛阳）国际陆港' }
  const moved = [
    equipment({ container, code: 'LOAD', at: at(1), eventLocation: busan, transportCall: { ...sea, location: busan }, ...references }),
    equipment({ container, code: 'DISC', at: at(2), eventLocation: qingdao, transportCall: { ...sea, location: qingdao }, ...references }),
    equipment({ container, code: 'LOAD', at: at(3), eventLocation: huangdao, transportCall: { ...rail, location: huangdao }, ...(stage === 'underWay' ? { seals: [{ sealNumber: `${seal}X` }] } : {}), ...references }),
  ]
  const arrived = [
    equipment({ container, code: 'DISC', at: at(7), eventLocation: luoyang, transportCall: { ...rail, location: luoyang }, ...references }),
    equipment({ container, code: 'GTOT', at: at(8), eventLocation: luoyang, transportCall: { modeOfTransport: 'TRUCK' }, ...references }),
    equipment({ container, code: 'GTIN', at: at(9), eventLocation: { locationName: '洛阳综合保税区' }, transportCall: { modeOfTransport: 'TRUCK' }, ...references }),
    equipment({ container, code: 'GTOT', at: at(10), eventLocation: { locationName: '洛阳综合保税区' }, ...references }),
  ]
  const seen = (count: number): TrackingEvent[] => Array.from({ length: count }, (_, index) => position({ container, at: at(4 + index * 0.5), latitude: 35.05 + index * 0.01, longitude: 128.8 }))
  return stage === 'over' ? [...moved, ...seen(1), ...arrived] : [...moved, ...seen(5)]
}

/** The records as they are stored, secrets opened. */
async function readPattern({ ports, app }: Platform, billNumber: BillNumber, container: ContainerNumber): Promise<Pattern> {
  const { feed, eventLog, database } = ports
  await feed.upTo(await eventLog.last(), 30_000)
  await app.exceptions.settled()
  await feed.upTo(await eventLog.last(), 30_000)
  const store = billStore(ports), tracking = openTrackingStore(ports)
  const [bill] = await store.bills.find({ billNumber }).limit(1).toArray()
  const document = bill && (await store.documents.findOne({ _id: bill.title.docHash }))
  const draft = bill && (await store.drafts.findOne({ billId: bill._id }))
  const tracked = await tracking.bills.findOne({ billNumber })
  const box = await tracking.boxes.findOne({ _id: container })
  const gateHistory = await store.boxes.findOne({ _id: container })
  if (!bill || !document || !draft || !tracked || !box || !gateHistory) throw new Error('the views do not hold the bill')
  const entries = await database.getClient().db(database.name).collection<StoredEntry>('event_log').find({ about: { $in: [`container:${container}`, `container:${container}:position`] }, 'event.type': 'tracking-received' }).sort({ _id: 1 }).toArray()
  const exceptions = await openExceptionStore(ports).exceptions.find({ container }).toArray()
  return { bill, document, draft, tracked, box, gateHistory, entries, exceptions }
}
