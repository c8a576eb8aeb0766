import { z } from 'zod'
import { Fault } from '../problem.ts'
import { Moment, Paging } from './common.ts'
import { LastSeen, movements } from './tracking.ts'

/** One run of a train: its number (车次) runs again and again, so the local day of its first departure belongs to its name. */
export const RunId = z.string().regex(/^[A-Z0-9][A-Z0-9-]{1,19}\.\d{4}-\d{2}-\d{2}$/, 'a run is the train number and its day, like X9136.2026-11-24').brand<'RunId'>()
export type RunId = z.infer<typeof RunId>
export const TrainNumber = z.string().trim().toUpperCase().regex(/^[A-Z0-9][A-Z0-9-]{1,19}$/, 'a train number is 2 to 20 letters, digits and hyphens')

/** Track gauges in millimetres: China and most of Europe; the former Soviet network and Mongolia. */
export const gauges = [1435, 1520] as const
export const Gauge = z.literal(gauges)
export type Gauge = z.infer<typeof Gauge>

/** Ways out of Luoyang, by the border station or the port; stations are UN/LOCODEs in the order of the way out. A train may run either way. */
export const corridors = {
  alashankou: ['CNLYA', 'CNSIA', 'CNURC', 'CNAKL', 'KZDYK', 'RUMOW', 'BYBQT', 'PLMAL', 'DEDUI'],
  horgos: ['CNLYA', 'CNSIA', 'CNURC', 'CNHRS', 'KZATK', 'KZALA', 'UZTAS'],
  erenhot: ['CNLYA', 'CNERC', 'MNZMU', 'MNULN', 'RUMOW'],
  manzhouli: ['CNLYA', 'CNMLX', 'RUZBK', 'RUBAX', 'RUMOW'],
  qingdao: ['CNLYA', 'CNQDP'],
  ningbo: ['CNLYA', 'CNNBP'],
  lianyungang: ['CNLYA', 'CNLYG'],
} as const satisfies Readonly<Record<string, readonly string[]>>
export type CorridorName = keyof typeof corridors
export const corridorNames = ['alashankou', 'horgos', 'erenhot', 'manzhouli', 'qingdao', 'ningbo', 'lianyungang'] as const satisfies readonly CorridorName[]

const zoned = z.iso.datetime({ offset: true })
export const TrainCall = z.strictObject({
  place: z.string().trim().min(1).max(80),
  /** UN/LOCODE, as the reports of the train name it. */
  code: z.string().regex(/^[A-Z]{2}[A-Z2-9]{3}$/),
  /** With the offset of the place; null at the first call. */
  arrival: zoned.nullable(),
  /** Null at the last call. */
  departure: zoned.nullable(),
  border: z.boolean().default(false),
  /** The gauge the boxes go on upon: here they change wagons (换装). */
  gaugeTo: Gauge.nullable().default(null),
  /** Boxes and wagons may join and leave here (甩挂). */
  exchange: z.boolean().default(false),
})
export type TrainCall = z.infer<typeof TrainCall>

/** What the line takes: wagons, gross mass with the wagons' own, length over couplers. */
export const TrainLimits = z.strictObject({ wagons: z.int().min(1).max(150), grossKg: z.int().min(1).max(12_000_000), lengthMm: z.int().min(1).max(2_000_000) })
export type TrainLimits = z.infer<typeof TrainLimits>
/** Common figures; the line's own go into the plan. 1435: 55 wagons and 3 000 t, the usual formation of a China–Europe train; station tracks of 850 m. 1520: station tracks of 1 050 m. */
export const standardLimits = {
  1435: { wagons: 55, grossKg: 3_000_000, lengthMm: 850_000 },
  1520: { wagons: 71, grossKg: 6_000_000, lengthMm: 1_050_000 },
} as const satisfies Record<Gauge, TrainLimits>
export const TrainPlan = z.strictObject({
  corridor: z.enum(corridorNames), gauge: Gauge.default(1435), calls: z.array(TrainCall).min(2).max(40),
  limits: z.strictObject({ 1435: TrainLimits, 1520: TrainLimits }).default(standardLimits), remark: z.string().trim().max(250).optional(),
})
export type TrainPlan = z.infer<typeof TrainPlan>

