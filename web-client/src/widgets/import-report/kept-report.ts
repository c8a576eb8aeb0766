import type { ImportReport } from '@yidan/api/contract'
import type { z } from 'zod'
import { shallowRef } from 'vue'

/** The report of the last import goes along to the draft's own screen. */
export const lastReport = shallowRef<z.infer<typeof ImportReport> | null>(null)

export function keepReport(report: z.infer<typeof ImportReport>): void {
  lastReport.value = report
}

/** The kept report, if it is about this draft. */
export function reportFor(draftId: string): z.infer<typeof ImportReport> | null {
  return lastReport.value?.draft.id === draftId ? lastReport.value : null
}
