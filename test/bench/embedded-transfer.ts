import type { SignedCommand } from '@yidan/ledger'
import type { Collection } from 'mongodb'
import { aBill, aCast, inDays, signedAct } from '../support/ledger-actors.ts'
import { openTestLedger } from '../support/open-ledger.ts'
import { concurrently, figure, inTurns, type Figure } from './measure.ts'

const workers = 32
const perRound = 640

/** Acts of title on the embedded ledger (verified, decided, journalled, fsynced) beside bare majority-and-journal inserts of the same commands. */
export async function embeddedTransfer(raw: Collection): Promise<Figure> {
  const opened = await openTestLedger()
  const cast = await aCast(opened.ledger, opened.registrar)
  const bills = await Promise.all(Array.from({ length: perRound }, () => aBill(opened.ledger, cast, { kind: 'blank' })))
  let signed: SignedCommand[] = []
  let offering = false
  const measured = await inTurns({
    // Signing is the party's work and is done before the clock starts. Offers and withdrawals take turns over all bills.
    prepare: async () => {
      offering = !offering
      signed = await Promise.all(bills.map(({ billId }) =>
        offering ? signedAct(opened.ledger, { by: cast.shipper, action: 'offerPossession', subject: billId, args: { to: cast.buyer.partyId, expiresAt: inDays(20) } })
        : signedAct(opened.ledger, { by: cast.shipper, action: 'withdrawOffer', subject: billId, args: {} })))
    },
    subject: () => concurrently(signed, workers, (command) => opened.ledger.submit(command)),
    baseline: () => concurrently(signed, workers, (command) => raw.insertOne({ command }, { writeConcern: { w: 'majority', j: true } })),
  })
  await opened.close()
  return figure({ name: 'embedded.transfer', unit: 'acts/s', ...measured, goal: { atLeast: 1 }, note: `${workers} at once; baseline: insertOne {w: majority, j: true} of the same commands` })
}
