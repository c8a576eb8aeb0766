import type { DraftContainer, DraftContent, DraftParty } from '@yidan/api/contract'
import type { BillDocument, ContainerOnBill, PartyOnBill } from '@yidan/ledger'

/**
 * A draft's content from a bill. A copy leaves out what belongs to one journey only: boxes keep their kind but not their numbers and
 * seals, and the booking number is asked for again. An amendment keeps everything.
 */
export function contentFromDocument(document: BillDocument, purpose: 'copy' | 'amendment'): DraftContent {
  const { consignee, charges, insurance, declaredValue, legs, containers } = document
  const named = 'toOrderOf' in consignee ? (typeof consignee.toOrderOf === 'string' ? undefined : consignee.toOrderOf) : consignee
  return plain<DraftContent>({
    bookingNumber: purpose === 'copy' ? undefined : document.bookingNumber, service: document.service, kind: document.kind, negotiable: document.negotiable, originals: document.originals, language: document.language,
    shipper: partyFrom(document.shipper), consignee: named && partyFrom(named), notifyParties: document.notifyParties.map(partyFrom),
    placeOfReceipt: document.placeOfReceipt, placeOfDelivery: document.placeOfDelivery,
    legs: legs.map(({ carrierDocument, ...leg }) => ({ ...leg, documentKind: carrierDocument.kind, ...(carrierDocument.number === undefined || purpose === 'copy' ? {} : { documentNumber: carrierDocument.number }) })),
    containers: containers.map((container) => containerFrom(container, purpose)),
    charges: {
      currency: charges.currency, terms: charges.terms, lines: charges.lines.map(({ leg, name, perTeu }) => ({ leg, name, perTeu })),
      ...(charges.inCny && purpose === 'amendment' ? { cnyRate: charges.inCny.rate, cnyRateDate: charges.inCny.rateDate, cnyRateSource: charges.inCny.source } : {}),
    },
    insurance: insurance && purpose === 'amendment' ? { insurer: insurance.insurer, policyNumber: insurance.policyNumber, coverage: insurance.coverage, ...insurance.insured } : null,
    declaredValue, remarks: purpose === 'copy' ? [] : document.remarks, clauses: document.clauses, placeOfIssue: document.placeOfIssue,
  })
}

/** Its name on the ledger is looked up again from the identifiers. */
function partyFrom({ partyId: _, ...party }: PartyOnBill): DraftParty {
  return { ...party }
}

/** Several cargo items of one box become one line, as drafts have it: the first one's goods, everybody's packages and weight. */
function containerFrom({ number, sizeType, seals, tareKg, verifiedGrossMassKg, reefer, cargo }: ContainerOnBill, purpose: 'copy' | 'amendment'): DraftContainer {
  const [first] = cargo
  const goods = [...new Set(cargo.map((item) => item.goods))].join('; ')
  const dangerousGoods = cargo.flatMap((item) => item.dangerousGoods ?? [])
  return plain<DraftContainer>({
    ...(purpose === 'copy' ? {} : { number, sealNumber: seals[0]?.number, verifiedGrossMassKg }), sizeType, tareKg, goods, hsCode: first?.hsCode, packageKind: first?.packageKind, marks: first?.marks,
    packages: cargo.reduce((sum, item) => sum + item.packages, 0), grossWeightKg: cargo.reduce((sum, item) => sum + item.grossWeightKg, 0), volumeM3: first?.volumeM3 === undefined ? undefined : Number(first.volumeM3),
    reeferSetPoint: reefer?.setPointCelsius, dangerousGoods: dangerousGoods.length === 0 ? undefined : dangerousGoods,
  })
}

/** Without what is not there. */
function plain<T extends object>(given: { readonly [K in keyof T]?: T[K] | undefined }): T {
  return JSON.parse(JSON.stringify(given)) as T
}
