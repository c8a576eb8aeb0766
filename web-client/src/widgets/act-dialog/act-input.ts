import type { BillView, TitlePaper } from '@yidan/api/contract'
import { fromMinor, noHash, toMinor, type ActionName, type ArgsOf, type BillId, type ContainerNumber, type Hash, type Hold, type Instant, type Title } from '@yidan/ledger'
import { call } from '../../api.ts'
import { amountOf } from './amount.ts'
import { isAnswered, isEmpty, type About, type ActInput, type FieldName } from './fields.ts'

/** What each action asks for, in order; a question mark makes it optional. An action that asks nothing only wants the signature. */
export const asks = {
  endorse: ['manner', 'to'],
  rejectEndorsement: ['reason?'],
  offerPossession: ['to', 'offerDays'],
  acceptOffer: [],
  rejectOffer: ['reason?'],
  withdrawOffer: [],
  proposePledge: ['bank', 'amount', 'currency', 'dueDate', 'use?'],
  acceptPledge: ['registryNumber', 'filedOn'],
  declinePledge: ['reason?'],
  withdrawPledge: [],
  releasePledge: [],
  declareDefault: ['ground', 'notice', 'sentBy', 'sentOn', 'cureDays'],
  cureDefault: [],
  enforcePledge: ['basis', 'decidedBy', 'reference', 'decidedOn', 'words?'],
  sellEnforced: ['to', 'currency', 'price', 'costs', 'debt'],
  assignPledge: ['bank', 'amount', 'currency', 'dueDate', 'registryNumber', 'filedOn'],
  requestSurrender: ['purpose', 'change', 'reason?'],
  acceptSurrender: ['freight', 'codeDays'],
  rejectSurrender: ['reason'],
  renewReleases: ['codeDays'],
  stopDelivery: ['instruction', 'security'],
  resumeDelivery: [],
  cancel: ['reason'],
  reportLoss: ['box', 'condition', 'words', 'surveyor?', 'estimate?', 'currency'],
  recordWrongfulDelivery: ['box', 'deliveredTo', 'indemnifier', 'reference', 'amount', 'currency'],
  settleIncident: ['goneBox'],
  placeHold: ['hold', 'authority', 'reference', 'words'],
  liftHold: ['placedHold', 'authority', 'reference', 'words'],
  voidByCourt: ['court', 'reference', 'decidedOn', 'words', 'heir?'],
} as const satisfies Partial<Record<ActionName, readonly (FieldName | `${FieldName}?`)[]>>
export type DialogAction = keyof typeof asks

export function isDialogAction(action: string): action is DialogAction {
  return Object.hasOwn(asks, action)
}

export interface Question { readonly name: FieldName; readonly optional: boolean }

/** The questions as far as the answers before them leave them open. */
export function questionsOf(action: DialogAction, input: ActInput, { title }: About): readonly Question[] {
  const asked = (asks[action] as readonly string[]).map((name): Question => ({ name: name.replace('?', '') as FieldName, optional: name.endsWith('?') }))
  return asked.flatMap((question): Question[] => {
    if (action === 'endorse' && question.name === 'to' && input.manner === 'blank') return []
    if (question.name === 'change' && input.purpose === 'delivery') return []
    if (action === 'requestSurrender' && question.name === 'reason') return input.purpose === 'amendment' && input.change !== 'words' ? [] : [{ ...question, optional: input.purpose === 'delivery' }]
    if (action === 'acceptSurrender' && title.surrender?.purpose === 'amendment' && question.name === 'codeDays') return []
    if (action === 'reportLoss' && question.name === 'currency' && isEmpty('estimate', input)) return []
    return [question]
  })
}

/** Which question still lacks its answer. */
export function missing(action: DialogAction, input: ActInput, about: About): FieldName | null {
  return questionsOf(action, input, about).find(({ name, optional }) => !(optional && isEmpty(name, input)) && !isAnswered(name, input, about))?.name ?? null
}

/** What the platform keeps off the ledger and answers with a hash, or makes beforehand. A preview has blanks in their place. */
interface Kept { readonly hash: Hash; readonly filing: Hash; readonly releases: ArgsOf<'renewReleases'>['releases']; readonly successor: ArgsOf<'voidByCourt'>['successor'] }

const after = (days: number): Instant => new Date(Date.now() + days * 86_400_000).toISOString() as Instant
const optional = (text: string): string | null => (text.trim() === '' ? null : text.trim())
const surrenderReason = ({ purpose, change, reason }: ActInput): string | null => (purpose === 'amendment' && change !== 'words' ? change : optional(reason))

