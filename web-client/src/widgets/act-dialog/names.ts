import type { BillView, CompanyView, PartyRef } from '@yidan/api/contract'
import { say } from '../../i18n/index.ts'
import { language } from '../../i18n/language.ts'

/** Whoever holds, as every screen and export shows it: the name in the reader’s language; the ledger's id, shortened, when the name is not the reader's to know; the words for it where a blank bill names nobody. */
export function partyName(party: PartyRef | 'BLANK' | null): string {
  if (party === 'BLANK') return say('state.bearer')
  if (!party) return say('act.nobody')
  const name = language.value === 'en' ? (party.nameEn ?? party.name) : (party.name ?? party.nameEn)
  return name ?? `${party.partyId.slice(0, 9)}…`
}

/** Names for the ledger's ids as far as this bill and this choice tell them. */
export function namesOf({ standing, document, actions }: BillView, chosen: readonly CompanyView[] = [], own: CompanyView | null = null): (partyId: string) => string {
  const names = new Map<string, string>()
  const { titleholder, possessor, pledgee, offer, surrender, stop } = standing
  const shown = [titleholder === 'BLANK' ? null : titleholder, possessor, pledgee, offer?.from, offer?.to, surrender?.by, stop?.by, ...standing.heldBy.map(({ by }) => by), ...actions.flatMap(({ needs }) => needs.map(({ party }) => party))]
  for (const party of shown) if (party) names.set(party.partyId, partyName(party))
  for (const party of [document?.carrier, document?.shipper]) if (party?.partyId && !names.has(party.partyId)) names.set(party.partyId, (language.value === 'en' ? party.nameEn : undefined) ?? party.name)
  for (const company of own ? [...chosen, own] : chosen) names.set(company.partyId, (language.value === 'en' ? company.nameEn : null) ?? company.name)
  return (partyId) => names.get(partyId) ?? `${partyId.slice(0, 9)}…`
}
