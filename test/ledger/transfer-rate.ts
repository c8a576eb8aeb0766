import type { Ledger } from '@yidan/ledger/port'
import { performance } from 'node:perf_hooks'
import { aBill, aCast, act, inDays, type Actor, type Cast } from '../support/ledger-actors.ts'
import { openTestLedger } from '../support/open-ledger.ts'

/**
 * Acts per second of a ledger: clients with a bill of their own each, offering and accepting possession in turn, every act signed here,
 * decided and durable before the next. Run it by itself: `node --import tsx --conditions=source test/ledger/transfer-rate.ts`.
 */
export async function actsPerSecond({ ledger, cast, clients, seconds }: { ledger: Ledger; cast: Cast; clients: number; seconds: number }): Promise<number> {
  const bills = await Promise.all(Array.from({ length: clients }, () => aBill(ledger, cast, { kind: 'blank' })))
  const start = performance.now()
  const end = start + seconds * 1000
  const counts = await Promise.all(bills.map(async ({ billId }) => {
    let [holder, other]: [Actor, Actor] = [cast.shipper, cast.buyer]
    let count = 0
    while (performance.now() < end) {
      await act(ledger, { by: holder, action: 'offerPossession', subject: billId, args: { to: other.partyId, expiresAt: inDays(1) } })
      await act(ledger, { by: other, action: 'acceptOffer', subject: billId, args: {} })
      ;[holder, other] = [other, holder]
      count += 2
    }
    return count
  }))
  return counts.reduce((sum, count) => sum + count, 0) / ((performance.now() - start) / 1000)
}

if (process.argv[1] === import.meta.filename) {
  const opened = await openTestLedger()
  try {
    const cast = await aCast(opened.ledger, opened.registrar)
    await actsPerSecond({ ledger: opened.ledger, cast, clients: 8, seconds: 1 })
    for (const clients of [1, 32]) {
      const rate = await actsPerSecond({ ledger: opened.ledger, cast, clients, seconds: 4 })
      console.log(JSON.stringify({ name: 'embedded.acts', clients, value: Math.round(rate), unit: '1/s' }))
    }
  } finally {
    await opened.close()
  }
}
