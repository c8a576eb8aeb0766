import type { BillView, CompanyView, PartyRef } from '@yidan/api/contract'
import { say } from '../../i18n/index.ts'
import { language } from '../../i18n/language.ts'

/** A party’s name in the reader’s language; the ledger's id, shortened, when the name is not the reader's to know. */
export function partyName(party: PartyRef | null): string {
  if (!party) return say('act.nobody')
  const name = language.value === 'en' ? (party.nameEn ?? party.name) : (party.name ?? party.nameEn)
  return name ?? `${party.partyId.slice(0, 9)}…`
}

/** Names for the ledger's ids as far as this bill and this choice tell them. */
export function namesOf({ standing, document }: BillView, chosen: CompanyView | null): (partyId: string) => string {
  const names = new Map<string, string>()
  const { titleholder, possessor, pledgee, offer, surrender } = standing
  for (const party of [titleholder === 'BLANK' ? null : titleholder, possessor, pledgee, offer?.from, offer?.to, surrender?.by]) if (party) names.set(party.partyId, partyName(party))
  for (const party of [document?.carrier, document?.shipper]) if (party?.partyId && !names.has(party.partyId)) names.set(party.partyId, (language.value === 'en' ? party.nameEn : undefined) ?? party.name)
  if (chosen) names.set(chosen.partyId, (language.value === 'en' ? chosen.nameEn : null) ?? chosen.name)
  return (partyId) => names.get(partyId) ?? `${partyId.slice(0, 9)}…`
}
