import type { ContainerView } from '@yidan/api/contract'
import type { Desk } from '@yidan/api/sdk'
import { aDraft, approve, bookings, boxesOn, gateIn, peopleFor, prepare, readSample, send, shipperOf, signByTwo, type BookingName, type People } from '../bills/a-bill.ts'
import { allLookedAt } from '../support/looked-at.ts'
import type { Platform } from '../support/open-platform.ts'
import type { SimulatedClock } from './clock.ts'
import { planTrains } from './trains.ts'
import { expectedAt, happeningsOf, type Expected, type Happening, type Travelling, type Troubles } from './plan.ts'

/** The day before the first truck of the sample bookings leaves, and two weeks on. */
export const begins = new Date('2026-11-22T00:00:00Z')
export const usualDays = 14

export const troubles: Troubles = {
  delays: { X8206: { hours: 9, reason: '口岸排队 queue at the border' }, X9137: { hours: 3, reason: '编组等待 waiting for marshalling' } },
  brokenSealOn: ['X9138'],
  wrongReportAfter: ['X9136'],
  impossibleOn: ['X9137'],
  silent: { 'DEMO ORIENT': { from: '2026-12-01T00:00:00Z', until: '2026-12-03T00:00:00Z' } },
}
/** In the middle of the silence. */
const silentAt = Date.parse('2026-12-02T00:00:00Z'), silentBooking: BookingName = 'tractors'

export interface Fortnight {
  readonly events: number
  /** What differs from plan and troubles; empty when all is as it must be. */
  readonly differences: readonly string[]
}

/** The four sample bookings from gate-in to wherever they are after so many days, reported as it happens. */
export async function simulate({ platform, clock, speed, days = usualDays, tell }: { platform: Platform; clock: SimulatedClock; speed: number; days?: number; tell: (line: string) => void }): Promise<Fortnight> {
  const bills = new Map<BookingName, { readonly bill: Travelling; readonly people: People }>()
  for (const name of Object.keys(bookings) as BookingName[]) bills.set(name, await issued(platform, name))
  for (const [name, { bill }] of bills) tell(`${clock.now().toISOString().slice(0, 16)}  ${bill.billNumber} issued for ${name}: ${bill.document.containers.length} boxes`)
  const end = begins.getTime() + days * 86_400_000
  const travelling = [...bills.values()].map(({ bill }) => bill)
  const runs = await planTrains(platform.client(await platform.signInAs('terminal-manager')), travelling)
  tell(`planned, fifty wagons each: ${runs.join(', ')}`)
  const silent = bills.get(silentBooking)
  const looks = [{ at: silentAt, look: async () => (silent === undefined ? [] : staleness(platform, silent, true)) }, { at: end, look: async () => (silent === undefined ? [] : staleness(platform, silent, false)) }]
  const differences: string[] = []
  const lookUntil = async (moment: number): Promise<void> => {
    for (let next = looks[0]; next !== undefined && next.at <= moment && next.at <= end; next = looks[0]) {
      looks.shift()
      await clock.runUntil(next.at)
      differences.push(...(await next.look()))
    }
  }
  const [{ people } = { people: undefined }] = bills.values()
  if (people === undefined) throw new Error('no bill was issued')
  clock.setSpeed(speed)
  let events = 0
  let unsent: Happening[] = []
  const sendAll = async (): Promise<void> => {
    for (const by of ['carrier', 'terminal'] as const) {
      const own = unsent.filter((happening) => happening.by === by)
      if (own.length > 0) await report(by === 'terminal' ? people.terminal : people.clerk, own)
    }
    unsent = []
    // What only time makes is looked for each minute of a day; here days are short.
    await platform.app.exceptions.sweep()
  }
  const all = happeningsOf(travelling, troubles).filter(({ at }) => at <= end)
  for (const [index, happening] of all.entries()) {
    if (happening.decides !== undefined || looks.some(({ at }) => at <= happening.at)) await sendAll()
    await lookUntil(happening.at)
    await clock.runUntil(happening.at)
    if (happening.decides === undefined) unsent.push(happening)
    else differences.push(...(await rejected(platform, people, happening.decides)))
    events += happening.events.length
    if (happening.words !== '') tell(`${new Date(happening.at).toISOString().slice(0, 16)}  ${happening.words}`)
    // A clock that jumps has nobody watching: positions go along with the next thing worth telling.
    if (speed !== Infinity || happening.words !== '' || index === all.length - 1) await sendAll()
  }
  await clock.runUntil(end)
  await platform.ports.feed.upTo(await platform.ports.eventLog.last(), 60_000)
  await lookUntil(end)
  for (const { bill, people: own } of bills.values()) {
    for (const expected of expectedAt(end, bill, troubles)) differences.push(...differencesOf(expected, await own.clerk.client.call('container', { params: { container: expected.container } })))
    differences.push(...(await withdrawals(bill, own.clerk)))
  }
  if (days >= usualDays) differences.push(...(await missingAtDesk(platform, people.terminal, travelling)))
  return { events, differences }
}

async function issued(platform: Platform, name: BookingName): Promise<{ bill: Travelling; people: People }> {
  const people = await peopleFor(platform, name)
  const draft = await send(people, await aDraft(people, await readSample(name)))
  await approve(people, draft)
  await gateIn(platform, people, boxesOn(draft), { eventLocation: placeOf(draft.document?.legs[0]?.from) })
  const outcome = await signByTwo(people, await prepare(people, draft))
  if (outcome.outcome !== 'recorded' || draft.billNumber === null || draft.document === null) throw new Error(`${shipperOf[name]} has no bill`)
  return { bill: { billNumber: draft.billNumber, document: draft.document }, people }
}

