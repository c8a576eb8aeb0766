import type { TitleEvent } from '@yidan/ledger'

/** What happens to a bill on the ledger, as DCSA's SHIPMENT events of a transport document (TRD). What is not in here has no counterpart. */
export const shipmentCodes: Partial<Readonly<Record<TitleEvent['type'], 'APPR' | 'ISSU' | 'SURR' | 'REJE' | 'VOID' | 'HOLD' | 'RELS' | 'CMPL'>>> = {
  'bill-approved': 'APPR', 'bill-issued': 'ISSU', 'surrender-accepted': 'SURR', 'surrender-rejected': 'REJE', 'bill-voided': 'VOID', 'hold-placed': 'HOLD', 'hold-lifted': 'RELS', 'bill-accomplished': 'CMPL',
}
