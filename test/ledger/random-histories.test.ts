import { bindingReasons, canonicalJson, enforcementBases, evolveTitle, holdKinds, isLive, isOnPaper, isTitleEvent, pledgeInForce, Refusal, titleActionNames, type ActionName, type BillId, type BindingReason, type ContainerNumber, type Hold, type Instant, type LogEntry, type PartyId, type Title } from '@yidan/ledger'
import type { Ledger } from '@yidan/ledger/port'
import fc from 'fast-check'
import { expect } from 'chai'
import { aBill, aBillId, aCast, aContainer, act, aHash, anApprovedBill, inDays, issueArgs, releasesFor, type Actor, type Cast } from '../support/ledger-actors.ts'
import { openTestLedger, type OpenedLedger } from '../support/open-ledger.ts'

/** Histories by honest and hostile actors, at random: whatever they try, the promises hold after each step. */
const runs = Number(process.env['YIDAN_RUNS'] ?? 300)
const actorNames = ['carrier', 'shipper', 'consignee', 'buyer', 'bank', 'otherBank', 'terminal', 'thief', 'court', 'customs', 'insurer', 'registrar'] as const
type Who = (typeof actorNames)[number]
const tries = titleActionNames.filter((name) => name !== 'approve')
type Try = Exclude<(typeof tries)[number], 'approve' | 'registerParty' | 'registerKey' | 'revokeKey' | 'reportKeyLoss' | 'withdrawKeyLossReport' | 'rebindKeys'>

/** Blind: anybody tries anything. Sensible: one of the acts that the bill's state calls for, by whoever may. Amending: one that leads to another bill in its place. Troubled: something goes wrong. Tempted: any act by one who is close to the bill. */
interface Step { readonly mood: 'blind' | 'sensible' | 'amending' | 'troubled' | 'tempted'; readonly action: ActionName; readonly by: Who; readonly to: Who; readonly bill: number; readonly helped: boolean; readonly variant: number; readonly reason: BindingReason | null; readonly kind: Hold['kind'] }
const step: fc.Arbitrary<Step> = fc.record({
  mood: fc.constantFrom('sensible', 'sensible', 'sensible', 'sensible', 'amending', 'amending', 'troubled', 'tempted', 'tempted', 'blind'), action: fc.constantFrom(...tries), by: fc.constantFrom(...actorNames), to: fc.constantFrom(...actorNames), bill: fc.nat(5), helped: fc.boolean(), variant: fc.nat(5), reason: fc.constantFrom(null, ...bindingReasons), kind: fc.constantFrom(...holdKinds),
})

describe('random histories of honest and hostile actors', function () {
  this.timeout(600_000)
  let opened: OpenedLedger
  let cast: Cast
  before(async () => {
    opened = await openTestLedger()
    cast = await aCast(opened.ledger, opened.registrar)
  })
  after(() => opened.close())

  it(`keep every promise of title (${runs} histories)`, async () => {
    const done = new Map<ActionName, number>()
    let refused = 0
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('to-order', 'straight', 'to-named-order', 'blank'), fc.array(step, { minLength: 20, maxLength: 60 }), async (kind, steps) => {
        const boxes = [aContainer(), aContainer()]
        const bills: BillId[] = [(await aBill(opened.ledger, cast, { kind, containers: boxes })).billId, (await anApprovedBill(opened.ledger, cast, { kind })).billId, (await aBill(opened.ledger, cast, { kind })).billId]
        if (kind !== 'straight' && kind !== 'to-named-order') bills.push(await aPledgedBill(opened.ledger, cast, kind))
        const codes = new Map<string, string>()
        for (const drawn of steps) {
          const subject = bills[drawn.bill % bills.length] as BillId
          const before = await opened.ledger.read(subject) as Title
          const others = await titlesOf(opened.ledger, bills.filter((billId) => billId !== subject))
          const given = drawn.mood === 'sensible' || drawn.mood === 'amending' ? sensible(drawn, before, cast, others) : drawn.mood === 'troubled' ? troubled(drawn, before, cast) : drawn.mood === 'tempted' ? tempted(drawn, before, cast) : drawn
          const entries = await attempt(opened.ledger, cast, given, before, boxes, codes, others)
          if (entries) done.set(given.action, (done.get(given.action) ?? 0) + 1)
          else refused += 1
          const after = await opened.ledger.read(subject) as Title
          if (entries) bills.push(...after.successors.filter((billId) => !bills.includes(billId)))
          holds(before, after, entries, cast)
          if (entries) await conserves(opened.ledger, entries)
          if (entries) for (const billId of bills) await replays(opened.ledger, billId)
          const live = (await titlesOf(opened.ledger, bills)).filter(isLive)
          const held = live.flatMap((title) => Object.keys(title.cargo))
          expect(new Set(held).size, 'a box is on one live bill only (T-2)').to.equal(held.length)
        }
      }),
      { numRuns: runs },
    )
    // Histories in which nothing ever succeeds, or nothing is ever refused, would prove nothing.
    if (runs >= 300) for (const name of tries) expect(done.get(name) ?? 0, `${name} succeeded`).to.be.greaterThan(0)
    expect(refused, 'refusals').to.be.greaterThan(runs)
  })
})

