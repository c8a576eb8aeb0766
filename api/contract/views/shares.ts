import { BillNumber, ContainerNumber, legModes } from '@yidan/ledger'
import { z } from 'zod'
import { Moment } from './common.ts'
import { EtaRange, LastSeen, LegView, movements, TimelineItem } from './tracking.ts'

export const shareKinds = ['container', 'bill', 'train'] as const

/** What a link shows: one box, the journey of one bill's boxes, or one train with the sharer's own boxes aboard. */
export const ShareScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('container'), subject: ContainerNumber }),
  z.strictObject({ kind: z.literal('bill'), subject: BillNumber }),
  z.strictObject({ kind: z.literal('train'), subject: z.string().trim().min(1).max(80) }),
])
export type ShareScope = z.infer<typeof ShareScope>

export const shareDays = { least: 1, most: 90, usual: 14 } as const
/** `days` counts from now. `label` says for whom; only the own company sees it. */
export const ShareInput = z.strictObject({ scope: ShareScope, days: z.int().min(shareDays.least).max(shareDays.most).default(shareDays.usual), label: z.string().trim().max(100).default('') })

/** `ended`: whoever made it may no longer show it. */
export const shareStates = ['active', 'expired', 'revoked', 'ended'] as const
export type ShareState = (typeof shareStates)[number]

export const ShareView = z.strictObject({
  id: z.string(), kind: z.enum(shareKinds), subject: z.string(), label: z.string().nullable(), madeBy: z.string().nullable(), createdAt: Moment, expiresAt: Moment, state: z.enum(shareStates), endedAt: Moment.nullable(),
  /** Why it ended before its time: taken back, title moved on, the journey is over, or the sharer's own access ended. */
  because: z.enum(['revoked', 'title-moved', 'journey-over', 'access-ended']).nullable(),
  /** How often the page was opened; `lastOpenedAt` counts its refreshing too, to the minute. */
  openings: z.int(), lastOpenedAt: Moment.nullable(),
})
export type ShareView = z.infer<typeof ShareView>
/** The addresses hold the secret behind `#`, which no browser sends to any server. They are in this answer alone: only a hash is kept. */
export const NewShare = z.strictObject({ ...ShareView.shape, link: z.string(), embedLink: z.string() })
export type NewShare = z.infer<typeof NewShare>

/** A box as a guest sees it: its journey, nothing of goods, seals, freight or parties. */
export const SharedBox = z.strictObject({
  number: ContainerNumber, movement: z.enum(movements), leg: z.int().nullable(), unit: z.string().nullable(), lastSeen: LastSeen.nullable(), late: z.boolean(), stale: z.boolean(),
  next: z.strictObject({ code: z.string(), place: z.string(), plannedAt: z.string().nullable() }).nullable(), eta: EtaRange.nullable(),
})
export type SharedBox = z.infer<typeof SharedBox>
export const SharedCall = z.strictObject({ place: z.string(), code: z.string().nullable(), plannedArrival: z.string().nullable(), plannedDeparture: z.string().nullable(), actualArrival: Moment.nullable(), actualDeparture: Moment.nullable() })
/** What a share link shows. Carriers of legs are left blank and lines of the timeline have no detail: these are the parties' own. */
export const SharedView = z.strictObject({
  kind: z.enum(shareKinds), subject: z.string(), /** The company that handed the link out. */ sharedBy: z.string(), asOf: Moment, expiresAt: Moment, mode: z.enum(legModes).nullable(), /** Of a train. */ lastSeen: LastSeen.nullable(),
  boxes: z.array(SharedBox), /** How many there are, when they are more than are shown. */ boxCount: z.int(), legs: z.array(LegView), calls: z.array(SharedCall), timeline: z.array(TimelineItem), position: z.int(),
})
export type SharedView = z.infer<typeof SharedView>
