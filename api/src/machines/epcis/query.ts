import { z } from 'zod'
import { isSoundText } from '../../http/sound-text.ts'
import type { VisibleEvent } from '../visible-events.ts'
import { epcisEvent, type EpcisEvent } from './epcis-event.ts'
import { named } from './names.ts'

/** Simple event query of EPCIS 2.0 (section 8.2.7), the parameters that this system answers. Several values stand with commas between. */
export interface EpcisQuery {
  readonly eventType?: readonly string[]
  readonly GE_eventTime?: Date
  readonly LT_eventTime?: Date
  readonly GE_recordTime?: Date
  readonly LT_recordTime?: Date
  readonly EQ_action?: readonly string[]
  readonly EQ_bizStep?: readonly string[]
  readonly EQ_disposition?: readonly string[]
  readonly EQ_bizLocation?: readonly string[]
  readonly EQ_readPoint?: readonly string[]
  readonly EQ_eventID?: readonly string[]
  readonly MATCH_epc?: readonly string[]
  readonly MATCH_anyEPC?: readonly string[]
  readonly EQ_bizTransaction_bol?: readonly string[]
  readonly perPage?: number
  readonly nextPageToken?: string
}

const list = z.string().min(1).max(2_000).refine(isSoundText).transform((text) => text.split(',').map((one) => one.trim()))
const oneOf = (known: readonly string[]) => list.refine((found) => found.every((one) => known.includes(one)), `takes ${known.join(', ')}`)
const time = z.string().transform((text) => text.replace(/ (?=\d\d:\d\d$)/, '+')).pipe(z.iso.datetime({ offset: true })).transform((text) => new Date(text)).refine((moment) => !Number.isNaN(moment.getTime()))
const term = list.transform((found) => found.map((one) => one.replace(/^urn:epcglobal:cbv:(bizstep|disp):/, '').replace(/^(https:\/\/ref\.gs1\.org\/cbv\/|cbv:)(BizStep|Disp)-/, '')))

const Query = z.strictObject({
  eventType: oneOf(['ObjectEvent', 'AggregationEvent', 'AssociationEvent', 'TransactionEvent', 'TransformationEvent']).optional(), GE_eventTime: time.optional(), LT_eventTime: time.optional(), GE_recordTime: time.optional(), LT_recordTime: time.optional(),
  EQ_action: oneOf(['ADD', 'OBSERVE', 'DELETE']).optional(), EQ_bizStep: term.optional(), EQ_disposition: term.optional(), EQ_bizLocation: list.optional(), EQ_readPoint: list.optional(), EQ_eventID: list.optional(), MATCH_epc: list.optional(), MATCH_anyEPC: list.optional(), EQ_bizTransaction_bol: list.optional(),
  perPage: z.string().regex(/^\d{1,4}$/).transform(Number).refine((count) => count >= 1 && count <= 1000, 'is no whole number from 1 to 1000').optional(), nextPageToken: z.string().min(1).max(100).optional(),
})

/** @returns the query, or what is wrong with it in words */
export function parseEpcisQuery(given: Readonly<Record<string, unknown>>): EpcisQuery | string {
  const parsed = Query.safeParse(given)
  if (parsed.success) return parsed.data as EpcisQuery
  return parsed.error.issues.slice(0, 5).map((issue) => (issue.code === 'unrecognized_keys' ? `${issue.keys.map((key) => key.slice(0, 60)).join(', ')}: no parameter that is answered here` : `${issue.path.join('.')}: ${issue.message}`)).join('; ')
}

/** The event as EPCIS tells it, when it fits. */
export function fitting(query: EpcisQuery, visible: VisibleEvent): EpcisEvent | null {
  const event = epcisEvent(visible)
  if (event === null) return null
  const at = Date.parse(event.eventTime)
  const isOne = (wanted: readonly string[] | undefined, found: unknown): boolean => wanted === undefined || (typeof found === 'string' && wanted.includes(found))
  const epcs = [...texts(event['epcList']), ...texts(event['childEPCs'])]
  const parent = texts(event['parentID'] === undefined ? [] : [event['parentID']])
  const fits =
    isOne(query.eventType, event.type) && (query.GE_eventTime === undefined || at >= query.GE_eventTime.getTime()) && (query.LT_eventTime === undefined || at < query.LT_eventTime.getTime()) &&
    (query.GE_recordTime === undefined || visible.recordedAt >= query.GE_recordTime) && (query.LT_recordTime === undefined || visible.recordedAt < query.LT_recordTime) &&
    isOne(query.EQ_action, event['action']) && isOne(query.EQ_bizStep, event.bizStep) && isOne(query.EQ_disposition, event['disposition']) && isOne(query.EQ_bizLocation, idOf(event['bizLocation'])) && isOne(query.EQ_readPoint, idOf(event['readPoint'])) && isOne(query.EQ_eventID, event.eventID) &&
    matchesAny(query.MATCH_epc, epcs) && matchesAny(query.MATCH_anyEPC, [...epcs, ...parent]) && (query.EQ_bizTransaction_bol === undefined || texts(listOf(event['bizTransactionList']).map((one) => one['bizTransaction'])).some((one) => query.EQ_bizTransaction_bol?.includes(one)))
  return fits ? event : null
}

/** Boxes that a query names outright, so that only they need to be looked up; undefined when it does not. */
export function boxesNamed({ MATCH_epc, MATCH_anyEPC }: EpcisQuery): readonly string[] | undefined {
  const found = (MATCH_epc ?? MATCH_anyEPC)?.map((pattern) => named(pattern))
  return found?.every((thing) => thing?.kind === 'container') === true ? found.flatMap((thing) => (thing?.kind === 'container' ? [thing.number] : [])) : undefined
}

/** A pattern is a name, or a name that ends with `*`. */
function matchesAny(patterns: readonly string[] | undefined, found: readonly string[]): boolean {
  return patterns === undefined || patterns.some((pattern) => found.some((name) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern)))
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}

function listOf(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : []
}

function idOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined
}