async function aPledgedBill(ledger: Ledger, cast: Cast, kind: 'to-order' | 'blank'): Promise<BillId> {
  const { billId } = await aBill(ledger, cast, { kind })
  await act(ledger, { by: cast.shipper, action: 'proposePledge', subject: billId, args: { pledgee: cast.bank.partyId, termsHash: aHash() } })
  await act(ledger, { by: cast.bank, action: 'acceptPledge', subject: billId, args: { filingHash: aHash() } })
  return billId
}

/** What the state of the bill calls for next, done by whoever may. */
function sensible(drawn: Step, title: Title, cast: Cast, others: readonly Title[]): Step {
  const who = (party: PartyId | null): Who => actorNames.find((name) => cast[name].partyId === party) ?? drawn.by
  const choose = (choices: readonly Partial<Step>[]): Step => ({ ...drawn, helped: false, ...choices[(drawn.variant * 7 + actorNames.indexOf(drawn.to)) % choices.length] })
  const { offer, encumbrance, surrender } = title
  const hold = title.holds.find(({ kind }) => kind !== 'CARRIER_LIEN') ?? title.holds[0]
  if (hold && isLive(title) && (hold.kind !== 'CARRIER_LIEN' || surrender !== null))
    return hold.kind === 'JUDICIAL' && drawn.variant > 3 ? { ...drawn, action: 'voidByCourt', by: 'court', helped: true } : { ...drawn, action: 'liftHold', by: who(hold.by), helped: true, kind: hold.kind }
  if (title.stop && drawn.variant > 1) return { ...drawn, action: 'resumeDelivery', by: who(surrender?.by ?? pledgeInForce(title)?.pledgee ?? title.possessor) }
  const hasPartner = others.some((other) => waitsToBeCombined(other) && other.titleholder === title.titleholder && other.surrender?.returnsTo === title.possessor)
  if ((drawn.mood === 'amending' || hasPartner) && title.state.name === 'ISSUED')
    return { ...drawn, action: 'requestSurrender', by: who(pledgeInForce(title)?.pledgor ?? title.possessor), helped: true, variant: 0, reason: hasPartner ? 'COMBINE' : (drawn.reason ?? 'COMBINE') }
  switch (title.state.name) {
    case 'APPROVED': return choose([{ action: 'issue', by: 'carrier', helped: true }])
    case 'PENDING_SURRENDER_FOR_DELIVERY':
    case 'PENDING_SURRENDER_FOR_AMENDMENT': return choose([{ action: 'acceptSurrender', by: 'carrier' }, { action: 'acceptSurrender', by: 'carrier' }, { action: 'rejectSurrender', by: 'carrier' }])
    case 'SURRENDERED_FOR_DELIVERY': return choose([{ action: 'deliver', by: 'terminal' }, { action: 'deliver', by: 'carrier' }, { action: 'renewReleases', by: 'carrier' }, ...(hasGone(title) ? Array<Partial<Step>>(6).fill({ action: 'settleIncident', by: who(surrender?.by ?? null) }) : [])])
    case 'SURRENDERED_FOR_AMENDMENT': return waitsToBeCombined(title) && drawn.variant > 0 && !others.some(waitsToBeCombined) ? drawn : choose([{ action: drawn.variant === 0 ? 'reissue' : replacementFor(title), by: 'carrier', helped: true }])
    case 'VOIDED': return isOnPaper(title) ? choose([{ action: 'fromPaper', by: 'carrier', helped: true }]) : drawn
    case 'ACCOMPLISHED': return drawn
    case 'ISSUED':
  }
  if (offer) return choose([{ action: 'acceptOffer', by: who(offer.to) }, { action: 'acceptOffer', by: who(offer.to) }, { action: 'rejectOffer', by: who(offer.to) }, { action: 'withdrawOffer', by: who(offer.from) }])
  if (encumbrance.name === 'PROPOSED') return choose([{ action: 'acceptPledge', by: who(encumbrance.pledgee), helped: true }, { action: 'acceptPledge', by: who(encumbrance.pledgee), helped: true }, { action: 'declinePledge', by: who(encumbrance.pledgee) }, { action: 'withdrawPledge', by: who(encumbrance.pledgor) }])
  if (encumbrance.name === 'DEFAULTED') return choose([...Array<Partial<Step>>(4).fill({ action: 'enforcePledge', by: who(encumbrance.pledgee), helped: true }), { action: 'cureDefault', by: who(encumbrance.pledgee) }])
  if (encumbrance.name === 'ENFORCING') return choose([...Array<Partial<Step>>(6).fill({ action: 'sellEnforced', by: who(encumbrance.pledgee), helped: true, to: encumbrance.pledgor === cast.buyer.partyId ? 'consignee' : 'buyer' }), { action: 'cureDefault', by: who(encumbrance.pledgee) }])
  if (encumbrance.name === 'PLEDGED') return choose([...Array<Partial<Step>>(4).fill({ action: 'declareDefault', by: who(encumbrance.pledgee) }), { action: 'assignPledge', by: who(encumbrance.pledgee), to: 'otherBank', helped: true }, { action: 'requestSurrender', by: who(encumbrance.pledgee), helped: true }, { action: 'releasePledge', by: who(encumbrance.pledgee) }, { action: 'endorse', by: who(encumbrance.pledgor), helped: true }, { action: 'requestSurrender', by: who(encumbrance.pledgor), helped: true }])
  const by = who(title.possessor)
  const endorsee = title.titleholder === 'BLANK' || title.titleholder === title.possessor ? drawn.to : who(title.titleholder)
  return choose([
    { action: 'endorse', by }, ...(title.beforeEndorsement === null ? [] : [{ action: 'rejectEndorsement', by: endorsee } as const]), { action: 'offerPossession', by, to: endorsee }, { action: 'offerPossession', by, to: endorsee }, { action: 'proposePledge', by, to: 'bank' },
    { action: 'requestSurrender', by }, { action: 'requestSurrender', by: who(title.consignee ?? title.possessor) }, ...(drawn.variant === 5 ? [{ action: 'cancel', by: 'carrier', helped: true } as const] : []),
  ])
}