/** A box on a wagon. Numbers are checked by the rules and not by their shape, so that all faults of a composition are told at once. */
export const PlacedBox = z.strictObject({
  /** The 20' place it begins at, from 1 at the wagon's A end; a 40' box takes two, a 45' three. */
  position: z.int().min(1).max(4), container: z.string().trim().toUpperCase().max(15), sizeType: z.string().trim().toUpperCase().max(8), grossKg: z.int().min(0).max(200_000),
  empty: z.boolean().default(false), seal: z.string().trim().max(15).optional(), unNumber: z.string().trim().max(8).optional(), /** °C */ setPoint: z.number().min(-70).max(60).optional(),
})
export type PlacedBox = z.infer<typeof PlacedBox>
export const Wagon = z.strictObject({
  number: z.string().trim().max(15), /** X70, NX70, 13-470, Sgnss ... */ type: z.string().trim().min(1).max(20), tareKg: z.int().min(1).max(80_000), payloadKg: z.int().min(1).max(200_000), lengthMm: z.int().min(1).max(60_000),
  /** Length of the loading deck in feet: 40 takes two 20' boxes or one 40'. */
  loadingFeet: z.int().min(20).max(92), boxes: z.array(PlacedBox).max(6),
})
export type Wagon = z.infer<typeof Wagon>
export const Wagons = z.array(Wagon).min(1).max(150)

export const delayReasons = ['weather', 'border', 'customs', 'traction', 'path', 'works', 'loading', 'wagon', 'transship', 'accident', 'security', 'other'] as const
export const DelayReason = z.enum(delayReasons)
export const NewTimes = z.strictObject({ call: z.int().min(1), arrival: zoned.nullable().default(null), departure: zoned.nullable().default(null) })

/** What the station found on arrival, against the composition it was announced. */
export const ListDifferences = z.strictObject({ missingWagons: z.array(z.string()), extraWagons: z.array(z.string()), missingBoxes: z.array(z.string()), extraBoxes: z.array(z.string()), /** On another wagon than announced. */ movedBoxes: z.array(z.string()) })
export type ListDifferences = z.infer<typeof ListDifferences>
export const TrainReport = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('departed'), call: z.int(), at: Moment, wagons: z.int(), boxes: z.int(), missing: z.array(z.string()), unlisted: z.array(z.string()) }),
  z.strictObject({ kind: z.literal('delayed'), call: z.int(), reason: DelayReason, remark: z.string().nullable(), times: z.array(NewTimes) }),
  z.strictObject({ kind: z.literal('confirmed'), call: z.int(), at: Moment, wagons: z.int(), boxes: z.int(), differences: ListDifferences }),
  z.strictObject({ kind: z.literal('cancelled'), reason: z.string() }),
])
export type TrainReport = z.infer<typeof TrainReport>

export const runStates = ['planned', 'composed', 'departed', 'arrived', 'cancelled'] as const
export type RunState = (typeof runStates)[number]

const delay = z.strictObject({ minutes: z.int(), reason: DelayReason.nullable() })
export const RunSummary = z.strictObject({
  run: RunId, service: z.string(), date: z.iso.date(), corridor: z.enum(corridorNames), state: z.enum(runStates), from: z.string(), fromCode: z.string(), to: z.string(), toCode: z.string(), departure: z.string(), arrival: z.string(),
  /** The call it stands at or comes to next; null when it is over. */
  nextCall: z.strictObject({ place: z.string(), code: z.string(), expected: z.string() }).nullable(),
  wagons: z.int().nullable(), /** Boxes aboard that the caller may follow. */ boxes: z.int(), /** At the next call, by estimate or by the clock; null when nothing is known to be late. */ delay: delay.nullable(), lastSeen: LastSeen.nullable(),
})
export type RunSummary = z.infer<typeof RunSummary>

