import { createHash, verify as verifyBytes, X509Certificate, type KeyObject } from 'node:crypto'
import { readStatement, statementBytes } from '@yidan/api/contract'
import type { PartyOnBill } from '@yidan/ledger'

/**
 * The issuer's e-seal: a JWS (ES256) that says which document the carrier issued, when and on which network. Its certificate is
 * issued by the network's own root. Whoever has the certificate can check a bill without asking anybody.
 */
export type Seal = string

export interface SealPayload {
  readonly typ: 'yidan.seal/1'
  readonly billNumber: string
  readonly billId: string
  readonly network: string
  /** SHA-256 of the canonical document. */
  readonly docHash: string
  readonly issuedAt: string
  /** The carrier's credit code, or its party id when it has none. */
  readonly issuer: string
  /** Who signed, when the issue named them. */
  readonly signatories?: readonly string[]
}

export type SealCheck =
  | { readonly ok: true; readonly payload: SealPayload; readonly company: string; readonly fingerprint: string }
  | { readonly ok: false; readonly code: SealFault }
export type SealFault = 'seal-malformed' | 'certificate-malformed' | 'certificate-other' | 'signature-wrong' | 'certificate-not-valid-then'

/**
 * Whether the seal was made with the key of this certificate. The certificate may be the issuer's own or the network's root that
 * signed the one in the seal. Pure: no clock, no network; validity is judged at the moment the seal states.
 */
export function checkSeal(seal: Seal, certificatePem: string): SealCheck {
  const parsed = parseSeal(seal)
  if (parsed === null) return { ok: false, code: 'seal-malformed' }
  let anchor: ReadCertificate
  try {
    anchor = certificateFrom(certificatePem)
  } catch {
    return { ok: false, code: 'certificate-malformed' }
  }
  const { payload, certificate, signed, signature } = parsed
  const isItself = anchor.fingerprint === certificate.fingerprint
  if (!isItself && !isIssuedBy(certificate, anchor)) return { ok: false, code: 'certificate-other' }
  if (!certificate.isP256) return { ok: false, code: 'certificate-malformed' }
  if (!verifyBytes('sha256', Buffer.from(signed), { key: certificate.publicKey, dsaEncoding: 'ieee-p1363' }, signature)) return { ok: false, code: 'signature-wrong' }
  const at = Date.parse(payload.issuedAt)
  if (!(certificate.from <= at && at <= certificate.to)) return { ok: false, code: 'certificate-not-valid-then' }
  return { ok: true, payload, company: certificate.company ?? payload.issuer, fingerprint: certificate.fingerprint }
}

/**
 * The shortest complete check, for many bills at once: are these the very bytes that were sealed? Hash and signature only; what the
 * bytes say need not be parsed to know that nobody changed them.
 */
export function checkSealedBill({ canonical, seal, certificatePem }: { canonical: Uint8Array; seal: Seal; certificatePem: string }): SealCheck | { readonly ok: false; readonly code: 'hash-wrong' } {
  const check = checkSeal(seal, certificatePem)
  if (!check.ok) return check
  return createHash('sha256').update(canonical).digest('hex') === check.payload.docHash ? check : { ok: false, code: 'hash-wrong' }
}

/**
 * Whether the address in a print's QR is of this bill, and its statement signed with the seal's own key. A later copy may be signed with
 * the key that replaced it, which the file does not hold: that one is left to whoever has the issuers' keys.
 */
export function addressAgrees({ address, seal, network, billNumber, docHash }: { readonly address: string; readonly seal: Seal; readonly network: string; readonly billNumber: string; readonly docHash: string }): boolean {
  const read = readStatement(address), certificate = parseSeal(seal)?.certificate
  if (read.is !== 'statement' || certificate === undefined) return false
  const { statement, signature } = read
  if (statement.billNumber !== billNumber || !docHash.startsWith(statement.hashStart)) return false
  return statement.keyId !== statementKeyId(certificate.publicKey) || verifyBytes('sha256', statementBytes(statement, network), { key: certificate.publicKey, dsaEncoding: 'ieee-p1363' }, signature)
}

/** How a statement names the key that signed it. */
export function statementKeyId(publicKey: KeyObject): string {
  return createHash('sha256').update(publicKey.export({ format: 'der', type: 'spki' })).digest('hex').slice(0, 16)
}

/** 统一社会信用代码, else the party id: what names the issuer in seals and certificates. */
export function issuerOf({ creditCode, partyId }: Pick<PartyOnBill, 'creditCode' | 'partyId'>): string {
  const issuer = creditCode ?? partyId
  if (issuer === undefined) throw new RangeError('a carrier needs a credit code or a party id to seal a bill')
  return issuer
}

interface ParsedSeal { readonly payload: SealPayload; readonly certificate: ReadCertificate; readonly signed: string; readonly signature: Buffer }

function parseSeal(seal: string): ParsedSeal | null {
  const parts = /^([\w-]{1,16000})\.([\w-]{1,16000})\.([\w-]{86})$/.exec(seal)
  if (parts === null) return null
  const [, head = '', body = '', signature = ''] = parts
  try {
    const header = JSON.parse(Buffer.from(head, 'base64url').toString('utf8')) as { alg?: unknown; kid?: unknown; x5c?: unknown }
    const payload = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as SealPayload
    if (header.alg !== 'ES256' || !Array.isArray(header.x5c) || typeof header.x5c[0] !== 'string') return null
    const texts = [payload.billNumber, payload.billId, payload.network, payload.docHash, payload.issuedAt, payload.issuer]
    if (payload.typ !== 'yidan.seal/1' || !texts.every((text) => typeof text === 'string')) return null
    const certificate = certificateFrom(header.x5c[0])
    if (header.kid !== certificate.fingerprint) return null
    return { payload, certificate, signed: `${head}.${body}`, signature: Buffer.from(signature, 'base64url') }
  } catch {
    return null
  }
}

/** A certificate with what is asked of it again and again already taken out. */
interface ReadCertificate {
  readonly x509: X509Certificate
  readonly publicKey: KeyObject
  readonly isP256: boolean
  readonly fingerprint: string
  readonly from: number
  readonly to: number
  readonly company: string | undefined
}

/** Reading a certificate costs more than checking a signature with it, and the same few come again and again. */
const readCertificates = new Map<string, ReadCertificate>()

function certificateFrom(pemOrBase64: string): ReadCertificate {
  const known = readCertificates.get(pemOrBase64)
  if (known !== undefined) return known
  const certificate = new X509Certificate(pemOrBase64.startsWith('-----') ? pemOrBase64 : Buffer.from(pemOrBase64, 'base64'))
  const { publicKey } = certificate
  const read = {
    x509: certificate, publicKey, fingerprint: fingerprintOf(certificate), company: subjectPart(certificate, 'CN'),
    isP256: publicKey.asymmetricKeyType === 'ec' && publicKey.asymmetricKeyDetails?.namedCurve === 'prime256v1',
    from: Date.parse(certificate.validFrom), to: Date.parse(certificate.validTo),
  }
  if (readCertificates.size >= 64) readCertificates.clear()
  readCertificates.set(pemOrBase64, read)
  return read
}

function isIssuedBy(certificate: ReadCertificate, anchor: ReadCertificate): boolean {
  return anchor.x509.ca && certificate.x509.checkIssued(anchor.x509) && certificate.x509.verify(anchor.publicKey)
}

/** SHA-256 over the certificate, hex. */
export function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase()
}

/** `CN`, `serialNumber` … of the certificate's holder. */
export function subjectPart(certificate: X509Certificate, key: string): string | undefined {
  return certificate.subject.split('\n').find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1)
}