/** Somebody with the office or the interest lays a hold on it, a box is lost or handed out wrongly, the holder stops delivery. */
function troubled(drawn: Step, title: Title, cast: Cast): Step {
  const holder = actorNames.find((name) => cast[name].partyId === (title.surrender?.by ?? title.possessor)) ?? drawn.by
  if (title.state.name === 'SURRENDERED_FOR_DELIVERY' && drawn.variant < 4) return { ...drawn, action: drawn.variant < 2 ? 'reportLoss' : 'recordWrongfulDelivery', by: 'carrier', to: 'bank', helped: true }
  const choices: readonly Partial<Step>[] = [
    { action: 'placeHold', by: 'court', kind: 'JUDICIAL' }, { action: 'placeHold', by: 'customs', kind: 'SANCTION' }, { action: 'placeHold', by: 'registrar', kind: drawn.kind }, { action: 'placeHold', by: 'carrier', kind: drawn.variant < 2 ? 'DISPUTE' : 'CARRIER_LIEN' },
    { action: 'placeHold', by: holder, kind: drawn.variant < 3 ? 'DISPUTE' : 'KEY_LOSS' }, { action: 'stopDelivery', by: holder }, { action: 'reportLoss', by: 'carrier' }, { action: 'reportLoss', by: 'insurer' }, { action: 'recordWrongfulDelivery', by: 'carrier', to: 'bank' },
  ]
  return { ...drawn, helped: true, ...choices[(drawn.variant * 5 + actorNames.indexOf(drawn.to)) % choices.length] }
}
function hasGone({ cargo }: Title): boolean {
  return Object.values(cargo).some(({ name }) => name === 'LOST' || name === 'DELIVERED_WITHOUT_BILL')
}