export const BoxOnTrain = PlacedBox.extend({ feet: z.int(), reefer: z.boolean(), imoClass: z.string().nullable(), billNumber: z.string().nullable(), movement: z.enum(movements) })
export const WagonOnTrain = Wagon.extend({ sequence: z.int(), /** Wagon and boxes; null when the caller does not see all of them. */ grossKg: z.int().nullable(), boxes: z.array(BoxOnTrain) })
export type WagonOnTrain = z.infer<typeof WagonOnTrain>
const changes = z.strictObject({ wagons: z.array(z.string()), boxes: z.array(z.string()) })
/** The train as it leaves a call, and stays until the next call it is composed anew at. */
export const TrainSection = z.strictObject({
  call: z.int(), gauge: Gauge, composedAt: Moment, wagons: z.array(WagonOnTrain), wagonCount: z.int(), totals: z.strictObject({ boxes: z.int(), teu: z.number(), grossKg: z.int(), lengthMm: z.int() }).nullable(),
  /** Against the section before; empty in the first. */
  joined: changes, left: changes,
})
export type TrainSection = z.infer<typeof TrainSection>
export const RunCall = z.strictObject({
  ...TrainCall.shape, number: z.int(), gauge: Gauge, expectedArrival: Moment.nullable(), expectedDeparture: Moment.nullable(), actualArrival: Moment.nullable(), actualDeparture: Moment.nullable(), delay: delay.nullable(), remark: z.string().nullable(),
})
export type RunCall = z.infer<typeof RunCall>
export const RunView = z.strictObject({
  ...RunSummary.shape, revision: z.int(), plan: TrainPlan, calls: z.array(RunCall), sections: z.array(TrainSection),
  reports: z.array(z.strictObject({ at: Moment, by: z.string().nullable(), report: TrainReport })),
  /** What is not right about the composition as it stands: limits, a box on two trains. */
  findings: z.array(Fault), /** Whether all boxes are shown, or only the caller's. */ whole: z.boolean(), position: z.int(),
})
export type RunView = z.infer<typeof RunView>

export const loadingStates = ['loaded', 'in-yard', 'missing', 'elsewhere', 'loaded-not-listed', 'planned-not-listed'] as const
export const LoadingList = z.strictObject({
  run: RunId, call: z.int(), place: z.string(), departed: z.boolean(), counts: z.record(z.enum(loadingStates), z.int()),
  items: z.array(z.strictObject({ sequence: z.int().nullable(), wagon: z.string().nullable(), slot: z.int().nullable(), container: z.string(), sizeType: z.string().nullable(), state: z.enum(loadingStates), movement: z.enum(movements), lastPlace: z.string().nullable(), lastEventAt: Moment.nullable(), customsHold: z.boolean(), billNumber: z.string().nullable() })),
  position: z.int(),
})
export type LoadingList = z.infer<typeof LoadingList>

/** 到达预报: what comes to a station, when, in which order, and which boxes are to be taken off there. */
export const PreAdvice = z.strictObject({
  run: RunId, service: z.string(), date: z.iso.date(), call: z.int(), place: z.string(), code: z.string(), planned: z.string(), expected: Moment, madeAt: Moment, gauge: Gauge,
  totals: z.strictObject({ wagons: z.int(), boxes: z.int(), leaving: z.int(), teu: z.number(), grossKg: z.int(), lengthMm: z.int(), dangerous: z.int(), reefers: z.int() }),
  wagons: z.array(WagonOnTrain.extend({ boxes: z.array(BoxOnTrain.extend({ leaves: z.boolean() })) })),
})
export type PreAdvice = z.infer<typeof PreAdvice>

export const CompositionImport = z.strictObject({ saved: z.boolean(), rows: z.int(), wagons: z.array(Wagon), faults: z.array(Fault), warnings: z.array(Fault), revision: z.int() })
export type CompositionImport = z.infer<typeof CompositionImport>

export const runFilters = { q: z.string().trim().max(60).optional(), station: z.string().regex(/^[A-Z]{2}[A-Z2-9]{3}$/).optional(), date: z.iso.date().optional(), corridor: z.enum(corridorNames).optional(), state: z.enum(runStates).optional(), ...Paging }

/** A train or vessel on the board: at a place, or between two. Where between is not guessed: only a position tells. */
export const BoardUnit = z.strictObject({
  service: z.string(), mode: z.enum(['rail', 'sea']), run: RunId.nullable(), corridor: z.enum(corridorNames).nullable(), state: z.enum(['waiting', 'moving', 'standing', 'arrived']),
  from: z.strictObject({ place: z.string(), code: z.string().nullable() }).nullable(), to: z.strictObject({ place: z.string(), code: z.string().nullable() }).nullable(),
  expected: z.string().nullable(), late: z.boolean(), delay: delay.nullable(), lastSeen: LastSeen.nullable(), boxes: z.int().nullable(),
})
export type BoardUnit = z.infer<typeof BoardUnit>
export const CorridorBoard = z.strictObject({ units: z.array(BoardUnit), position: z.int() })
export type CorridorBoard = z.infer<typeof CorridorBoard>
