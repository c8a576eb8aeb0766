import { pledgeInForce, type ArgsOf, type ContainerNumber, type ParsedCommand, type PartyId, type Title } from '@yidan/ledger'
import type { Language } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import { recordFrozen } from './approval.ts'
import { commitmentIsKnown, openCommitment } from './commitments.ts'
import type { BillDesk } from './desk.ts'
import { refuseUnlessPrepared } from './issue.ts'
import { releasesArePrepared } from './releases.ts'
import { refuseUnlessReplacementPrepared } from './replacement.ts'
import { serviceNames } from './services.ts'
import { refuseUnlessPaper } from './title-papers.ts'

interface Given<N extends keyof Checks> {
  readonly desk: BillDesk
  readonly args: ArgsOf<N>
  readonly at: string
  readonly party: PartyId
  /** Null before approval. */
  readonly title: Title | null
  readonly billId: Title['billId']
  readonly language: Language
}
type Checked =
  | 'approve' | 'issue' | 'reissue' | 'split' | 'combine' | 'switchBill' | 'toPaper' | 'fromPaper' | 'cancel' | 'proposePledge' | 'acceptPledge' | 'acceptSurrender' | 'renewReleases'
  | 'declareDefault' | 'enforcePledge' | 'sellEnforced' | 'assignPledge' | 'placeHold' | 'liftHold' | 'stopDelivery' | 'reportLoss' | 'recordWrongfulDelivery' | 'voidByCourt'
type Checks = { readonly [N in Checked]: (given: Given<N>) => Promise<void> }

/**
 * What the platform asks before the ledger does: that the papers behind a hash are kept, that the cargo is where the act supposes. The
 * ledger decides title by itself; nothing here lets anybody do what it would refuse.
 */
const checks: Checks = {
  async approve({ desk, args, billId, party }) {
    const draft = await desk.store.drafts.findOne({ billId })
    if (draft?.document == null || draft.stage !== 'sent' || draft.amendmentOf !== null) throw new Problem('draft-not-sent')
    // Nobody else can make himself the shipper by being first: the stream would be his.
    if (party !== draft.shipper) throw new Problem('not-shipper', { billId })
    const { document, docHash, carrier } = draft
    if (args.docHash !== docHash || args.kind !== document.kind || args.negotiable !== document.negotiable || args.carrier !== carrier) throw new Problem('wrong-document-hash', { frozen: docHash })
    await recordFrozen(desk, draft)
  },
  issue: ({ desk, args, at, language }) => refuseUnlessPrepared(desk, { visualisationHash: args.visualisationHash, at, args, language }),
  async reissue({ desk, args, at, language }) {
    await refuseUnlessPrepared(desk, { visualisationHash: args.successor.visualisationHash, at, args, language })
    const draft = await desk.store.drafts.findOne({ billId: args.successor.billId })
    if (draft) await recordFrozen(desk, draft)
  },
  split: ({ desk, ...given }) => refuseUnlessReplacementPrepared(desk, { action: 'split', ...given }),
  combine: ({ desk, ...given }) => refuseUnlessReplacementPrepared(desk, { action: 'combine', ...given }),
  switchBill: ({ desk, ...given }) => refuseUnlessReplacementPrepared(desk, { action: 'switchBill', ...given }),
  toPaper: ({ desk, ...given }) => refuseUnlessReplacementPrepared(desk, { action: 'toPaper', ...given }),
  fromPaper: ({ desk, ...given }) => refuseUnlessReplacementPrepared(desk, { action: 'fromPaper', ...given }),
  async cancel({ desk, title }) {
    if (title !== null && title.visualisationHash !== null && (await hasDeparted(desk, title))) throw new Problem('cargo-departed')
  },
  async proposePledge({ desk, args, billId }) {
    if (!(await commitmentIsKnown(desk, { billId, hash: args.termsHash, kind: 'terms' }))) throw new Problem('commitment-unknown')
  },
  async acceptPledge({ desk, args, billId }) {
    if (!(await commitmentIsKnown(desk, { billId, hash: args.filingHash, kind: 'filing' }))) throw new Problem('commitment-unknown')
  },
  async declareDefault({ desk, args, billId, title }) {
    const notice = await refuseUnlessPaper(desk, { billId, hash: args.noticeHash, kind: 'notice' })
    // 民法典 436: not paid when due; before that only where a covenant was broken.
    if (notice.ground === 'unpaid' && title !== null && (await isNotDue(desk, title))) throw new Problem('debt-not-due')
  },
  async enforcePledge({ desk, args, billId }) {
    const { basis } = await refuseUnlessPaper(desk, { billId, hash: args.basisHash, kind: 'basis' })
    if (basis !== args.basis) throw new Problem('commitment-unknown')
  },
  async sellEnforced({ desk, args, billId }) {
    await refuseUnlessPaper(desk, { billId, hash: args.proceedsHash, kind: 'proceeds' })
  },
  async assignPledge({ desk, args, billId }) {
    const known = await Promise.all([commitmentIsKnown(desk, { billId, hash: args.termsHash, kind: 'terms' }), commitmentIsKnown(desk, { billId, hash: args.filingHash, kind: 'filing' })])
    if (!known.every(Boolean)) throw new Problem('commitment-unknown')
  },
  placeHold: refuseUnlessHoldPaper,
  liftHold: refuseUnlessHoldPaper,
  async stopDelivery({ desk, args, billId }) {
    await refuseUnlessPaper(desk, { billId, hash: args.instructionHash, kind: 'stop' })
  },
  async reportLoss({ desk, args, billId }) {
    const { container, condition } = await refuseUnlessPaper(desk, { billId, hash: args.reportHash, kind: 'loss' })
    if (container !== args.container || condition !== args.condition) throw new Problem('commitment-unknown')
  },
  async recordWrongfulDelivery({ desk, args, billId }) {
    const { container } = await refuseUnlessPaper(desk, { billId, hash: args.indemnityHash, kind: 'indemnity' })
    if (container !== args.container) throw new Problem('commitment-unknown')
  },
  async voidByCourt({ desk, args, at, billId, title }) {
    await refuseUnlessPaper(desk, { billId, hash: args.orderHash, kind: 'order' })
    if (args.successor !== null) await refuseUnlessReplacementPrepared(desk, { action: 'voidByCourt', args, at, title })
  },
  async acceptSurrender({ desk, args, billId }) {
    if (!(await releasesArePrepared(desk, { billId, releases: args.releases }))) throw new Problem('release-not-prepared')
  },
  async renewReleases({ desk, args, billId }) {
    if (!(await releasesArePrepared(desk, { billId, releases: args.releases }))) throw new Problem('release-not-prepared')
  },
}