/** What a bill that was given back is waiting for. */
function replacementFor({ surrender }: Title): ActionName {
  const wanted = bindingReasons.find((reason) => reason === surrender?.reason)
  return wanted === undefined ? 'reissue' : ({ SPLIT: 'split', COMBINE: 'combine', SWI: 'switchBill', SWTP: 'toPaper' } as const)[wanted]
}
function waitsToBeCombined({ state, surrender }: Title): boolean {
  return state.name === 'SURRENDERED_FOR_AMENDMENT' && surrender?.reason === 'COMBINE'
}

/** One who has to do with the bill tries what the draw says, alone. */
function tempted(drawn: Step, title: Title, cast: Cast): Step {
  const { offer, encumbrance, titleholder, possessor, surrender } = title
  const close = [possessor, titleholder, offer?.to, surrender?.returnsTo, ...(encumbrance.name === 'NONE' ? [] : [encumbrance.pledgee, encumbrance.pledgor])]
  const names = actorNames.filter((name) => close.includes(cast[name].partyId))
  const action = title.state.name === 'ISSUED' ? lightFingers[(drawn.variant + actorNames.indexOf(drawn.by)) % lightFingers.length] ?? drawn.action : drawn.action
  return { ...drawn, helped: false, action, by: names[actorNames.indexOf(drawn.by) % Math.max(1, names.length)] ?? drawn.by }
}
const lightFingers = ['endorse', 'offerPossession', 'acceptOffer', 'proposePledge', 'requestSurrender', 'withdrawOffer', 'rejectOffer', 'rejectEndorsement', 'liftHold', 'resumeDelivery', 'sellEnforced', 'assignPledge'] as const

