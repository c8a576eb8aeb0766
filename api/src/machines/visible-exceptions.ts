import type { ExceptionKind } from '@yidan/api/contract'
import { may } from '../access/abilities.ts'
import type { Caller } from '../access/caller.ts'
import type { LogEntry } from '../events/types.ts'
import { cargoThing } from '../tracking/container-views.ts'
import type { Box, TrackedBill } from '../tracking/view.ts'
import type { RidersAt } from './visible-events.ts'

/** Something went wrong on the way, or no longer is. Who at the desk does what about it is the desk's own business. */
export interface VisibleException {
  readonly kind: 'exception'
  readonly position: number
  readonly index: 0
  readonly recordedAt: Date
  readonly containers: readonly string[]
  readonly billNumbers: readonly string[]
  /** Of a train, vessel or truck. */
  readonly service: string | null
  /** Of a train or vessel: the day on which this run is planned to leave; a number runs again and again. */
  readonly run: string | null
  readonly exceptionId: string
  readonly exception: ExceptionKind
  readonly change: 'raised' | 'ended' | 'closed'
  readonly cause: { readonly code: string; readonly at: string; readonly values: Readonly<Record<string, string | number | null>> } | null
}

interface View {
  readonly caller: Caller
  readonly all: boolean
  readonly boxes: ReadonlyMap<string, Box>
  readonly bills: ReadonlyMap<string, TrackedBill>
  readonly ridersAt: RidersAt
}

/** As at the desk: a box's, to whoever follows the journey it is about; a train's, to whoever had a box on it while it lasted. */
export function exceptionSeen({ caller, all, boxes, bills, ridersAt }: View, { position, at, event }: LogEntry): VisibleException[] {
  if (event.type !== 'exception-changed' || event.change.type === 'assigned' || event.change.type === 'noted') return []
  const { exceptionId, kind: exception, subject: { container, service, billId, run }, change } = event
  const aboard = service === null ? [] : ridersAt(position)
  const box = container === null ? undefined : boxes.get(container)
  const bill = billId === null ? null : (bills.get(billId) ?? null)
  const isPresent = container !== null && box?.billId === billId
  if (!all && !(container === null ? aboard.length > 0 : isPresent && may(caller, 'follow-container', cargoThing(bill)))) return []
  const cause = change.type === 'raised' ? { code: change.cause.code, at: new Date(change.cause.at).toISOString(), values: change.cause.values } : null
  return [{
    kind: 'exception', position, index: 0, recordedAt: at, service, run, exceptionId, exception, change: change.type === 'gone' ? 'ended' : change.type, cause,
    containers: container === null ? aboard.map(({ box: { _id } }) => _id) : [container], billNumbers: container === null ? [...new Set(aboard.flatMap((one) => one.bill.billNumber ?? []))] : bill?.billNumber ? [bill.billNumber] : [],
  }]
}
