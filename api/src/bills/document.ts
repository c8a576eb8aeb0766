import type { DraftContainer, DraftContent, DraftParty } from '@yidan/api/contract'
import { BillDocument, PartyOnBill, type BillId, type BillNumber } from '@yidan/ledger'
import type { z } from 'zod'
import type { KnownCompany } from '../parties/directory.ts'
import type { DraftContext } from './rules.ts'
import { chargesOf } from './rules/charges.ts'
import { volumeText } from './rules/containers.ts'
import { carrierDocuments } from './rules/legs.ts'
import { amountOf, typed } from './rules/typed.ts'
import { standardClauses } from './tables/clauses.ts'

export interface DocumentIdentity {
  readonly billNumber: BillNumber
  readonly billId: BillId
  readonly salt: string
  readonly version: number
  readonly replaces: readonly BillNumber[]
}
export type MadeDocument = { readonly ok: true; readonly document: BillDocument } | { readonly ok: false; readonly issues: readonly { path: string; message: string }[] }

/** The bill a faultless draft becomes. Places, parties and goods stand as typed; only what is left out is filled with its default. */
export function documentFrom(content: DraftContent, context: Pick<DraftContext, 'carrier' | 'shipper' | 'consignee'>, identity: DocumentIdentity): MadeDocument {
  const { carrier, shipper, consignee } = context
  const kind = content.kind ?? 'to-order'
  const made = {
    schema: 'yidan.bill/1', ...identity,
    bookingNumber: typed(content.bookingNumber), service: typed(content.service), kind, negotiable: content.negotiable ?? true, originals: content.originals ?? 0, language: content.language ?? 'zh-CN',
    carrier: partyOf({}, carrier),
    shipper: partyOf(content.shipper ?? {}, shipper),
    consignee:
      kind === 'straight' ? partyOf(content.consignee ?? {}, consignee)
      : { toOrderOf: kind === 'to-order' ? 'shipper' : kind === 'blank' ? 'bearer' : partyOf(content.consignee ?? {}, consignee) },
    notifyParties: (content.notifyParties ?? []).map((party) => partyOf(party, null)),
    placeOfReceipt: placeOf(content.placeOfReceipt), placeOfDelivery: placeOf(content.placeOfDelivery),
    legs: (content.legs ?? []).map(({ documentKind, documentNumber, documentNegotiable: _, from, to, ...leg }) => ({
      ...trimmed(leg), from: placeOf(from), to: placeOf(to),
      carrierDocument: { kind: typed(documentKind) ?? carrierDocuments[leg.mode ?? 'rail'][0], ...trimmed({ number: documentNumber }), nonNegotiable: true, consignedTo: 'carrier' },
    })),
    containers: (content.containers ?? []).map(containerOf),
    charges: chargesOf(content),
    insurance: content.insurance ? { insurer: typed(content.insurance.insurer), policyNumber: typed(content.insurance.policyNumber), coverage: typed(content.insurance.coverage), insured: moneyOf(content.insurance) } : null,
    declaredValue: content.declaredValue ? moneyOf(content.declaredValue) : null,
    remarks: texts(content.remarks), clauses: content.clauses === undefined ? standardClauses(content) : texts(content.clauses),
    placeOfIssue: typed(content.placeOfIssue) ?? (carrier.address ?? carrier.name).slice(0, 100),
  }
  const parsed = BillDocument.safeParse(made)
  if (parsed.success) return { ok: true, document: JSON.parse(JSON.stringify(parsed.data)) as BillDocument }
  return { ok: false, issues: parsed.error.issues.map((issue) => ({ path: `/${issue.path.join('/')}`, message: issue.message })) }
}

/** A company as a bill names it where nobody typed anything. */
export function companyOnBill(company: KnownCompany): PartyOnBill {
  return PartyOnBill.parse(partyOf({}, company))
}

/** As typed, completed by what the platform knows of the company; its name on the ledger makes it a party to title. */
function partyOf(party: DraftParty, known: KnownCompany | null): z.input<typeof PartyOnBill> {
  const { companyId: _, ...given } = party
  const { name, ...rest } = trimmed(given)
  const platform = known && trimmed({ nameEn: known.nameEn, creditCode: known.creditCode, lei: known.lei, vat: known.vat, address: known.address, contact: known.contact })
  return { ...platform, ...rest, name: typed(name) ?? known?.name ?? '', ...(known === null ? {} : { partyId: known.partyId }) }
}

function containerOf(container: DraftContainer): unknown {
  const { number, sizeType, sealNumber, tareKg, verifiedGrossMassKg, reeferSetPoint } = container
  const { goods, hsCode, packages, packageKind, grossWeightKg, volumeM3, marks, dangerousGoods = [] } = container
  const setPoint = typed(reeferSetPoint)
  return {
    ...trimmed({ number, sizeType }), seals: [{ number: typed(sealNumber), source: 'shipper' }], tareKg, ...(verifiedGrossMassKg === undefined ? {} : { verifiedGrossMassKg }),
    ...(setPoint === undefined ? {} : { reefer: { setPointCelsius: setPoint } }),
    cargo: [{
      ...trimmed({ goods, hsCode, marks }), packages, packageKind: typed(packageKind) ?? 'PACKAGE', grossWeightKg,
      ...(volumeM3 === undefined ? {} : { volumeM3: volumeText(volumeM3) }),
      ...(dangerousGoods.length === 0 ? {} : { dangerousGoods: dangerousGoods.map(trimmed) }),
    }],
  }
}

function placeOf(place: { name?: string | undefined; code?: string | undefined } | undefined): unknown {
  return trimmed({ name: place?.name, code: place?.code })
}

function moneyOf({ amount, currency }: { amount?: string | undefined; currency?: string | undefined }): unknown {
  return { amount: amountOf(amount), currency: typed(currency) }
}

function texts(lines: readonly string[] | undefined): string[] {
  return (lines ?? []).flatMap((line) => typed(line) ?? [])
}

/** Without empty texts: what is not there is left out of the document, so that it hashes as what it is. */
function trimmed<T extends object>(given: T): Partial<Record<keyof T, never>> & Record<string, never> {
  const entries = Object.entries(given).map(([key, value]: [string, unknown]) => [key, typeof value === 'string' ? typed(value) : value] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null)) as never
}
