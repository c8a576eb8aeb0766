import { ContainerNumber, legModes } from '@yidan/ledger'
import { z } from 'zod'
import { Moment } from './common.ts'

/**
 * Events as they come in: DCSA Track & Trace 2.2 field names for EQUIPMENT, TRANSPORT and SHIPMENT, plus POSITION (ours) and
 * retraction by `retractedEventID` (as T&T 3.0 does it; events are never deleted).
 */
const at = z.iso.datetime({ offset: true })
/** The last digit is that of the sum of the first six times 7, 6 … 2 (IMO resolution A.1117(30)). */
function isImoNumber(digits: string): boolean {
  const sum = [...digits.slice(0, 6)].reduce((total, digit, index) => total + Number(digit) * (7 - index), 0)
  return sum % 10 === Number(digits.at(-1))
}
const place = z.strictObject({ locationName: z.string().max(200).optional(), UNLocationCode: z.string().regex(/^[A-Z]{2}[A-Z2-9]{3}$/).optional(), facilityTypeCode: z.string().max(4).optional(), latitude: z.number().min(-90).max(90).optional(), longitude: z.number().min(-180).max(180).optional() })
export const TransportCall = z.strictObject({
  modeOfTransport: z.enum(['RAIL', 'VESSEL', 'TRUCK', 'BARGE']),
  /** 车次, voyage, or trip. */ carrierServiceCode: z.string().max(40).optional(),
  /** 车号, of a box on a train (ours). */ wagonNumber: z.string().max(15).optional(),
  vesselName: z.string().max(80).optional(), /** Seven digits; the ship's own, whatever she is called. */ vesselIMONumber: z.string().regex(/^\d{7}$/).refine(isImoNumber, 'the check digit of this IMO number is wrong').optional(), exportVoyageNumber: z.string().max(40).optional(), UNLocationCode: z.string().regex(/^[A-Z]{2}[A-Z2-9]{3}$/).optional(), location: place.optional(),
})
const documentReferences = z.array(z.strictObject({ documentReferenceType: z.enum(['BKG', 'TRD', 'SHI']), documentReferenceValue: z.string().max(60) })).max(20)
/** Plans and estimates may be sent for every kind; DCSA sends shipment events as facts (ACT) only. */
const common = {
  eventID: z.uuid(), eventCreatedDateTime: at.optional(), eventDateTime: at, eventClassifierCode: z.enum(['ACT', 'PLN', 'EST']), retractedEventID: z.uuid().optional(),
  documentReferences: documentReferences.optional(),
}
export const equipmentEventCodes = ['LOAD', 'DISC', 'GTIN', 'GTOT', 'STUF', 'STRP', 'AVPU', 'PICK', 'AVDO', 'DROP', 'INSP', 'RSEA', 'RMVD', 'CUSS', 'CUSI', 'CUSR', 'CROS'] as const
export const EquipmentEvent = z.strictObject({
  eventType: z.literal('EQUIPMENT'), ...common, equipmentEventTypeCode: z.enum(equipmentEventCodes), equipmentReference: ContainerNumber, emptyIndicatorCode: z.enum(['EMPTY', 'LADEN']), ISOEquipmentCode: z.string().max(4).optional(),
  seals: z.array(z.strictObject({ sealNumber: z.string().max(15), sealSource: z.enum(['CAR', 'SHI', 'VET', 'CUS', 'PHY']).optional(), /** Keyless padlock, bolt, wire. */ sealType: z.enum(['KLP', 'BLT', 'WIR']).optional() })).max(5).optional(), isTransshipmentMove: z.boolean().optional(), eventLocation: place.optional(), transportCall: TransportCall.optional(),
})
export const TransportEvent = z.strictObject({ eventType: z.literal('TRANSPORT'), ...common, transportEventTypeCode: z.enum(['ARRI', 'DEPA']), transportCall: TransportCall, delayReasonCode: z.string().max(10).optional(), changeRemark: z.string().max(250).optional() })
export const ShipmentEvent = z.strictObject({
  eventType: z.literal('SHIPMENT'), ...common, shipmentEventTypeCode: z.enum(['RECE', 'DRFT', 'PENA', 'PENU', 'PENC', 'REJE', 'APPR', 'ISSU', 'SURR', 'SUBM', 'VOID', 'CONF', 'REQS', 'CMPL', 'HOLD', 'RELS', 'CANC']),
  documentTypeCode: z.enum(['BKG', 'SHI', 'TRD', 'CUS', 'VGM', 'DGD', 'TRO', 'DEI', 'DEO', 'CBR', 'ARN', 'CRO', 'CAS', 'CUC', 'OOG', 'CQU', 'INV', 'HCE', 'PCE', 'VCE', 'FCE', 'ICE', 'CEA', 'CEO']), documentID: z.string().max(60), reason: z.string().max(250).optional(),
})
export const PositionEvent = z.strictObject({
  eventType: z.literal('POSITION'), ...common, /** A box, or a train or vessel by its service code: one position counts for all boxes aboard. */
  equipmentReference: ContainerNumber.optional(), transportCall: TransportCall.optional(), latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180), speedKmh: z.number().min(0).max(1200).optional(),
})
/** Air of a reefer (DCSA T&T 3.0 reefer event). Temperatures in `temperatureUnit`: CEL degrees Celsius, FAH Fahrenheit. Return air is what comes back from the goods. */
const degrees = z.number().min(-150).max(250)
const reeferAir = { temperatureUnit: z.enum(['CEL', 'FAH']).default('CEL'), humidityPercentage: z.number().min(0).max(100).optional() }
export const ReeferEvent = z.strictObject({
  eventType: z.literal('REEFER'), ...common, /** MEAS measured, ADJU the set point was changed. */ reeferEventTypeCode: z.enum(['MEAS', 'ADJU']), equipmentReference: ContainerNumber,
  setpointParameters: z.strictObject({ temperatureValue: degrees, ...reeferAir }).optional(),
  measuredParameters: z.strictObject({ temperatureValue: degrees.optional(), supplyAirTemperatureValue: degrees.optional(), returnAirTemperatureValue: degrees.optional(), ambientTemperatureValue: degrees.optional(), ...reeferAir }).optional(),
  eventLocation: place.optional(), transportCall: TransportCall.optional(),
})
/** What a device on a box noticed. DRO door opened and SHK shock (ours): one of them, with the force where it is known. */
export const IotEvent = z.strictObject({
  eventType: z.literal('IOT'), ...common, iotEventTypeCode: z.literal('DETC'), iotEventCode: z.enum(['DRO', 'SHK']), equipmentReference: ContainerNumber, shockG: z.number().min(0).max(500).optional(),
  eventLocation: place.optional(), transportCall: TransportCall.optional(),
})
export const TrackingEvent = z.discriminatedUnion('eventType', [EquipmentEvent, TransportEvent, ShipmentEvent, PositionEvent, ReeferEvent, IotEvent])
export type TrackingEvent = z.infer<typeof TrackingEvent>

