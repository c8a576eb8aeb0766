import { canonicalJson, evolveTitle, isLive, isTitleEvent, pledgeInForce, Refusal, titleActionNames, type ActionName, type BillId, type ContainerNumber, type LogEntry, type Title } from '@yidan/ledger'
import type { Ledger } from '@yidan/ledger/port'
import fc from 'fast-check'
import { expect } from 'chai'
import { aBill, aBillId, aCast, aContainer, act, aHash, anApprovedBill, inDays, issueArgs, releasesFor, type Actor, type Cast } from '../support/ledger-actors.ts'
import { openTestLedger, type OpenedLedger } from '../support/open-ledger.ts'

/** Histories by honest and hostile actors, at random: whatever they try, the promises hold after each step. */
const runs = Number(process.env['YIDAN_RUNS'] ?? 200)
const actorNames = ['carrier', 'shipper', 'consignee', 'buyer', 'bank', 'otherBank', 'terminal', 'thief'] as const
const tries = titleActionNames.filter((name) => name !== 'approve')

interface Step { readonly action: ActionName; readonly by: (typeof actorNames)[number]; readonly to: (typeof actorNames)[number]; readonly bill: number; readonly helped: boolean; readonly variant: number }
const step: fc.Arbitrary<Step> = fc.record({ action: fc.constantFrom(...tries), by: fc.constantFrom(...actorNames), to: fc.constantFrom(...actorNames), bill: fc.nat(2), helped: fc.boolean(), variant: fc.nat(5) })

describe('random histories of honest and hostile actors', function () {
  this.timeout(300_000)
  let opened: OpenedLedger
  let cast: Cast
  before(async () => {
    opened = await openTestLedger()
    cast = await aCast(opened.ledger, opened.registrar)
  })
  after(() => opened.close())

  it(`keep every promise of title (${runs} histories)`, async () => {
    const done = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('to-order', 'straight', 'to-named-order', 'blank'), fc.array(step, { minLength: 10, maxLength: 40 }), async (kind, steps) => {
        const boxes = [aContainer(), aContainer()]
        const bills = [await aBill(opened.ledger, cast, { kind, containers: boxes }), await aBill(opened.ledger, cast, { kind }), await anApprovedBill(opened.ledger, cast, { kind })]
        const codes = new Map<string, string>()
        for (const given of steps) {
          const subject = bills[given.bill]?.billId as BillId
          const before = await opened.ledger.read(subject) as Title
          const receipt = await attempt(opened.ledger, cast, given, before, boxes, codes)
          if (receipt) done.set(given.action, (done.get(given.action) ?? 0) + 1)
          holds(before, await opened.ledger.read(subject) as Title, receipt)
          await replays(opened.ledger, subject)
          const live = (await Promise.all(bills.map(({ billId }) => opened.ledger.read(billId)))).filter((title): title is Title => title !== null && isLive(title))
          const held = live.flatMap((title) => Object.keys(title.cargo))
          expect(new Set(held).size, 'a box is on one live bill only (T-2)').to.equal(held.length)
        }
      }),
      { numRuns: runs },
    )
    // A history in which nothing ever succeeds would prove nothing.
    for (const name of ['endorse', 'offerPossession', 'requestSurrender'] as const) expect(done.get(name) ?? 0, name).to.be.greaterThan(0)
  })
})