function placeOf(place: Travelling['document']['legs'][number]['from'] | undefined): object {
  return { locationName: place?.name ?? '', ...(place?.code ? { UNLocationCode: place.code } : {}) }
}

async function report(desk: Desk, happenings: readonly Happening[]): Promise<void> {
  const events = happenings.flatMap((happening) => happening.events.map((event) => ({ event, isImpossible: happening.impossible === true })))
  const { refused, putAside } = await desk.client.call('sendEvents', { body: events.map(({ event }) => event) })
  const aside = new Set(putAside.map(({ index }) => index))
  const misjudged = events.flatMap(({ event, isImpossible }, index) => (aside.has(index) === isImpossible ? [] : [[event, putAside.find((one) => one.index === index)]]))
  if (misjudged.length > 0) throw new Error(`events were held to be impossible, or possible: ${JSON.stringify(misjudged.slice(0, 3))}`)
  if (refused.length > 0) throw new Error(`events were refused: ${JSON.stringify(refused.slice(0, 3))}`)
}

/** The desk shows that the box has an impossible report, a person of the terminal rejects it, and the exception ends. */
async function rejected(platform: Platform, { terminal }: Pick<People, 'terminal'>, { eventID, container }: NonNullable<Happening['decides']>): Promise<string[]> {
  const stateNow = async (): Promise<string | undefined> => {
    await allLookedAt(platform)
    return (await terminal.client.call('exceptions', { query: { kind: 'IMPOSSIBLE', q: container, limit: 5 } })).items[0]?.state
  }
  const before = await stateNow()
  await terminal.client.call('decidePutAside', { params: { eventID }, body: { decision: 'rejected', reason: '装车前不可能已卸 It cannot be off before it is on.' } })
  const after = await stateNow()
  return before === 'open' && after === 'ended' ? [] : [`${container}: the impossible report is ${before} before a person rejects it and ${after} afterwards`]
}

/** Every trouble is at the desk: still open, or ended by itself where its cause is gone. */
async function missingAtDesk(platform: Platform, desk: Desk, travelling: readonly Travelling[]): Promise<string[]> {
  await allLookedAt(platform)
  const { items } = await desk.client.call('exceptions', { query: { limit: 100 } })
  // A vessel goes by its name and voyage.
  const found = items.flatMap(({ kind, state, container, service }) => [`${kind} ${container ?? service} ${state}`, `${kind} ${(service ?? '').replace(/ \d+[A-Z]$/, '')} ${state}`])
  const firstOn = (trains: readonly string[]): string[] => travelling.flatMap(({ document: { containers, legs } }) => (legs.some(({ trainNumber }) => trainNumber !== undefined && trains.includes(trainNumber)) ? [containers[0]?.number ?? ''] : []))
  const wanted = [
    ...firstOn(troubles.brokenSealOn).map((box) => `SEAL ${box} open`), ...firstOn(troubles.impossibleOn).map((box) => `IMPOSSIBLE ${box} ended`),
    ...Object.keys(troubles.delays).map((train) => `LATE ${train} ended`), ...Object.keys(troubles.silent).map((vessel) => `STALE ${vessel} ended`),
  ]
  return wanted.filter((one) => !found.includes(one)).map((one) => `${one} is not at the desk: ${found.join(', ')}`)
}

async function staleness(platform: Platform, { bill, people }: { bill: Travelling; people: People }, isExpected: boolean): Promise<string[]> {
  await platform.ports.feed.upTo(await platform.ports.eventLog.last(), 60_000)
  const [box] = bill.document.containers
  if (box === undefined) return ['a bill without boxes']
  const { lastSeen } = await people.shipper.client.call('container', { params: { container: box.number } })
  return lastSeen?.stale === isExpected ? [] : [`${box.number} at ${platform.ports.clock().toISOString()}: ${isExpected ? 'its tracker is silent and that is not shown' : 'it is shown as silent and is not'}`]
}

/** What plan and troubles say of a box, against what its screen shows. */
function differencesOf(expected: Expected, shown: ContainerView): string[] {
  const told = { movement: shown.movement, leg: shown.leg, sealMismatch: shown.sealMismatch, legs: shown.legs.map(({ actualDeparture, actualArrival, progress }) => ({ actualDeparture, actualArrival, progress })) }
  const { container, ...wanted } = expected
  return JSON.stringify(told) === JSON.stringify({ movement: wanted.movement, leg: wanted.leg, sealMismatch: wanted.sealMismatch, legs: wanted.legs }) ? [] : [`${container} is ${JSON.stringify(told)}\n  and should be ${JSON.stringify(wanted)}`]
}

/** A report that was withdrawn stays to be read, struck out, and a late train was announced as late. */
async function withdrawals({ billNumber, document: { containers, legs } }: Travelling, desk: Desk): Promise<string[]> {
  const victim = containers.at(-1)
  if (victim === undefined || !legs.some(({ trainNumber }) => trainNumber !== undefined && troubles.wrongReportAfter.includes(trainNumber))) return []
  const { timeline } = await desk.client.call('container', { params: { container: victim.number } })
  return timeline.some(({ code, retracted }) => code === 'GTOT' && retracted) ? [] : [`${victim.number} of ${billNumber}: the withdrawn report is not shown as withdrawn`]
}
