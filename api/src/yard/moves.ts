import { TrackingEvent, type GateMove as GateMoveSchema, type GateMoveResult as GateMoveResultSchema } from '@yidan/api/contract'
import type { ContainerNumber } from '@yidan/ledger'
import type { z } from 'zod'
import { companyOf } from '../access/caller.ts'
import { Problem } from '../http/problem.ts'
import type { Ports } from '../ports.ts'
import { clockTolerance, contradictionText, entryOf } from '../tracking/commands.ts'
import { putAsideEntry, putAsideId, putAsideIn, type Judge } from '../tracking/put-aside.ts'
import { samePlace, sealsFit, type Box, type TrackedBill } from '../tracking/view.ts'
import { checkBox, type Gate } from './gate.ts'
import { warningWords } from './reasons.ts'
import { deliveredAndStillHere } from './rules.ts'

export type GateMove = z.infer<typeof GateMoveSchema>
export type GateMoveResult = z.infer<typeof GateMoveResultSchema>

export interface MovingGate extends Gate {
  readonly ports: Ports
  /** Holds the move against what is known of the box. */
  readonly judge: Judge
}

/** Moves of one box wait for each other: two scans at once are one move. */
const underWay = new Map<string, Promise<unknown>>()

/**
 * Gate-in or gate-out as a fact (GTIN, GTOT). The event's id is the move's. A move sent again, a gate-in of a box that is in or a
 * gate-out of one that is out changes nothing. Nothing goes out that the ledger does not release. A move that cannot be true beside what is
 * known (a box that is at sea) is kept for a person and not believed; the barrier is not theirs to hold.
 * @throws Problem `not-accepted-for-delivery` (409) with the gate's reasons
 */
export async function recordMove(gate: MovingGate, move: GateMove): Promise<GateMoveResult> {
  const before = underWay.get(move.container) ?? Promise.resolve()
  const mine = before.catch(() => undefined).then(() => moveBox(gate, move))
  underWay.set(move.container, mine)
  try {
    return await mine
  } finally {
    if (underWay.get(move.container) === mine) underWay.delete(move.container)
  }
}

async function moveBox(gate: MovingGate, move: GateMove): Promise<GateMoveResult> {
  const { ports, reader, caller } = gate
  const sender = companyOf(caller)
  if (sender === null) throw new Problem('not-signed-in')
  if (Date.parse(move.at) > ports.clock().getTime() + clockTolerance) throw new Problem('invalid-request', {}, [{ pointer: '/at', code: 'event-in-the-future', message: 'a gate move cannot lie in the future', severity: 'fault' }])
  const position = await ports.eventLog.last()
  const ids = [`event:${move.moveId}`, putAsideId(move.moveId)]
  const sent = await ports.eventLog.byId(ids)
  const sentBefore = ids.flatMap((id) => sent.get(id) ?? [])[0]
  if (sentBefore) return sentAgain(move, sentBefore.event, sentBefore.position)
  await ports.feed.upTo(position)
  const box = await reader.box(move.container)
  const bill = box?.billId ? await reader.bill(box.billId) : null
  if (box && isDone(box, move)) return { recorded: false, repeated: true, putAside: false, eventID: box.state.newest?.eventID ?? move.moveId, position, warnings: [] }
  if (move.direction === 'out') await refuseUnlessReleased(gate, move.container)
  const event = eventOf(move)
  const [because = []] = await gate.judge([event], sender.partyId)
  const putAside = because.length > 0
  const appended = await ports.eventLog.append([putAside ? putAsideEntry(event, sender.partyId, because) : entryOf(event, sender.partyId)])
  await ports.feed.upTo(appended.last)
  const doubts = putAside ? [warningWords('put-aside', { why: because.map((one) => contradictionText(one, gate.language)).join('; ') }, gate.language)] : []
  return { recorded: appended.positions[0] !== null, repeated: appended.positions[0] === null, putAside, eventID: move.moveId, position: appended.last, warnings: [...doubts, ...warningsFor(gate, move, bill, box?.state.resealed ?? null)] }
}

/** In already, or out already; unless both moves name their place and it is another gate. */
function isDone({ state }: Box, { direction, place }: GateMove): boolean {
  if (state.movement !== (direction === 'in' ? 'GATED_IN' : 'GATED_OUT')) return false
  return samePlace({ name: null, code: place ?? null }, { name: null, code: state.seen?.place.code ?? null }) !== false
}

async function refuseUnlessReleased(gate: MovingGate, container: ContainerNumber): Promise<void> {
  const verdict = await checkBox(gate, container, null)
  if (verdict.word === 'RELEASE') return
  const box = await gate.reader.box(container)
  const title = box?.billId ? await gate.ports.ledger.read(box.billId) : null
  const state = box?.state
  const at = { container, title, known: box !== null, customsHold: false, sealMismatch: false, sealsFound: [], inYard: state?.movement === 'GATED_IN', neverIn: state === undefined || state.movement === 'EXPECTED' }
  // Delivered on the ledger, still inside: nothing but the delivery itself may stand in the way.
  if (deliveredAndStillHere(at) && verdict.reasons.every(({ code }) => code === 'H18')) return
  throw new Problem('not-accepted-for-delivery', { container }, verdict.reasons.map(({ code, message }) => ({ pointer: '/container', code, message, severity: 'fault' as const })))
}

function sentAgain(move: GateMove, event: Parameters<typeof isSameMove>[1], position: number): GateMoveResult {
  if (!isSameMove(move, event)) throw new Problem('idempotency-key-reused', { moveId: move.moveId })
  return { recorded: false, repeated: true, putAside: putAsideIn({ event }) !== null, eventID: move.moveId, position, warnings: [] }
}

function isSameMove({ container, direction }: GateMove, event: ReturnType<typeof entryOf>['event']): boolean {
  if ((event.type !== 'tracking-received' && event.type !== 'tracking-put-aside') || event.event.eventType !== 'EQUIPMENT') return false
  return event.event.equipmentReference === container && event.event.equipmentEventTypeCode === codes[direction]
}

const codes = { in: 'GTIN', out: 'GTOT' } as const

function eventOf({ moveId, direction, container, at, empty, seal, plate, place }: GateMove): TrackingEvent {
  const parsed = TrackingEvent.safeParse({
    eventType: 'EQUIPMENT', eventID: moveId, eventDateTime: at, eventClassifierCode: 'ACT', equipmentEventTypeCode: codes[direction], equipmentReference: container, emptyIndicatorCode: empty ? 'EMPTY' : 'LADEN',
    ...(seal ? { seals: [{ sealNumber: seal }] } : {}),
    ...(place ? { eventLocation: { UNLocationCode: place } } : {}),
    ...(plate ? { transportCall: { modeOfTransport: 'TRUCK', carrierServiceCode: plate } } : {}),
  })
  if (parsed.success) return parsed.data
  throw new Problem('invalid-request', {}, parsed.error.issues.map(({ path, message }) => ({ pointer: path.includes('UNLocationCode') ? '/place' : `/${path.join('/')}`, code: 'invalid', message, severity: 'fault' as const })))
}

function warningsFor({ language }: MovingGate, { container, seal, empty }: GateMove, bill: TrackedBill | null, resealed: readonly string[] | null): string[] {
  if (bill === null) return [warningWords('not-on-list', {}, language)]
  const expected = resealed ?? bill.boxes.find(({ number }) => number === container)?.seals ?? []
  if (empty) return []
  if (!seal) return [warningWords('no-seal', {}, language)]
  return sealsFit(expected, [seal]) ? [] : [warningWords('seal-differs', { found: seal, expected: expected.join(', ') }, language)]
}
