import { canonicalJson, Refusal, type BillId, type SignedCommand, type Title } from '@yidan/ledger'
import type { Ledger, Receipt } from '@yidan/ledger/port'
import { expect } from 'chai'
import fc from 'fast-check'
import { actOf, firstBills, inItsMood, kind, steps, titlesOf } from '../support/histories.ts'
import { anUnknownCast, signedAct, takeIn, type ActedOn, type Cast } from '../support/ledger-actors.ts'
import { openTestLedger, type OpenedLedger } from '../support/open-ledger.ts'
import { openStubLedger, type StubbedLedger } from '../support/stub-ledger.ts'

const runs = Number(process.env['YIDAN_RUNS'] ?? 30)

/** The very same signed commands at the very same moments: every ledger says the same of each, and ends with the same bytes. */
describe('one history on two ledgers', function () {
  this.timeout(1_200_000)
  let now: Date
  let embedded: OpenedLedger, stubbed: StubbedLedger, cast: Cast
  before(async () => {
    now = new Date()
    const clock = (): Date => now
    embedded = await openTestLedger({ clock })
    stubbed = await openStubLedger({ clock, registrar: embedded.registrar })
    cast = await anUnknownCast(embedded.registrar)
    // Only the chaincode knows organisations: parties are taken in by each ledger's own commands.
    await takeIn(embedded.ledger, cast)
    await takeIn(stubbed.ledger, cast)
  })
  after(async () => {
    await embedded?.close()
    await stubbed?.close()
  })

  it(`comes out the same, refusal by refusal and byte by byte (${runs} histories)`, async () => {
    const outcomes = new Map<string, number>()
    const ledgers: readonly Ledger[] = [embedded.ledger, stubbed.ledger]
    /** The same bytes at the same moment; both must say the same. */
    const submit = async (signed: SignedCommand): Promise<Outcome> => {
      now = new Date(Math.max(Date.now(), now.getTime()))
      const [here, there] = await Promise.all(ledgers.map((ledger) => said(ledger, signed)))
      expect(there, `what the chaincode says to ${signed.command.action}`).to.deep.equal(here)
      const code = here?.refused ?? 'recorded'
      outcomes.set(code, (outcomes.get(code) ?? 0) + 1)
      return here as Outcome
    }
    const { ledger } = embedded
    const both: ActedOn = {
      network: ledger.network, read: (billId) => ledger.read(billId), party: (partyId) => ledger.party(partyId),
      async submit(signed) {
        const { receipt } = await submit(signed)
        if (!receipt) throw new Error(`${signed.command.action} was refused`)
        return receipt
      },
    }
    await fc.assert(
      fc.asyncProperty(kind, steps, async (kind, steps) => {
        const { bills, boxes } = await firstBills(both, cast, kind)
        const codes = new Map<string, string>()
        for (const drawn of steps) {
          const subject = bills[drawn.bill % bills.length] as BillId
          const title = await ledger.read(subject) as Title
          const others = await titlesOf(ledger, bills.filter((billId) => billId !== subject))
          const { act, recorded } = await actOf(inItsMood(drawn, title, cast, others), { cast, title, boxes, codes, others })
          if ((await submit(await signedAct(both, act))).refused) continue
          recorded()
          bills.push(...((await ledger.read(subject))?.successors.filter((billId) => !bills.includes(billId)) ?? []))
        }
        for (const billId of bills) {
          const [here, there] = await Promise.all(ledgers.map(async (one) => canonicalJson([await one.read(billId), await one.history(billId)])))
          expect(there, 'title and every entry, their hashes and times included').to.equal(here)
        }
      }),
      // Made smaller, a failing history would take longer than the run may: seed and path, which are told, make it again.
      { numRuns: runs, endOnFailure: true },
    )
    const acts = [...outcomes.values()].reduce((one, other) => one + other, 0)
    console.log(`      ${acts} acts, ${outcomes.get('recorded') ?? 0} recorded, ${outcomes.size - 1} kinds of refusal`)
    // Histories in which nothing succeeds, or nothing is refused, would prove nothing.
    expect(outcomes.get('recorded')).to.be.greaterThan(runs)
    if (runs >= 100) expect(outcomes.size).to.be.greaterThan(40)
  })
})

interface Outcome {
  readonly refused: string | null
  /** The entries as recorded, or the refusal's details. */
  readonly text: string
  readonly receipt: Receipt | null
}

/** What a ledger says to a command. Anything but an entry or a refusal is a failure. */
async function said(ledger: Ledger, signed: SignedCommand): Promise<Outcome> {
  try {
    const receipt = await ledger.submit(signed)
    return { refused: null, text: canonicalJson(receipt.entries), receipt: { ...receipt, position: 0 } }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { refused: error.code, text: canonicalJson(error.detail), receipt: null }
  }
}
