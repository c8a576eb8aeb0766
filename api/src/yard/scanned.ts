import { readStatement } from '@yidan/api/contract'
import { BillNumber, checkContainerNumber, ContainerNumber } from '@yidan/ledger'
import type { Reason } from './reasons.ts'

/** What a scan or a typed text turns out to be. */
export type Scanned =
  | { readonly kind: 'bill'; readonly billNumber: BillNumber; /** First digits of the document hash, from the QR. */ readonly hashStart: string | null }
  | { readonly kind: 'container'; readonly container: ContainerNumber }
  | { readonly kind: 'release-code'; readonly code: string }
  | { readonly kind: 'nothing'; readonly reason: Reason }

/** Reads a bill's QR (`…/v/NUMBER#STATEMENT`, on older prints `…/v/NUMBER?h=HASH`), a bill number, a box number or a release code. Spaces and case do not matter. */
export function readScan(text: string): Scanned {
  const address = addressIn(text)
  if (address) return address
  const plain = text.replace(/[\s.\-]/g, '').toUpperCase()
  const bill = BillNumber.safeParse(plain)
  if (bill.success) return { kind: 'bill', billNumber: bill.data, hashStart: null }
  const box = checkContainerNumber(plain)
  if (box.ok) return { kind: 'container', container: ContainerNumber.parse(plain) }
  if (box.fault === 'check-digit') return { kind: 'nothing', reason: { why: 'check-digit', values: { expected: box.expected, number: plain.slice(0, 10) + box.expected } } }
  if (/^[A-Z]{4}\d{10}[0-9A-Z]$/.test(plain)) return { kind: 'nothing', reason: { why: 'bill-check' } }
  // A code is taken as it was handed out; the ledger keeps only its hash.
  const code = text.trim()
  return /^[0-9A-Za-z]{6,40}$/.test(code) ? { kind: 'release-code', code } : { kind: 'nothing', reason: { why: 'unreadable' } }
}

function addressIn(text: string): Scanned | null {
  if (!URL.canParse(text.trim())) return null
  const { pathname, searchParams } = new URL(text.trim())
  const number = /\/v\/([^/]+)\/?$/.exec(pathname)?.[1]
  if (number === undefined) return null
  const bill = BillNumber.safeParse(number.toUpperCase())
  if (!bill.success) return { kind: 'nothing', reason: { why: 'bill-check' } }
  const stated = readStatement(text)
  // What is in a statement's place and is none was made up, or is no longer whole: no start of a hash fits it.
  const hashStart = stated.is === 'statement' ? stated.statement.hashStart : stated.is === 'damaged' ? '' : (searchParams.get('h')?.toLowerCase() ?? null)
  return { kind: 'bill', billNumber: bill.data, hashStart }
}
