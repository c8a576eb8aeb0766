import { billNumber, type BillNumber } from '@yidan/ledger'
import { isDuplicateKey, type BillStore } from './store.ts'

/** The next bill number of the month, by Luoyang's calendar. Two callers at once never get the same one; a number once taken is not given back. */
export async function nextBillNumber({ counters }: Pick<BillStore, 'counters'>, { prefix, now }: { prefix: string; now: Date }, triesLeft = 3): Promise<BillNumber> {
  const month = monthOf(now)
  try {
    const counter = await counters.findOneAndUpdate({ _id: `${prefix}${month}` }, { $inc: { last: 1 } }, { upsert: true, returnDocument: 'after', writeConcern: { w: 'majority' } })
    return billNumber({ prefix, month, serial: counter?.last ?? 1 })
  } catch (error) {
    // Two first numbers of a month at once: one upsert loses and finds the counter the next time.
    if (triesLeft > 0 && isDuplicateKey(error)) return nextBillNumber({ counters }, { prefix, now }, triesLeft - 1)
    throw error
  }
}

const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', year: '2-digit', month: '2-digit' })

/** yyMM */
export function monthOf(now: Date): string {
  const parts = Object.fromEntries(calendar.formatToParts(now).map(({ type, value }) => [type, value]))
  return `${parts['year'] ?? ''}${parts['month'] ?? ''}`
}
