import { rail } from './rail.ts'
import { road } from './road.ts'
import { sea } from './sea.ts'

export const legModes = ['rail', 'sea', 'road'] as const
type Mode = (typeof legModes)[number]

/** What differs between modes of carriage, one row each. */
export interface LegRules {
  /** The sub-carrier's own document; always non-negotiable and consigned to the carrier (T-3). */
  readonly carrierDocument: 'RAIL-WAYBILL' | 'SEA-WAYBILL' | 'ROAD-WAYBILL'
  /** Fields of a leg that must be known before issue. */
  readonly identifiedBy: readonly ('trainNumber' | 'vessel' | 'voyage' | 'plate')[]
  /** DCSA equipment event codes by which boxes are taken over and handed on. */
  readonly takenOverBy: 'LOAD' | 'GTOT'
  readonly handedOnBy: 'DISC' | 'GTIN'
  /** A position older than this is shown as stale, not as stopped. */
  readonly staleAfterMinutes: number
  /** UN/ECE Recommendation 19 mode code. */
  readonly rec19: '1' | '2' | '3'
}

export const legRules = { rail, sea, road } satisfies Record<Mode, LegRules>