/** What must hold between any two states of one bill, whoever acted. */
function holds(before: Title, after: Title, receipt: readonly LogEntry[] | null): void {
  if (receipt === null) {
    expect(canonicalJson(after), 'a refusal leaves no trace').to.equal(canonicalJson(before))
    return
  }
  const signers = new Set(receipt[0]?.signed.signatures.map(({ keyId }) => keyId))
  expect(['ACCOMPLISHED', 'VOIDED'], 'nothing moves after the end (T-6)').not.to.include(before.state.name)
  if (after.state.name !== 'APPROVED' && after.state.name !== 'VOIDED') expect(after.possessor, 'exactly one possessor (T-1)').to.be.a('string')
  expect(after.docHash, 'the document never changes (T-7)').to.equal(before.docHash)
  const pledge = pledgeInForce(before)
  const moved = before.possessor !== after.possessor || before.titleholder !== after.titleholder
  if (pledge && moved && before.state.name === 'ISSUED') expect([...signers].some((keyId) => bankKeys.get(pledge.pledgee)?.has(keyId)), 'a pledged bill moves only with the bank (T-4)').to.equal(true)
  const delivered = (title: Title) => Object.values(title.cargo).filter((cargo) => cargo.name === 'DELIVERED').length
  if (delivered(after) > delivered(before)) expect(before.state.name, 'delivery only after an accepted surrender (T-5)').to.equal('SURRENDERED_FOR_DELIVERY')
  if (before.kind === 'straight') expect(after.titleholder, 'a straight bill is never endorsed (T-16)').to.equal(before.state.name === 'APPROVED' ? after.consignee : before.titleholder)
}

const bankKeys = new Map<string, Set<string>>()

async function replays(ledger: Ledger, subject: BillId): Promise<void> {
  let title: Title | null = null
  for (const entry of await ledger.history(subject)) for (const event of entry.events) if (isTitleEvent(event)) title = evolveTitle(title, event, entry)
  expect(canonicalJson(title), 'the entries replay to the same title').to.equal(canonicalJson(await ledger.read(subject)))
}

/** Tries one act as the step says; null when it was refused. Anything but a refusal is a failure. */
async function attempt(ledger: Ledger, cast: Cast, given: Step, title: Title, boxes: readonly ContainerNumber[], codes: Map<string, string>): Promise<readonly LogEntry[] | null> {
  bankKeys.set(cast.bank.partyId, new Set([cast.bank.signer.keyId]))
  bankKeys.set(cast.otherBank.partyId, new Set([cast.otherBank.signer.keyId]))
  const by: Actor = cast[given.by], to = cast[given.to].partyId
  const helpers = given.helped ? [cast.carrierSecond, cast.shipper, cast.bank].filter((helper) => helper.signer.keyId !== by.signer.keyId) : []
  const containers = Object.keys(title.cargo) as ContainerNumber[]
  const box = containers[given.variant % Math.max(1, containers.length)] ?? boxes[0] as ContainerNumber
  const { codes: fresh, releases } = await releasesFor(title.billId, containers)
  const args = {
    issue: () => issueArgs(cast, title.docHash, { kind: title.kind, containers: given.variant < 2 ? boxes : [aContainer()] }),
    endorse: () => (given.variant === 0 ? { to: 'BLANK', manner: 'blank' } : { to, manner: given.variant % 2 ? 'to-order' : 'named' }),
    offerPossession: () => ({ to, expiresAt: inDays(1) }), acceptOffer: () => ({}), rejectOffer: () => ({ reason: null }), withdrawOffer: () => ({}),
    proposePledge: () => ({ pledgee: to, termsHash: aHash() }), acceptPledge: () => ({ filingHash: aHash() }), declinePledge: () => ({ reason: null }), withdrawPledge: () => ({}), releasePledge: () => ({}),
    requestSurrender: () => ({ purpose: given.variant === 0 ? 'amendment' : 'delivery', reason: null }),
    acceptSurrender: () => ({ freight: 'settled', releases: title.surrender?.purpose === 'amendment' ? [] : releases }), rejectSurrender: () => ({ reason: 'unpaid' }),
    renewReleases: () => ({ releases: releases.slice(0, 1) }), deliver: () => ({ container: box, code: codes.get(`${title.billId}${box}`) ?? 'GUESSED1' }),
    cancel: () => ({ reason: 'wrong train' }), reissue: () => ({ successor: { billId: aBillId(), docHash: aHash(), visualisationHash: aHash() } }),
  }[given.action as Exclude<ActionName, 'approve' | 'registerParty' | 'registerKey' | 'revokeKey'>]()
  try {
    const receipt = await act(ledger, { by, action: given.action, subject: title.billId, with: helpers, args: args as never })
    if (given.action === 'acceptSurrender' || given.action === 'renewReleases') for (const [container, code] of fresh) codes.set(`${title.billId}${container}`, code)
    return receipt.entries
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}
