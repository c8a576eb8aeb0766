import type { TrackingEvent } from '@yidan/api/contract'
import type { ContainerNumber, PartyId } from '@yidan/ledger'
import { named, type EventSource, type Told } from '../intake/source.ts'
import type { Ports } from '../ports.ts'
import { takeIn } from '../tracking/commands.ts'
import type { Judge } from '../tracking/put-aside.ts'
import { eventOf, readMessage, type DeviceReading } from './message.ts'
import type { DeviceStore } from './store.ts'

/** What became of readings, for the figures of `/metrics`. `idle` says nothing new: a door that was closed. */
export const outcomes = ['taken', 'known', 'put-aside', 'idle', 'malformed', 'not-bound', 'refused'] as const
export type Outcome = (typeof outcomes)[number]
export type Counts = Readonly<Record<Outcome, number>>

/** Readings of one box as events of it. */
export const deviceReadings: EventSource<{ readonly readings: readonly DeviceReading[]; readonly container: ContainerNumber }> = {
  name: 'device',
  read: ({ readings, container }, { sender }) => ({
    events: readings.flatMap((reading, index) => {
      const told: Told | null = eventOf(reading, container)
      return told === null ? [] : [{ event: named(told, sender), where: { row: index + 1 } }]
    }),
    findings: [], rows: readings.length,
  }),
}

/**
 * Takes one message of a device into the log, through the judge like every other word of a box. When this resolves the message is safe: in
 * the log, or with those refused. It throws only when that could not be written; then the message is to be tried again.
 */
export async function takeDeviceMessage({ ports, store, judge }: { readonly ports: Pick<Ports, 'eventLog' | 'clock' | 'log'>; readonly store: DeviceStore; readonly judge: Judge }, deviceId: string, payload: Buffer): Promise<Counts> {
  const now = ports.clock()
  const device = await store.devices.findOne({ _id: deviceId })
  const { readings, faults } = readMessage(payload)
  const refusals: { code: string; reason: string }[] = faults.map((reason) => ({ code: 'malformed', reason }))
  const counts = { taken: 0, known: 0, 'put-aside': 0, idle: 0, malformed: faults.length, 'not-bound': 0, refused: 0 }
  const byBox = new Map<string, { container: ContainerNumber; sender: PartyId; readings: DeviceReading[] }>()
  for (const reading of readings) {
    const at = new Date(reading.at)
    const binding = device?.bindings.findLast(({ from, until }) => from <= at && (until === null || at < until))
    if (binding === undefined) {
      counts['not-bound'] += 1
      refusals.push({ code: 'not-bound', reason: device === null ? 'nobody has bound this device' : `on no box at ${at.toISOString()}` })
      continue
    }
    const key = `${binding.container} ${binding.partyId}`
    const group = byBox.get(key) ?? { container: binding.container, sender: binding.partyId, readings: [] }
    group.readings.push(reading)
    byBox.set(key, group)
  }
  for (const { sender, ...told } of byBox.values()) {
    const events: TrackingEvent[] = deviceReadings.read(told, { sender, timeZone: 'UTC' }).events.map(({ event }) => event)
    const report = await takeIn({ eventLog: ports.eventLog, sender, items: events, now, language: 'en', judge })
    counts.idle += told.readings.length - events.length
    counts.taken += report.accepted
    counts.known += report.duplicates
    counts['put-aside'] += report.putAside.length
    counts.refused += report.refused.length
    refusals.push(...report.refused.map(({ code, message }) => ({ code, reason: message })))
  }
  if (refusals.length > 0) {
    await store.refusals.insertMany(refusals.slice(0, 20).map(({ code, reason }) => ({ deviceId, companyId: device?.companyId ?? null, at: now, code, reason: reason.slice(0, 500), payload: payload.toString('utf8', 0, 2_000) })))
    ports.log.warn({ device: deviceId, refusals: refusals.slice(0, 5) }, 'a device message could not be taken')
  }
  if (device !== null) await store.devices.updateOne({ _id: deviceId }, { $set: { lastMessageAt: now }, $inc: { messages: 1, refused: refusals.length > 0 ? 1 : 0 } })
  return counts
}