type ArgsMaker = { readonly [N in DialogAction]: (given: { input: ActInput; kept: Kept }) => ArgsOf<N> }
const argsOf: ArgsMaker = {
  endorse: ({ input }) => ({ manner: input.manner, to: input.manner === 'blank' ? 'BLANK' : partyIn(input, 'to') }),
  rejectEndorsement: ({ input }) => ({ reason: optional(input.reason) }),
  offerPossession: ({ input }) => ({ to: partyIn(input, 'to'), expiresAt: after(input.offerDays) }),
  acceptOffer: () => ({}),
  rejectOffer: ({ input }) => ({ reason: optional(input.reason) }),
  withdrawOffer: () => ({}),
  proposePledge: ({ input, kept }) => ({ pledgee: partyIn(input, 'bank'), termsHash: kept.hash }),
  acceptPledge: ({ kept }) => ({ filingHash: kept.filing }),
  declinePledge: ({ input }) => ({ reason: optional(input.reason) }),
  withdrawPledge: () => ({}),
  releasePledge: () => ({}),
  declareDefault: ({ input, kept }) => ({ noticeHash: kept.hash, curesAt: after(input.cureDays) }),
  cureDefault: () => ({}),
  enforcePledge: ({ input, kept }) => ({ basis: input.basis, basisHash: kept.hash }),
  sellEnforced: ({ input, kept }) => ({ to: partyIn(input, 'to'), proceedsHash: kept.hash }),
  assignPledge: ({ input, kept }) => ({ to: partyIn(input, 'bank'), termsHash: kept.hash, filingHash: kept.filing }),
  requestSurrender: ({ input }) => ({ purpose: input.purpose, reason: surrenderReason(input) }),
  acceptSurrender: ({ input, kept }) => ({ freight: input.freight, releases: kept.releases }),
  rejectSurrender: ({ input }) => ({ reason: input.reason.trim() }),
  renewReleases: ({ kept }) => ({ releases: kept.releases }),
  stopDelivery: ({ kept }) => ({ instructionHash: kept.hash }),
  resumeDelivery: () => ({}),
  cancel: ({ input }) => ({ reason: input.reason.trim() }),
  reportLoss: ({ input, kept }) => ({ container: input.box as ContainerNumber, condition: input.condition, reportHash: kept.hash }),
  recordWrongfulDelivery: ({ input, kept }) => ({ container: input.box as ContainerNumber, indemnifier: partyIn(input, 'indemnifier'), indemnityHash: kept.hash }),
  settleIncident: ({ input }) => ({ container: input.goneBox as ContainerNumber }),
  placeHold: ({ input, kept }) => ({ kind: input.hold as Hold['kind'], referenceHash: kept.hash }),
  liftHold: ({ input, kept }) => ({ kind: input.placedHold as Hold['kind'], referenceHash: kept.hash }),
  voidByCourt: ({ kept }) => ({ orderHash: kept.hash, successor: kept.successor }),
}

/** The paper that an act rests on, where it rests on one. */
const paperOf: Partial<Record<DialogAction, (input: ActInput) => TitlePaper>> = {
  declareDefault: ({ ground, notice, sentBy, sentOn }) => ({ kind: 'notice', ground, text: notice.trim(), sentBy, sentOn }),
  enforcePledge: ({ basis, decidedBy, reference, decidedOn, words }) => ({ kind: 'basis', basis, decidedBy: decidedBy.trim(), reference: reference.trim(), decidedOn, ...(words.trim() === '' ? {} : { text: words.trim() }) }),
  sellEnforced: (input) => ({ kind: 'proceeds', currency: input.currency, price: amountIn(input, 'price'), costs: amountIn(input, 'costs'), debt: amountIn(input, 'debt'), surplus: surplusOf(input) ?? '0.00' }),
  stopDelivery: ({ instruction, security }) => ({ kind: 'stop', instruction: instruction.trim(), security: security.trim() }),
  reportLoss: (input) => ({
    kind: 'loss', container: input.box as ContainerNumber, condition: input.condition, text: input.words.trim(), ...(isEmpty('surveyor', input) ? {} : { surveyor: input.surveyor.trim() }),
    estimate: isEmpty('estimate', input) ? null : { amount: amountIn(input, 'estimate'), currency: input.currency },
  }),
  recordWrongfulDelivery: (input) => ({ kind: 'indemnity', container: input.box as ContainerNumber, deliveredTo: input.deliveredTo.trim(), reference: input.reference.trim(), amount: amountIn(input, 'amount'), currency: input.currency }),
  placeHold: ({ hold, ...input }) => ({ kind: 'hold', hold: hold as Hold['kind'], ...referred(input) }),
  liftHold: ({ placedHold, ...input }) => ({ kind: 'hold', hold: placedHold as Hold['kind'], ...referred(input) }),
  voidByCourt: ({ court, reference, decidedOn, words }) => ({ kind: 'order', court: court.trim(), reference: reference.trim(), decidedOn, text: words.trim() }),
}

