import { BillNumber, titleStateNames } from '@yidan/ledger'

/**
 * What a bill's QR says beside its address, signed by the issuer's seal key: which document, in which state, as of when. It fits into
 * the fragment of the verify page's address, which a browser never sends. Decision 0012 has the reasons for its form.
 *
 * 96 bytes: version (1), state (1), ledger entry (2), time in seconds (4), first half of the document's SHA-256 (16), key (8),
 * ES256 signature r‖s (64). The number of the bill is in the address and the network is the reader's own: both are signed along.
 */
export interface BillStatement {
  readonly billNumber: BillNumber
  /** `AS_ISSUED`: printed at issue, when the ledger did not have the issue yet. */
  readonly state: StatementState
  /** Number of the ledger entry that the state is as of; 65535 stands for that one or any later. 0 at issue. */
  readonly seq: number
  /** UTC, whole seconds. */
  readonly at: string
  /** First 32 hex digits of the document's hash. */
  readonly hashStart: string
  /** First 16 hex digits of SHA-256 over the signing key's SubjectPublicKeyInfo. */
  readonly keyId: string
}

export const statementStates = ['AS_ISSUED', ...titleStateNames] as const
export type StatementState = (typeof statementStates)[number]

const version = 1, bodyLength = 32, signatureLength = 64
const latest = 0xffff

/** The bytes that are signed. `network` is the ledger's name: a statement of one network is none on another. */
export function statementBytes(statement: BillStatement, network: string): Uint8Array {
  return joined(new TextEncoder().encode(`yidan-qr/1\n${network}\n${statement.billNumber}\n`), bodyOf(statement))
}

/** The address that the QR holds. @param signature r‖s, 64 bytes */
export function statementAddress({ publicUrl, statement, signature }: { readonly publicUrl: string; readonly statement: BillStatement; readonly signature: Uint8Array }): string {
  if (signature.length !== signatureLength) throw new RangeError('an ES256 signature is 64 bytes')
  return `${publicUrl.replace(/\/+$/, '')}/v/${statement.billNumber}#${base41(joined(bodyOf(statement), signature))}`
}

export type ReadStatement =
  | { readonly is: 'statement'; readonly statement: BillStatement; readonly signature: Uint8Array }
  /** An address of a bill without one, as older prints have it, or no address at all. */
  | { readonly is: 'none' }
  /** There is something in its place that is none: cut off, misread, or made up. */
  | { readonly is: 'damaged' }

/** The statement in what was scanned. Says nothing of its signature. */
export function readStatement(scanned: string): ReadStatement {
  const parts = /\/v\/([^/?#\s]{1,40})(?:\?[^#\s]*)?#(\S{1,400})$/.exec(scanned.trim())
  if (!parts) return { is: 'none' }
  const billNumber = BillNumber.safeParse((parts[1] ?? '').toUpperCase()), bytes = fromBase41(parts[2] ?? '')
  if (!billNumber.success || bytes?.length !== bodyLength + signatureLength || bytes[0] !== version) return { is: 'damaged' }
  const view = new DataView(bytes.buffer, bytes.byteOffset), state = statementStates[view.getUint8(1)]
  if (state === undefined) return { is: 'damaged' }
  return {
    is: 'statement', signature: bytes.slice(bodyLength),
    statement: { billNumber: billNumber.data, state, seq: view.getUint16(2), at: new Date(view.getUint32(4) * 1_000).toISOString(), hashStart: hex(bytes.slice(8, 24)), keyId: hex(bytes.slice(24, 32)) },
  }
}

function bodyOf({ state, seq, at, hashStart, keyId }: BillStatement): Uint8Array {
  const bytes = new Uint8Array(bodyLength), view = new DataView(bytes.buffer)
  view.setUint8(0, version)
  view.setUint8(1, statementStates.indexOf(state))
  view.setUint16(2, Math.min(seq, latest))
  view.setUint32(4, Math.floor(Date.parse(at) / 1_000))
  bytes.set(fromHex(hashStart, 16), 8)
  bytes.set(fromHex(keyId, 8), 24)
  return bytes
}

/** What a QR writes in 5½ bits and an address may hold as it is, also at its end: two bytes in three characters, like base45 without what is unsafe in it. */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-/'
const base = alphabet.length

function base41(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 2) {
    const pair = (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0)
    text += alphabet.charAt(Math.floor(pair / base / base)) + alphabet.charAt(Math.floor(pair / base) % base) + alphabet.charAt(pair % base)
  }
  return text
}

function fromBase41(text: string): Uint8Array | null {
  if (text.length % 3 !== 0) return null
  const bytes: number[] = []
  for (let at = 0; at < text.length; at += 3) {
    const digits = [...text.slice(at, at + 3)].map((character) => alphabet.indexOf(character))
    const pair = digits.reduce((sum, digit) => sum * base + digit, 0)
    if (digits.includes(-1) || pair > 0xffff) return null
    bytes.push(pair >> 8, pair & 0xff)
  }
  return Uint8Array.from(bytes)
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function fromHex(text: string, length: number): Uint8Array {
  if (!new RegExp(`^[0-9a-f]{${length * 2}}$`).test(text)) throw new RangeError(`${length} bytes in hex were wanted`)
  return Uint8Array.from({ length }, (_, index) => Number.parseInt(text.slice(index * 2, index * 2 + 2), 16))
}
