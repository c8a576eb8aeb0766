import type { LoadingList, loadingStates } from '@yidan/api/contract'
import { Problem } from '../http/problem.ts'
import { samePlace, track, type Tracked } from '../tracking/view.ts'
import { openRun, type KnownRun, type TrainDesk } from './desk.ts'
import { sectionFrom, utc, type TrainRun } from './run.ts'

type Item = LoadingList['items'][number]
type State = (typeof loadingStates)[number]
const hour = 3_600_000
/** Scans this long before the train is to leave belong to an earlier one. */
const loadingTime = 72 * hour
const boxLimit = 1_000

/** The list of a call against the scans: whoever stands beside the train sees what is missing and what should not be there. */
export async function loadingList(desk: TrainDesk, id: TrainRun['_id'], call: number): Promise<LoadingList> {
  return loadingListOf(desk, await openRun(desk, id), call)
}

/** @throws Problem `train-not-composed` */
export async function loadingListOf({ reader, ports }: TrainDesk, { run, progress }: KnownRun, call: number): Promise<LoadingList> {
  const section = sectionFrom(run, call)
  const planned = run.plan.calls[call - 1]
  if (section === null || planned === undefined) throw new Problem('train-not-composed', { call })
  const position = ports.feed.health().position
  const listed = section.wagons.flatMap((wagon, index) => wagon.boxes.map((box) => ({ ...box, wagon: wagon.number, sequence: index + 1 })))
  const tracked = new Map((await track(reader, await reader.boxes(listed.map(({ container }) => container)))).map((one) => [one.box._id, one]))
  const onList = listed.map(({ container, sizeType, wagon, sequence, position: slot }): Item => ({ sequence, wagon, slot, container, sizeType, ...foundOf(tracked.get(container) ?? null, (one) => stateOf(one, run)) }))
  const known = new Set(listed.map(({ container }) => container))
  const others = (await track(reader, await reader.boxesOn([run.service], boxLimit))).filter(({ box }) => !known.has(box._id))
  const departed = progress.calls[call - 1]?.actualDeparture !== null
  const strays = others.flatMap((one): Item[] => {
    const state = unlistedState(one, run, planned.code)
    return state === null ? [] : [{ sequence: null, wagon: null, slot: null, container: one.box._id, sizeType: null, ...foundOf(one, () => state) }]
  })
  const items = [...onList, ...strays]
  const counts = Object.fromEntries((['loaded', 'in-yard', 'missing', 'elsewhere', 'loaded-not-listed', 'planned-not-listed'] as const).map((state) => [state, items.filter((item) => item.state === state).length])) as LoadingList['counts']
  return { run: run._id, call, place: planned.place, departed, counts, items, position }
}

function foundOf(one: Tracked | null, judge: (one: Tracked) => State): Omit<Item, 'sequence' | 'wagon' | 'slot' | 'container' | 'sizeType'> {
  if (one === null) return { state: 'missing', movement: 'EXPECTED', lastPlace: null, lastEventAt: null, customsHold: false, billNumber: null }
  const { box, journey } = one
  return { state: judge(one), movement: journey.movement, lastPlace: journey.seen?.place.name ?? journey.seen?.place.code ?? null, lastEventAt: box.state.newest?.at ?? null, customsHold: box.state.customsHold, billNumber: box.billNumber }
}

/** What the box's own scans say of it. A box that no bill plans has no leg, only that it was loaded. */
function stateOf({ box }: Tracked, run: TrainRun): State {
  const { movement, legs } = box.state
  if (movement === 'LOADED') {
    const leg = legs.find((record) => record.on !== null && record.off === null)
    return leg === undefined || leg.service === null || leg.service === run.service ? 'loaded' : 'elsewhere'
  }
  if (movement === 'GATED_IN') return 'in-yard'
  return movement === 'EXPECTED' ? 'missing' : 'elsewhere'
}

/** Loaded on this train, or planned on it by its bill and in the yard, and yet not on the list; null when it has to do with another run. */
function unlistedState({ box, bill }: Tracked, run: TrainRun, code: string): State | null {
  const since = Date.parse(run.start) - loadingTime
  const ride = box.state.legs.find(({ service, on, off }) => service === run.service && on !== null && off === null && Date.parse(on) >= since && Date.parse(on) <= Date.parse(run.end))
  if (ride !== undefined) return 'loaded-not-listed'
  const leg = bill?.legs.find(({ services }) => services.includes(run.service))
  if (leg === undefined || box.state.movement !== 'GATED_IN' || box.state.leg !== leg.number || samePlace(leg.from, { name: null, code }) === false) return null
  return utc(leg.plannedDeparture).slice(0, 10) === run.start.slice(0, 10) || leg.plannedDeparture.slice(0, 10) === run.date ? 'planned-not-listed' : null
}