/** For trying the rule out before anything is sent. */
export function previewArgs<N extends DialogAction>(action: N, input: ActInput, title: Title): ArgsOf<N> {
  const here = Object.entries(title.cargo).filter(([, cargo]) => cargo.name !== 'DELIVERED').map(([container]) => container as ContainerNumber)
  const isWanted = action !== 'acceptSurrender' || title.surrender?.purpose === 'delivery'
  const successor = input.heir && { billId: `b${'0'.repeat(32)}` as BillId, docHash: noHash, visualisationHash: noHash, titleholder: input.heir.partyId }
  return argsOf[action]({ input, kept: { hash: noHash, filing: noHash, releases: isWanted ? here.map((container) => ({ container, codeHash: noHash, expiresAt: after(input.codeDays) })) : [], successor } })
}

/** What will be signed, and the moment it must bear where a print already names it: papers and private terms are kept by the platform first and only their salted hash goes on; release codes and a court's new bill are made. */
export async function finalArgs<N extends DialogAction>(action: N, input: ActInput, bill: BillView, title: Title): Promise<{ readonly args: ArgsOf<N>; readonly at?: string }> {
  const params = { billNumber: bill.billNumber }
  let hash: Hash = noHash, filing: Hash = noHash, releases: Kept['releases'] = []
  const paper = paperOf[action]?.(input)
  if (paper) hash = (await call('commitTitlePaper', { params, body: paper })).hash as Hash
  if (action === 'proposePledge' || action === 'assignPledge') {
    const body = { pledgee: partyIn(input, 'bank'), amount: amountIn(input, 'amount'), currency: input.currency, dueDate: input.dueDate, ...(isEmpty('use', input) ? {} : { purpose: input.use.trim() }) }
    hash = (await call('commitPledgeTerms', { params, body })).hash as Hash
  }
  if (action === 'acceptPledge' || action === 'assignPledge') filing = (await call('commitPledgeFiling', { params, body: { registryNumber: input.registryNumber.trim(), filedOn: input.filedOn } })).hash as Hash
  if (action === 'renewReleases' || (action === 'acceptSurrender' && title.surrender?.purpose === 'delivery')) {
    releases = (await call('prepareRelease', { params, body: { days: input.codeDays } })).releases as typeof releases
  }
  if (action === 'voidByCourt' && input.heir) {
    const made = await call('prepareCourtSuccessor', { params, body: { titleholder: input.heir.partyId, orderHash: hash } })
    return { args: made.args as ArgsOf<N>, at: made.issuedAt }
  }
  return { args: argsOf[action]({ input, kept: { hash, filing, releases, successor: null } }) }
}

/** What is left of a sale after costs and debt is the pledgor's (民法典 438); null while an amount is missing. */
export function surplusOf(input: ActInput): string | null {
  const [price, costs, debt] = [input.price, input.costs, input.debt].map(amountOf)
  if (price == null || costs == null || debt == null) return null
  const left = toMinor(price) - toMinor(costs) - toMinor(debt)
  return fromMinor(left > 0n ? left : 0n)
}

function referred({ authority, reference, words }: Pick<ActInput, 'authority' | 'reference' | 'words'>): { authority: string; reference: string; text: string } {
  return { authority: authority.trim(), reference: reference.trim(), text: words.trim() }
}

function amountIn(input: ActInput, name: 'amount' | 'price' | 'costs' | 'debt' | 'estimate'): string {
  return amountOf(input[name]) ?? ''
}

function partyIn(input: ActInput, name: 'to' | 'bank' | 'indemnifier') {
  const company = input[name]
  if (!company) throw new Error(`no company is chosen: ${name}`)
  return company.partyId
}
