import type { DraftContent, DraftParty } from '@yidan/api/contract'
import { CreditCode, Lei } from '@yidan/ledger'
import type { KnownCompany } from '../../parties/directory.ts'
import { fault, warning, type Finding } from '../findings.ts'
import type { DraftContext } from '../rules.ts'
import { typed } from './typed.ts'

/** Who is on the bill: known to the platform where they take part in title, with identifiers that can be right. */
export function partyFindings(content: DraftContent, context: DraftContext): Finding[] {
  const { carrier, carrierNamed, shipper, shipperHasKey, consignee } = context
  const findings: Finding[] = []
  if (carrierNamed !== null && carrierNamed !== carrier.name && carrierNamed !== carrier.nameEn && carrierNamed !== carrier.creditCode) {
    findings.push(warning('', 'carrier-other', { value: carrierNamed, detail: { name: carrierNamed } }))
  }
  findings.push(...titleParty(content.shipper, '/shipper', '@shipper', shipper))
  if (shipper !== null && !shipper.roles.some((role) => role === 'shipper' || role === 'forwarder')) findings.push(fault('/shipper', 'party-lacks-role', { detail: { name: shipper.name, role: '@role-shipper' } }))
  if (shipper !== null && !shipperHasKey) findings.push(warning('/shipper', 'party-without-key', { detail: { name: shipper.name } }))
  findings.push(...consigneeFindings(content, consignee))
  const notify = content.notifyParties ?? []
  if (notify.length > 3) findings.push(fault('/notifyParties', 'too-many-notify-parties', { value: notify.length }))
  notify.forEach((party, index) => {
    const pointer = `/notifyParties/${index}`
    if (typed(party.name) === undefined && party.companyId === undefined) findings.push(fault(`${pointer}/name`, 'required', { detail: { what: '@name' } }))
    findings.push(...identifierFindings(party, pointer))
  })
  return findings
}

function consigneeFindings({ kind, consignee: given }: DraftContent, consignee: KnownCompany | null): Finding[] {
  if (kind === 'straight') return titleParty(given, '/consignee', '@consignee', consignee)
  if (kind === 'to-named-order') return titleParty(given, '/consignee', '@order-of', consignee)
  return kind !== undefined && given !== undefined && isGiven(given) ? [warning('/consignee', 'consignee-needless')] : []
}

/** A party that title will be bound to must have its name on the ledger. */
function titleParty(party: DraftParty | undefined, pointer: string, what: string, known: KnownCompany | null): Finding[] {
  if (party === undefined || !isGiven(party)) return [fault(pointer, 'required', { detail: { what } })]
  const name = typed(party.name) ?? typed(party.nameEn) ?? typed(party.creditCode) ?? party.companyId ?? ''
  return [...identifierFindings(party, pointer), ...(known === null ? [fault(pointer, 'party-not-on-platform', { value: name, detail: { name } })] : [])]
}

function isGiven(party: DraftParty): boolean {
  return party.companyId !== undefined || [party.name, party.nameEn, party.creditCode, party.lei, party.vat].some((text) => typed(text) !== undefined)
}

function identifierFindings({ creditCode, lei, vat }: DraftParty, pointer: string): Finding[] {
  const checks = [
    ['creditCode', typed(creditCode), (text: string) => CreditCode.safeParse(text).success, 'credit-code-wrong'],
    ['lei', typed(lei), (text: string) => Lei.safeParse(text).success, 'lei-wrong'],
    ['vat', typed(vat), (text: string) => /^[A-Z]{2}[0-9A-Z]{4,16}$/.test(text), 'vat-wrong'],
  ] as const
  return checks.flatMap(([field, text, isRight, code]) => (text === undefined || isRight(text) ? [] : [fault(`${pointer}/${field}`, code, { value: text })]))
}