async function refuseUnlessHoldPaper({ desk, args, billId }: Pick<Given<'placeHold' | 'liftHold'>, 'desk' | 'args' | 'billId'>): Promise<void> {
  const { hold } = await refuseUnlessPaper(desk, { billId, hash: args.referenceHash, kind: 'hold' })
  if (hold !== args.kind) throw new Problem('commitment-unknown')
}

/** Whether the terms kept here say that the debt falls due later. Days are Luoyang's. */
async function isNotDue(desk: BillDesk, title: Title): Promise<boolean> {
  const pledge = pledgeInForce(title)
  const terms = pledge && (await openCommitment(desk, pledge.termsHash))
  const due = terms?.['dueDate']
  return typeof due === 'string' && desk.ports.clock() < new Date(`${due}T23:59:59.999+08:00`)
}

/** @throws Problem when something the act rests on is not there */
export async function checkTitleAction(desk: BillDesk, { signed: { command }, args }: ParsedCommand, title: Title | null, language: Language): Promise<void> {
  const check = (checks as Readonly<Record<string, ((given: Given<never>) => Promise<void>) | undefined>>)[command.action]
  await check?.({ desk, args: args as never, at: command.at, party: command.party, title, billId: command.subject as Title['billId'], language })
}

/** Whether the first unit has left with the boxes, or a box has gone out of the gate, since the bill was issued. */
async function hasDeparted({ ports, store }: BillDesk, title: Title): Promise<boolean> {
  const bill = await store.bills.findOne({ _id: title.billId })
  const paper = await store.documents.findOne({ _id: title.docHash })
  if (!bill?.issuedAt || !paper) return false
  const since = bill.issuedAt
  const boxes = await store.boxes.find({ _id: { $in: Object.keys(title.cargo) as ContainerNumber[] } }).toArray()
  if (boxes.some(({ events }) => events.some(({ code, at }) => code === 'GTOT' && at >= since))) return true
  const loaded = boxes.some(({ events }) => events.some(({ code, at }) => code === 'LOAD' && at >= since))
  const departures = await Promise.all(serviceNames(paper.text).map((service) => ports.eventLog.newestAbout(`service:${service}`, 1_000)))
  const events = departures.flat().flatMap(({ event }) => (event.type === 'tracking-received' ? [event] : []))
  const retracted = new Set(events.map(({ retracts }) => retracts))
  return events.some(({ event }) =>
    event.eventType === 'TRANSPORT' && event.transportEventTypeCode === 'DEPA' && event.eventClassifierCode === 'ACT' && !retracted.has(event.eventID) && (loaded || new Date(event.eventDateTime).toISOString() >= since))
}
