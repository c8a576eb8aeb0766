import type { BillView, CompanyView } from '@yidan/api/contract'
import { endorsementManners, noHash, type ActionName, type ArgsOf, type ContainerNumber, type Hash, type Instant, type Title } from '@yidan/ledger'
import { call } from '../../api.ts'
import { amountOf } from './amount.ts'

/** Everything a title action may ask of a person; each form shows its part. */
export interface ActInput {
  to: CompanyView | null
  manner: (typeof endorsementManners)[number]
  days: number
  reason: string
  purpose: 'delivery' | 'amendment'
  amount: string
  currency: 'CNY' | 'USD' | 'EUR'
  dueDate: string
  use: string
  registryNumber: string
  filedOn: string
  freight: 'prepaid' | 'settled' | 'waived'
}

export function emptyInput(): ActInput {
  return { to: null, manner: 'to-order', days: 3, reason: '', purpose: 'delivery', amount: '', currency: 'CNY', dueDate: '', use: '', registryNumber: '', filedOn: '', freight: 'prepaid' }
}

/** What each action asks for, in order. An action that asks nothing only wants the signature. */
export const asks = {
  endorse: ['manner', 'to'],
  offerPossession: ['to', 'days'],
  acceptOffer: [],
  rejectOffer: ['reason?'],
  withdrawOffer: [],
  proposePledge: ['to', 'terms'],
  acceptPledge: ['filing'],
  declinePledge: ['reason?'],
  withdrawPledge: [],
  releasePledge: [],
  requestSurrender: ['purpose', 'reason?'],
  acceptSurrender: ['freight', 'days'],
  rejectSurrender: ['reason'],
  renewReleases: ['days'],
  cancel: ['reason'],
} as const satisfies Partial<Record<ActionName, readonly string[]>>
export type DialogAction = keyof typeof asks

export function isDialogAction(action: string): action is DialogAction {
  return Object.hasOwn(asks, action)
}

const dateShape = /^\d{4}-\d{2}-\d{2}$/

/** Which question still lacks its answer. */
export function missing(action: DialogAction, input: ActInput, title: Title): string | null {
  const wanted: readonly string[] = asks[action]
  if (wanted.includes('to') && input.to === null && !(action === 'endorse' && input.manner === 'blank')) return 'to'
  if (wanted.includes('reason') && input.reason.trim() === '') return 'reason'
  if (wanted.includes('terms')) {
    if (amountOf(input.amount) === null || amountOf(input.amount) === '0.00') return 'amount'
    if (!dateShape.test(input.dueDate)) return 'dueDate'
  }
  if (wanted.includes('filing') && (input.registryNumber.trim() === '' || !dateShape.test(input.filedOn))) return 'filing'
  const isDaysUsed = wanted.includes('days') && !(action === 'acceptSurrender' && title.surrender?.purpose === 'amendment')
  if (isDaysUsed && !(Number.isInteger(input.days) && input.days >= 1 && input.days <= (action === 'offerPossession' ? 30 : 60))) return 'days'
  return null
}

const after = (days: number): Instant => new Date(Date.now() + days * 86_400_000).toISOString() as Instant
const optional = (text: string): string | null => (text.trim() === '' ? null : text.trim())

type ArgsMaker = { readonly [N in DialogAction]: (given: { input: ActInput; title: Title; hash: Hash; releases: ArgsOf<'renewReleases'>['releases'] }) => ArgsOf<N> }

/** The arguments that will be signed. `hash` and `releases` come from the server; a preview stands in for them with blanks. */
const argsOf: ArgsMaker = {
  endorse: ({ input }) => ({ manner: input.manner, to: input.manner === 'blank' ? 'BLANK' : chosen(input).partyId }),
  offerPossession: ({ input }) => ({ to: chosen(input).partyId, expiresAt: after(input.days) }),
  acceptOffer: () => ({}),
  rejectOffer: ({ input }) => ({ reason: optional(input.reason) }),
  withdrawOffer: () => ({}),
  proposePledge: ({ input, hash }) => ({ pledgee: chosen(input).partyId, termsHash: hash }),
  acceptPledge: ({ hash }) => ({ filingHash: hash }),
  declinePledge: ({ input }) => ({ reason: optional(input.reason) }),
  withdrawPledge: () => ({}),
  releasePledge: () => ({}),
  requestSurrender: ({ input }) => ({ purpose: input.purpose, reason: optional(input.reason) }),
  acceptSurrender: ({ input, releases }) => ({ freight: input.freight, releases }),
  rejectSurrender: ({ input }) => ({ reason: input.reason.trim() }),
  renewReleases: ({ releases }) => ({ releases }),
  cancel: ({ input }) => ({ reason: input.reason.trim() }),
}

/** For trying the rule out before anything is sent. */
export function previewArgs<N extends DialogAction>(action: N, input: ActInput, title: Title): ArgsOf<N> {
  const here = Object.entries(title.cargo).filter(([, cargo]) => cargo.name !== 'DELIVERED').map(([container]) => container as ContainerNumber)
  const isWanted = action !== 'acceptSurrender' || title.surrender?.purpose === 'delivery'
  return argsOf[action]({ input, title, hash: noHash, releases: isWanted ? here.map((container) => ({ container, codeHash: noHash, expiresAt: after(input.days) })) : [] })
}

/** What will be signed: private terms are kept by the platform first and only their hash goes on; release codes are made. */
export async function finalArgs<N extends DialogAction>(action: N, input: ActInput, bill: BillView, title: Title): Promise<ArgsOf<N>> {
  const params = { billNumber: bill.billNumber }
  let hash: Hash = noHash, releases: ArgsOf<'renewReleases'>['releases'] = []
  if (action === 'proposePledge') {
    const body = { pledgee: chosen(input).partyId, amount: amountOf(input.amount) ?? '', currency: input.currency, dueDate: input.dueDate, ...(input.use.trim() === '' ? {} : { purpose: input.use.trim() }) }
    hash = (await call('commitPledgeTerms', { params, body })).hash as Hash
  }
  if (action === 'acceptPledge') hash = (await call('commitPledgeFiling', { params, body: { registryNumber: input.registryNumber.trim(), filedOn: input.filedOn } })).hash as Hash
  if (action === 'renewReleases' || (action === 'acceptSurrender' && title.surrender?.purpose === 'delivery')) {
    releases = (await call('prepareRelease', { params, body: { days: input.days } })).releases as typeof releases
  }
  return argsOf[action]({ input, title, hash, releases })
}

function chosen({ to }: ActInput): CompanyView {
  if (!to) throw new Error('no company is chosen')
  return to
}