/** What must hold between any two states of one bill, whoever acted. */
function holds(before: Title, after: Title, entries: readonly LogEntry[] | null, cast: Cast): void {
  if (entries === null) {
    expect(canonicalJson(after), 'a refusal leaves no trace').to.equal(canonicalJson(before))
    return
  }
  const signers = new Set(entries[0]?.signed.signatures.map(({ keyId }) => keyId))
  const signedBy = (party: PartyId): boolean => actorNames.some((name) => cast[name].partyId === party && signers.has(cast[name].signer.keyId))
  if (!isOnPaper(before)) expect(['ACCOMPLISHED', 'VOIDED'], 'nothing moves after the end (T-6)').not.to.include(before.state.name)
  if (after.state.name !== 'APPROVED' && before.state.name !== 'APPROVED') expect(after.possessor, 'exactly one possessor (T-1)').to.be.a('string')
  expect(after.docHash, 'the document never changes (T-7)').to.equal(before.docHash)
  expect(after.seq, 'one entry an act').to.equal(before.seq + 1)
  const pledge = pledgeInForce(before)
  const [first] = entries[0]?.events ?? []
  const acting = entries[0]?.signed.command.party
  const moved = before.possessor !== after.possessor || before.titleholder !== after.titleholder
  if (pledge && moved && before.state.name === 'ISSUED') expect(signedBy(pledge.pledgee), 'a pledged bill moves only with the bank (T-4)').to.equal(true)
  if (before.possessor !== null && before.state.name === 'ISSUED' && moved) {
    // Control leaves a party by its own signature, or by one it gave before: the offer, the pledge proposal, or possession for the titleholder of a waybill.
    const givenBefore = before.offer?.from === before.possessor || before.encumbrance.name === 'PROPOSED' || pledge !== null || !before.negotiable
    const givenBack = first?.type === 'endorsement-rejected' && before.titleholder === acting && after.possessor === before.possessor
    expect(givenBefore || givenBack || signedBy(before.possessor), 'nobody takes the bill away from its possessor (T-1)').to.equal(true)
  }
  if (pledge !== null && first?.type === 'surrender-requested') for (const party of [pledge.pledgor, pledge.pledgee]) expect(signedBy(party), 'a pledged bill is given back by both (T-4, 民法典 442)').to.equal(true)
  else if (first?.type === 'title-endorsed' || first?.type === 'pledge-proposed' || first?.type === 'surrender-requested')
    expect(before.titleholder, 'only the last endorsee, or whoever has a blank bill, disposes of it (T-8)').to.be.oneOf([acting, 'BLANK'])
  if (first?.type === 'possession-transferred') expect(after.possessor, 'nobody gets a bill they did not accept').to.equal(acting)
  const delivered = (title: Title) => Object.values(title.cargo).filter((cargo) => cargo.name === 'DELIVERED').length
  if (delivered(after) > delivered(before)) expect(before.state.name, 'delivery only after an accepted surrender (T-5)').to.equal('SURRENDERED_FOR_DELIVERY')
  const isFrozen = before.holds.some(({ kind }) => kind !== 'CARRIER_LIEN')
  if (isFrozen) expect([moved && first?.type !== 'bill-voided', delivered(after) > delivered(before)], 'a hold beats every transfer (T-14)').to.deep.equal([false, false])
  if (before.stop !== null || before.holds.length > 0) expect(delivered(after), 'nothing goes out under a hold or a stop (T-5, T-14)').to.equal(delivered(before))
  for (const lifted of before.holds.filter(({ kind, by }) => !after.holds.some((hold) => hold.kind === kind && hold.by === by))) expect(lifted.by, 'lifted by whoever placed it').to.equal(acting)
  expect(after.incidents.length, 'what happened to a box stays on the bill').to.be.at.least(before.incidents.length)
  if (first?.type === 'delivered-without-bill') expect([moved, after.state], 'a box that goes without the bill ends nothing (T-5)').to.deep.equal([false, before.state])
  if (first?.type === 'pledge-enforced') {
    expect(before.encumbrance.name, 'sold only when enforced').to.equal('ENFORCING')
    expect([after.titleholder, after.possessor], 'no pledgee keeps the goods (民法典 428)').to.deep.equal([first.to, first.to]).and.not.to.include(pledge?.pledgee)
  }
  if (first?.type === 'bill-voided' && first.reason === 'COURT') expect(before.holds.map(({ kind }) => kind), 'void by a court only what is held for it').to.include('JUDICIAL')
  const afterPledge = pledgeInForce(after)
  if (afterPledge && pledge?.pledgee !== afterPledge.pledgee) expect([signedBy(afterPledge.pledgee), pledge === null || signedBy(pledge.pledgee)], 'one pledge, passed on by both banks (T-17)').to.deep.equal([true, true])
  if (before.kind === 'straight' && first?.type !== 'pledge-enforced') expect(after.titleholder, 'a straight bill is never endorsed (T-16)').to.equal(after.state.name === 'ISSUED' && before.state.name === 'APPROVED' ? after.consignee : before.titleholder)
  if (!before.endorsable && before.titleholder !== null && after.titleholder !== before.titleholder) expect(first?.type, 'who was named only does not endorse (T-8)').to.be.oneOf(['offer-rejected', 'offer-withdrawn', 'endorsement-rejected', 'pledge-enforced'])
}

