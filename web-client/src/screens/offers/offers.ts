import type { InboxItem } from '@yidan/api/contract'
import type { DialogAction } from '../../widgets/act-dialog/act-input.ts'

export const offerFilters = ['all', 'offer', 'pledge', 'surrender', 'signature', 'sent'] as const
export type OfferFilter = (typeof offerFilters)[number]

/** What can be answered on the spot, and with which acts: yes first. A request for a signature is answered by signing along. */
export const answers: Partial<Record<InboxItem['kind'], { readonly filter: OfferFilter; readonly acts: readonly DialogAction[] }>> = {
  'offer-received': { filter: 'offer', acts: ['acceptOffer', 'rejectOffer'] },
  'pledge-offered': { filter: 'pledge', acts: ['acceptPledge', 'declinePledge'] },
  'surrender-requested': { filter: 'surrender', acts: ['acceptSurrender', 'rejectSurrender'] },
  'signature-wanted': { filter: 'signature', acts: [] },
}

/** What waits for the company's answer, what ends first on top. */
export function offersIn(items: readonly InboxItem[]): readonly InboxItem[] {
  return items.filter(({ kind }) => answers[kind] !== undefined).sort((one, other) => (one.until ?? '9').localeCompare(other.until ?? '9') || other.since.localeCompare(one.since))
}

export function filterFrom(query: unknown): OfferFilter {
  return offerFilters.find((filter) => filter === query) ?? 'all'
}

/** Whether it ends within a day. */
export function isPressing({ until }: Pick<InboxItem, 'until'>, now: number): boolean {
  return until !== null && Date.parse(until) - now < 86_400_000
}
