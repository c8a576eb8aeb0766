import { bindingReasons, enforcementBases, holdKinds, isLive, isOnPaper, pledgeInForce, titleActionNames, type ActionName, type BillId, type BindingReason, type ContainerNumber, type Hold, type Instant, type PartyId, type Title } from '@yidan/ledger'
import fc from 'fast-check'
import { aBill, aBillId, aContainer, act, aHash, anApprovedBill, inDays, issueArgs, releasesFor, type ActedOn, type ActGiven, type Actor, type BillKindGiven, type Cast } from './ledger-actors.ts'

/** Histories by honest and hostile actors, at random: who tries what on which bill, and the arguments that make it likely or unlikely to pass. */
export const actorNames = ['carrier', 'shipper', 'consignee', 'buyer', 'bank', 'otherBank', 'terminal', 'thief', 'court', 'customs', 'insurer', 'registrar'] as const
export type Who = (typeof actorNames)[number]
export const tries = titleActionNames.filter((name) => name !== 'approve')
type Try = Exclude<(typeof tries)[number], 'approve' | 'registerParty' | 'registerKey' | 'revokeKey' | 'reportKeyLoss' | 'withdrawKeyLossReport' | 'rebindKeys'>

/** Blind: anybody tries anything. Sensible: one of the acts that the bill's state calls for, by whoever may. Amending: one that leads to another bill in its place. Troubled: something goes wrong. Tempted: any act by one who is close to the bill. */
export interface Step { readonly mood: 'blind' | 'sensible' | 'amending' | 'troubled' | 'tempted'; readonly action: ActionName; readonly by: Who; readonly to: Who; readonly bill: number; readonly helped: boolean; readonly variant: number; readonly reason: BindingReason | null; readonly kind: Hold['kind'] }
export const step: fc.Arbitrary<Step> = fc.record({
  mood: fc.constantFrom('sensible', 'sensible', 'sensible', 'sensible', 'amending', 'amending', 'troubled', 'tempted', 'tempted', 'blind'), action: fc.constantFrom(...tries), by: fc.constantFrom(...actorNames), to: fc.constantFrom(...actorNames), bill: fc.nat(5), helped: fc.boolean(), variant: fc.nat(5), reason: fc.constantFrom(null, ...bindingReasons), kind: fc.constantFrom(...holdKinds),
})

export const kind = fc.constantFrom('to-order' as const, 'straight' as const, 'to-named-order' as const, 'blank' as const)
export const steps = fc.array(step, { minLength: 20, maxLength: 60 })

/** What a history starts with: an issued bill with two boxes, an approved one, another, and where its kind allows it a pledged one. */
export async function firstBills(ledger: ActedOn, cast: Cast, kind: BillKindGiven): Promise<{ readonly bills: BillId[]; readonly boxes: readonly ContainerNumber[] }> {
  const boxes = [aContainer(), aContainer()]
  const bills = [(await aBill(ledger, cast, { kind, containers: boxes })).billId, (await anApprovedBill(ledger, cast, { kind })).billId, (await aBill(ledger, cast, { kind })).billId]
  if (kind !== 'straight' && kind !== 'to-named-order') bills.push(await aPledgedBill(ledger, cast, kind))
  return { bills, boxes }
}

async function aPledgedBill(ledger: ActedOn, cast: Cast, kind: 'to-order' | 'blank'): Promise<BillId> {
  const { billId } = await aBill(ledger, cast, { kind })
  await act(ledger, { by: cast.shipper, action: 'proposePledge', subject: billId, args: { pledgee: cast.bank.partyId, termsHash: aHash() } })
  await act(ledger, { by: cast.bank, action: 'acceptPledge', subject: billId, args: { filingHash: aHash() } })
  return billId
}

/** What the draw becomes in the mood it was drawn in. */
export function inItsMood(drawn: Step, title: Title, cast: Cast, others: readonly Title[]): Step {
  if (drawn.mood === 'sensible' || drawn.mood === 'amending') return sensible(drawn, title, cast, others)
  return drawn.mood === 'troubled' ? troubled(drawn, title, cast) : drawn.mood === 'tempted' ? tempted(drawn, title, cast) : drawn
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

export async function titlesOf(ledger: Pick<ActedOn, 'read'>, billIds: readonly BillId[]): Promise<Title[]> {
  return (await Promise.all(billIds.map((billId) => ledger.read(billId)))).filter((title) => title !== null)
}

export interface Scene {
  readonly cast: Cast
  readonly title: Title
  readonly boxes: readonly ContainerNumber[]
  /** Release codes by bill and box, as whoever holds the bill got them. */
  readonly codes: Map<string, string>
  readonly others: readonly Title[]
  /** In how many milliseconds what ends soon has ended; three, unless the ledger takes longer to decide. */
  readonly endsIn?: number
}

/** The act a step comes to. Once it is recorded, `recorded` hands out the release codes it made. */
export async function actOf(given: Step, { cast, title, boxes, codes, others, endsIn = 3 }: Scene): Promise<{ readonly act: ActGiven<ActionName>; recorded(): void }> {
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
  const soon = () => new Date(Date.now() + endsIn).toISOString() as Instant
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
  return {
    act: { by, action: given.action, subject: title.billId, with: helpers, args },
    recorded() {
      if (given.action === 'acceptSurrender') for (const [container, code] of fresh) codes.set(`${title.billId}${container}`, code)
      if (given.action === 'renewReleases') codes.set(`${title.billId}${box}`, fresh.get(box) ?? '')
    },
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