/** Bills that came in the place of others hold exactly the boxes of those, with the same contents (T-13). */
async function conserves(ledger: Ledger, entries: readonly LogEntry[]): Promise<void> {
  const issued = entries.flatMap(({ events }) => events.filter((event) => event.type === 'bill-issued'))
  const replaced = await titlesOf(ledger, [...new Set(issued.flatMap(({ predecessors }) => predecessors))])
  if (replaced.length === 0) return
  const held = (bills: readonly Pick<Title, 'contents'>[]) => bills.flatMap(({ contents }) => Object.entries(contents)).sort()
  // Only a court replaces a bill of which some boxes are out already.
  const out = replaced.flatMap(({ cargo }) => Object.entries(cargo).filter(([, { name }]) => name === 'DELIVERED' || name === 'SETTLED').map(([container]) => container))
  expect(held(issued), 'boxes and contents are conserved (T-13)').to.deep.equal(held(replaced).filter(([container]) => !out.includes(container)))
  for (const title of replaced) expect(isLive(title), 'never two live sets (T-12)').to.equal(false)
}

async function titlesOf(ledger: Ledger, billIds: readonly BillId[]): Promise<Title[]> {
  return (await Promise.all(billIds.map((billId) => ledger.read(billId)))).filter((title) => title !== null)
}

async function replays(ledger: Ledger, subject: BillId): Promise<void> {
  let title: Title | null = null
  for (const entry of await ledger.history(subject)) for (const event of entry.events) if (isTitleEvent(event)) title = evolveTitle(title, event, entry)
  expect(canonicalJson(title), 'the entries replay to the same title').to.equal(canonicalJson(await ledger.read(subject)))
}

