import type { DraftContent } from '@yidan/api/contract'
import { BillId, BillNumber, type BillDocument, type Title } from '@yidan/ledger'
import type { KnownCompany } from '../parties/directory.ts'
import { documentFrom } from './document.ts'
import { fault, type Finding } from './findings.ts'
import { chargeFindings, insuranceFindings } from './rules/charges.ts'
import { containerFindings, repeatedFindings } from './rules/containers.ts'
import { legFindings } from './rules/legs.ts'
import { partyFindings } from './rules/parties.ts'
import { hasSeaLegTyped, isTowardsEu, typed } from './rules/typed.ts'

/** What the rules need to know besides what was typed. */
export interface DraftContext {
  readonly carrier: KnownCompany
  readonly shipper: KnownCompany | null
  /** Straight: the consignee. To named order: whose order. */
  readonly consignee: KnownCompany | null
  readonly shipperHasKey: boolean
  /** Bill numbers of live bills by the containers they hold; the ledger decides again at issue. */
  readonly liveBillByContainer: ReadonlyMap<string, string>
  /** The bill this draft amends. */
  readonly amends: { readonly title: Title; readonly document: BillDocument } | null
  /** Whom the booking's file names as carrier. */
  readonly carrierNamed: string | null
}

/** Everything that is wrong or odd with a draft, all at once. A draft without faults can be frozen into a bill. */
export function checkDraft(content: DraftContent, context: DraftContext): Finding[] {
  const surroundings = { seaLeg: hasSeaLegTyped(content), towardsEu: isTowardsEu(content), liveBillByContainer: context.liveBillByContainer }
  const containers = content.containers ?? []
  const findings = [
    ...headFindings(content),
    ...partyFindings(content, context),
    ...legFindings(content),
    ...(containers.length === 0 ? [fault('/containers', 'no-containers')] : []),
    ...(containers.length > 200 ? [fault('/containers', 'too-many-containers', { value: containers.length })] : []),
    ...containers.flatMap((container, index) => containerFindings(container, `/containers/${index}`, surroundings)),
    ...repeatedFindings(containers),
    ...chargeFindings(content),
    ...insuranceFindings(content),
    ...(context.amends === null ? [] : amendmentFindings(content, context, context.amends)),
  ]
  return findings.some(({ severity }) => severity === 'fault') ? findings : [...findings, ...refusedByDocument(content, context)]
}

function headFindings({ bookingNumber, kind, negotiable, originals }: DraftContent): Finding[] {
  const findings: Finding[] = []
  if (typed(bookingNumber) === undefined) findings.push(fault('/bookingNumber', 'required', { detail: { what: '@bookingNumber' } }))
  if (kind === undefined) findings.push(fault('/kind', 'required', { detail: { what: '@kind' } }))
  if (negotiable === false && kind !== undefined && kind !== 'straight') findings.push(fault('/negotiable', 'kind-fixes-negotiable', { value: kind }))
  if (originals !== undefined && !(Number.isInteger(originals) && originals >= 0 && originals <= 3)) findings.push(fault('/originals', 'originals-range', { value: originals }))
  return findings
}

/** T-7 and `reissue`: kind, parties to title and boxes of the old bill go over to the new one as they are. */
function amendmentFindings(content: DraftContent, { shipper, consignee }: DraftContext, { title }: NonNullable<DraftContext['amends']>): Finding[] {
  const before = Object.keys(title.cargo).sort().join()
  const after = (content.containers ?? []).map(({ number }) => typed(number) ?? '').sort().join()
  const changed: [boolean, string, string][] = [
    [content.kind !== title.kind, '/kind', '@kind'],
    [(content.negotiable ?? true) !== title.negotiable, '/negotiable', '@negotiable'],
    [shipper !== null && shipper.partyId !== title.shipper, '/shipper', '@shipper'],
    [title.kind === 'straight' && consignee !== null && consignee.partyId !== title.consignee, '/consignee', '@consignee'],
    [before !== after, '/containers', '@containers'],
  ]
  return changed.filter(([differs]) => differs).map(([, pointer, what]) => fault(pointer, 'amendment-changes-title', { detail: { what } }))
}

/** The document's own schema has the last word on lengths and characters. */
function refusedByDocument(content: DraftContent, context: DraftContext): Finding[] {
  const made = documentFrom(content, context, preview)
  return made.ok ? [] : made.issues.map(({ path, message }) => fault(path, 'document-refused', { detail: { reason: message } }))
}

/** Stands where number, id and salt will be once the draft is frozen. */
export const preview = {
  billNumber: BillNumber.parse('LYLG0000000000F'), billId: BillId.parse(`b${'0'.repeat(32)}`), salt: '0'.repeat(32), version: 1, replaces: [] as BillNumber[],
}