export const IntakeReport = z.strictObject({
  accepted: z.int(), duplicates: z.int(), refused: z.array(z.strictObject({ index: z.int(), eventID: z.string().nullable(), code: z.string(), message: z.string() })),
  /** Facts that cannot be true beside what is known: kept, not believed, until a person has decided. `code` names the rule, `against` the event it contradicts. */
  putAside: z.array(z.strictObject({ index: z.int(), eventID: z.string(), code: z.string(), message: z.string(), against: z.string().nullable() })),
  position: z.int(),
})

/** One line of a timeline. `kind` says plan, estimate or fact; a retracted event stays visible, struck out. */
export const TimelineItem = z.strictObject({
  position: z.int(), eventID: z.string(), kind: z.enum(['ACT', 'PLN', 'EST']), code: z.string(), at: Moment, place: z.string().nullable(), placeCode: z.string().nullable(), leg: z.int().nullable(), detail: z.string().nullable(), retracted: z.boolean(),
})
export type TimelineItem = z.infer<typeof TimelineItem>

export const movements = ['EXPECTED', 'GATED_IN', 'LOADED', 'IN_TRANSIT', 'ARRIVED', 'DISCHARGED', 'GATED_OUT', 'EXCEPTION'] as const
export const legProgress = ['waiting', 'under-way', 'done'] as const
export const LegView = z.strictObject({
  number: z.int(), mode: z.enum(legModes), carrier: z.string(), unit: z.string().nullable(), from: z.string(), fromCode: z.string().nullable(), to: z.string(), toCode: z.string().nullable(), plannedDeparture: z.string(), plannedArrival: z.string(),
  actualDeparture: Moment.nullable(), actualArrival: Moment.nullable(), progress: z.enum(legProgress), boxesAboard: z.int(), boxesDone: z.int(),
})
export type LegView = z.infer<typeof LegView>

export const LastSeen = z.strictObject({ latitude: z.number().nullable(), longitude: z.number().nullable(), place: z.string().nullable(), at: Moment, stale: z.boolean() })