/** Tries one act as the step says; null when it was refused. Anything but a refusal is a failure. */
async function attempt(ledger: Ledger, cast: Cast, given: Step, title: Title, boxes: readonly ContainerNumber[], codes: Map<string, string>, others: readonly Title[]): Promise<readonly LogEntry[] | null> {
  const by: Actor = cast[given.by], to = cast[given.to].partyId
  const second = { carrier: cast.carrierSecond, bank: cast.bankSecond, court: cast.courtSecond, customs: cast.customsSecond, registrar: cast.registrarSecond }[given.by as string]
  const helpers = given.helped ? [...(second ? [second] : []), cast.carrier, cast.shipper, cast.bank, cast.otherBank, cast.buyer, cast.consignee].filter((helper) => helper.signer.keyId !== by.signer.keyId) : []
  const containers = Object.keys(title.cargo) as ContainerNumber[]
  const isHere = (container: ContainerNumber): boolean => ['RECEIVED', 'RELEASED', 'DAMAGED'].includes(title.cargo[container]?.name ?? '')
  const waiting = containers.filter((container) => isHere(container) || !['sensible', 'troubled'].includes(given.mood))
  const missing = containers.find((container) => title.cargo[container]?.name === 'LOST' || title.cargo[container]?.name === 'DELIVERED_WITHOUT_BILL')
  const box = waiting[given.variant % Math.max(1, waiting.length)] ?? boxes[0] ?? aContainer()
  const { codes: fresh, releases } = await releasesFor(title.billId, containers)
  // Some offers are over before anybody can answer.
  const soon = () => new Date(Date.now() + 3).toISOString() as Instant
  const expiresAt = given.variant === 4 ? soon() : inDays(1)
  const args = {
    issue: () => issueArgs(cast, title.docHash, { kind: title.kind, containers: given.variant < 2 ? boxes : [aContainer(), aContainer()] }),
    endorse: () => (given.variant === 0 ? { to: 'BLANK', manner: 'blank' } : { to, manner: given.variant === 1 ? 'named' : 'to-order' }),
    offerPossession: () => ({ to, expiresAt }), acceptOffer: () => ({}), rejectOffer: () => ({ reason: null }), withdrawOffer: () => ({}),
    proposePledge: () => ({ pledgee: to, termsHash: aHash() }), acceptPledge: () => ({ filingHash: aHash() }), declinePledge: () => ({ reason: null }), withdrawPledge: () => ({}), releasePledge: () => ({}),
    requestSurrender: () => ({ purpose: given.variant < 3 ? 'amendment' : 'delivery', reason: given.reason }),
    acceptSurrender: () => ({ freight: 'settled', releases: title.surrender?.purpose === 'amendment' ? [] : releases.filter(({ container }) => isHere(container)) }), rejectSurrender: () => ({ reason: 'unpaid' }),
    renewReleases: () => ({ releases: releases.filter(({ container }) => container === box) }), deliver: () => ({ container: box, code: codes.get(`${title.billId}${box}`) ?? 'GUESSED1' }),
    cancel: () => ({ reason: 'wrong train' }), reissue: () => ({ successor: aSuccessor() }),
    split: () => ({ successors: [containers.slice(0, 1), containers.slice(given.variant === 0 ? 0 : 1)].map((part) => ({ ...aSuccessor(), fixedPartHash: aHash(), containers: part })) }),
    combine: () => ({ others: others.filter((other) => (waitsToBeCombined(other) && other.surrender?.returnsTo === title.surrender?.returnsTo) || given.mood === 'blind').slice(0, 19).map(({ billId, seq, headHash }) => ({ billId, expects: seq, prevHash: headHash })), successor: { ...aSuccessor(), fixedPartHash: aHash() } }),
    switchBill: () => ({ successor: { ...aSuccessor(), fixedPartHash: given.variant === 0 ? aHash() : (title.fixedPartHash ?? aHash()) } }),
    toPaper: () => ({ originals: ['A001-1', 'A001-2', 'A001-3'].map((serial) => ({ serial, visualisationHash: aHash() })) }), fromPaper: () => backFromPaper(given, title, cast),
    rejectEndorsement: () => ({ reason: null }), placeHold: () => ({ kind: given.kind, referenceHash: aHash() }), liftHold: () => ({ kind: given.kind, referenceHash: aHash() }),
    declareDefault: () => ({ noticeHash: aHash(), curesAt: given.variant === 4 ? inDays(1) : soon() }), cureDefault: () => ({}), enforcePledge: () => ({ basis: enforcementBases[given.variant % 3], basisHash: aHash() }), sellEnforced: () => ({ to, proceedsHash: aHash() }),
    assignPledge: () => ({ to, termsHash: aHash(), filingHash: aHash() }), stopDelivery: () => ({ instructionHash: aHash() }), resumeDelivery: () => ({}), settleIncident: () => ({ container: missing ?? box }),
    reportLoss: () => (missing && given.variant > 3 ? { container: missing, condition: 'FOUND', reportHash: aHash() } : { container: box, condition: given.variant < 2 ? 'LOST' : 'DAMAGED', reportHash: aHash() }),
    recordWrongfulDelivery: () => ({ container: box, indemnifier: to, indemnityHash: aHash() }),
    voidByCourt: () => ({ orderHash: aHash(), successor: given.to === 'thief' ? null : { ...aSuccessor(), titleholder: to } }),
  }[given.action as Try]()
  try {
    const receipt = await act(ledger, { by, action: given.action, subject: title.billId, with: helpers, args })
    if (given.action === 'acceptSurrender') for (const [container, code] of fresh) codes.set(`${title.billId}${container}`, code)
    if (given.action === 'renewReleases') codes.set(`${title.billId}${box}`, fresh.get(box) ?? '')
    return receipt.entries
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

const aSuccessor = () => ({ billId: aBillId(), docHash: aHash(), visualisationHash: aHash() })

/** The full set from whoever may bring it, mostly. */
function backFromPaper({ variant }: Step, title: Title, cast: Cast): object {
  const serials = title.medium.name === 'PAPER' ? title.medium.serials.slice(variant === 0 ? 1 : 0) : ['A001-1']
  const holder = pledgeInForce(title) ? cast.bank.partyId : cast.shipper.partyId
  const titleholder = title.endorsable && variant > 2 ? holder : (title.titleholder ?? 'BLANK')
  return { successor: aSuccessor(), serials, statementHash: aHash(), holder, titleholder, endorsable: title.endorsable }
}
