import { z } from 'zod'
import { Moment } from './common.ts'
import { exceptionKinds, ExceptionSummary } from './exceptions.ts'

/** A person was told of an exception: once each time it begins. What it says is read with the reader's rights of today. */
export const NoticeView = z.strictObject({ id: z.string(), at: Moment, readAt: Moment.nullable(), /** Told at once by mail too; the others come together. */ grave: z.boolean(), exception: ExceptionSummary })
export type NoticeView = z.infer<typeof NoticeView>
export const NoticeCounts = z.strictObject({ unread: z.int() })
export type NoticeCounts = z.infer<typeof NoticeCounts>

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day, as 22:00')
export const digestMinutes = [15, 60, 240, 1440] as const
export const noticeLanguages = ['both', 'zh', 'en'] as const

export const NoticePreferences = z.strictObject({
  kinds: z.record(z.enum(exceptionKinds), z.strictObject({ screen: z.boolean(), mail: z.boolean() })),
  /** Mails about what is not grave are gathered for so long. */
  digest: z.literal(digestMinutes),
  /** No mail between these times; `grave`: mail about what is grave comes all the same. */
  quiet: z.strictObject({ from: clock, until: clock, timeZone: z.string().max(60).refine(isTimeZone, 'a time zone, as Asia/Shanghai'), grave: z.boolean() }).nullable(),
  language: z.enum(noticeLanguages),
})
export type NoticePreferences = z.infer<typeof NoticePreferences>

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return name !== ''
  } catch {
    return false
  }
}