/** Air of a reefer, in °C as last measured; the set point is the box's own, or else its bill's. */
export const ReeferReading = z.strictObject({ at: Moment, setPoint: z.number().nullable(), supply: z.number().nullable(), return: z.number().nullable(), humidity: z.number().nullable() })
export const DoorOpened = z.strictObject({ at: Moment, place: z.string().nullable() })

/** When it will be there: hardly before `earliest`, hardly after `latest` (one of ten each), about `likely`. */
export const EtaRange = z.strictObject({ earliest: Moment, likely: Moment, latest: Moment })
export type EtaRange = z.infer<typeof EtaRange>
export const JourneyEta = z.strictObject({ /** Of legs that are not over. */ legs: z.array(z.strictObject({ leg: z.int(), /** Told by how long the same leg took before, or by the plan alone. */ basis: z.enum(['history', 'plan']), ...EtaRange.shape })), journey: EtaRange.nullable() })

export const ContainerView = z.strictObject({
  number: ContainerNumber, billNumber: z.string().nullable(), movement: z.enum(movements), leg: z.int().nullable(), empty: z.boolean().nullable(), lastSeen: LastSeen.nullable(), seals: z.array(z.string()), sealMismatch: z.boolean(), reefer: ReeferReading.nullable(), doorOpened: DoorOpened.nullable(),
  legs: z.array(LegView), timeline: z.array(TimelineItem), next: z.strictObject({ code: z.string(), place: z.string(), plannedAt: z.string().nullable(), late: z.boolean() }).nullable(), eta: JourneyEta.nullable(), position: z.int(),
})
export type ContainerView = z.infer<typeof ContainerView>
export const ContainerSummary = z.strictObject({ number: ContainerNumber, billNumber: z.string().nullable(), movement: z.enum(movements), leg: z.int().nullable(), legs: z.int(), unit: z.string().nullable(), lastPlace: z.string().nullable(), lastEventAt: Moment.nullable(), next: z.string().nullable(), late: z.boolean(), stale: z.boolean() })
export const BillTracking = z.strictObject({ billNumber: z.string(), legs: z.array(LegView), containers: z.array(ContainerSummary), timeline: z.array(TimelineItem), position: z.int() })
export type BillTracking = z.infer<typeof BillTracking>
export const TrainView = z.strictObject({ service: z.string(), mode: z.enum(legModes), calls: z.array(z.strictObject({ place: z.string(), code: z.string().nullable(), plannedArrival: z.string().nullable(), plannedDeparture: z.string().nullable(), actualArrival: Moment.nullable(), actualDeparture: Moment.nullable() })), containers: z.array(ContainerSummary), lastSeen: LastSeen.nullable(), timeline: z.array(TimelineItem), /** It did more before the first of the timeline. */ hasEarlier: z.boolean(), position: z.int() })
export type TrainView = z.infer<typeof TrainView>

export const GateVerdict = z.strictObject({
  word: z.enum(['RELEASE', 'HOLD']),
  /** Codes H01 ... H22 with their wording in the caller's language; empty on release. */
  reasons: z.array(z.strictObject({ code: z.string(), message: z.string() })),
  container: z.string().nullable(), billNumber: z.string().nullable(), sizeType: z.string().nullable(), seals: z.array(z.string()), asOf: Moment,
  /** What the gate would do next: take the box in, let it out, or nothing. */
  next: z.enum(['gate-in', 'gate-out', 'none']),
  /** For gate-out: what the terminal signs to deliver the box. */
  deliver: z.strictObject({ subject: z.string(), head: z.strictObject({ seq: z.int(), hash: z.string() }), network: z.string() }).nullable(),
  /** Boxes of a scanned bill, to choose one. */
  boxes: z.array(z.strictObject({ container: z.string(), word: z.enum(['RELEASE', 'HOLD']), gatedIn: z.boolean(), delivered: z.boolean() })),
})
export type GateVerdict = z.infer<typeof GateVerdict>
export const GateMove = z.strictObject({
  moveId: z.uuid(), direction: z.enum(['in', 'out']), container: ContainerNumber, at: z.iso.datetime({ offset: true }), empty: z.boolean().default(false), seal: z.string().trim().max(15).optional(), plate: z.string().trim().max(40).optional(), place: z.string().max(5).optional(),
})
export const GateMoveResult = z.strictObject({ recorded: z.boolean(), repeated: z.boolean(), /** It cannot be true beside what is known: kept for a person, not believed. */ putAside: z.boolean(), eventID: z.string(), position: z.int(), warnings: z.array(z.string()) })
