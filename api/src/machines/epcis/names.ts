import { checkContainerNumber } from '@yidan/ledger'
import { isSoundText } from '../../http/sound-text.ts'

/**
 * How things are named in EPCIS. Boxes by GS1's URN for BIC codes (Tag Data Standard, `urn:epc:id:bic`); what has no name of GS1's by
 * names of our own: trains, vessels and trucks, UN/LOCODE places, bills, bookings, companies.
 */
export const names = {
  container: (number: string): string => `urn:epc:id:bic:${number}`,
  service: (mode: string, name: string): string => `urn:yidan:service:${mode}:${encode(name)}`,
  place: (code: string | null, name: string | null): string | null => (code !== null ? `urn:yidan:unlocode:${code}` : name !== null && name !== '' ? `urn:yidan:place:${encode(name)}` : null),
  bill: (number: string): string => `urn:yidan:bill:${encode(number)}`,
  booking: (number: string): string => `urn:yidan:booking:${encode(number)}`,
  document: (type: string, number: string): string => `urn:yidan:document:${type}:${encode(number)}`,
  party: (partyId: string): string => `urn:yidan:party:${partyId}`,
  event: (id: string): string => `urn:uuid:${id}`,
  cargo: (container: string): string => `urn:yidan:cargo:${container}`,
} as const

/** What a name stands for; null for names that are not known here. */
export type Named =
  | { readonly kind: 'container'; readonly number: string }
  | { readonly kind: 'service'; readonly mode: 'RAIL' | 'VESSEL' | 'TRUCK' | 'BARGE'; readonly name: string }
  | { readonly kind: 'place'; readonly code: string | null; readonly name: string | null }
  | { readonly kind: 'document'; readonly type: string; readonly number: string }

export function named(uri: string): Named | null {
  return isSoundText(decode(uri)) ? parse(uri) : null
}

function parse(uri: string): Named | null {
  const [, rest = ''] = /^urn:epc:id:bic:(.*)$/.exec(uri) ?? []
  if (rest !== '') return checkContainerNumber(rest).ok ? { kind: 'container', number: rest } : null
  const [, kind = '', first = '', second] = /^urn:yidan:(\w+):([^:]+)(?::([^:]+))?$/.exec(uri) ?? []
  switch (kind) {
    case 'service':
      return ['RAIL', 'VESSEL', 'TRUCK', 'BARGE'].includes(first) && second !== undefined ? { kind: 'service', mode: first as 'RAIL', name: decode(second) } : null
    case 'unlocode':
      return /^[A-Z]{2}[A-Z2-9]{3}$/.test(first) ? { kind: 'place', code: first, name: null } : null
    case 'place':
      return { kind: 'place', code: null, name: decode(first) }
    case 'bill':
      return { kind: 'document', type: 'TRD', number: decode(first) }
    case 'booking':
      return { kind: 'document', type: 'BKG', number: decode(first) }
    case 'document':
      return second === undefined ? null : { kind: 'document', type: first, number: decode(second) }
    default:
      return null
  }
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
