import { randomBytes, webcrypto } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as x509 from '@peculiar/x509'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const day = 86_400_000
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
/** Where Fabric's CA puts what it says of a person, and where chaincode looks for it. */
const attributesExtension = '1.2.3.4.5.6.7.8.1'

/** An authority as cryptogen leaves it: certificate and key as PEM files. @typedef {{ readonly certificate: string, readonly key: string }} AuthorityFiles */

/** @typedef {{ readonly certificate: string, readonly privateKey: string }} Issued both PEM, the key as PKCS #8 */

/**
 * A certificate and a new key under an organisation's authority.
 * @param {AuthorityFiles} authority
 * @param {{ subject: { commonName: string, unit?: string }, days: number, hosts?: readonly string[], uses?: readonly ('server' | 'client')[], attributes?: Readonly<Record<string, string>> }} request
 * @returns {Promise<Issued>}
 */
export async function issue(authority, { subject, days, hosts = [], uses = [], attributes }) {
  const { certificate, key } = await openAuthority(authority)
  const pair = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const extensions = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    authorityKeyOf(certificate),
    ...(hosts.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(hosts.map((value) => ({ type: /^[\d.]+$/.test(value) ? 'ip' : 'dns', value })))]),
    ...(uses.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(uses.map((use) => (use === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth)))]),
    ...(attributes === undefined ? [] : [new x509.Extension(attributesExtension, false, Buffer.from(JSON.stringify({ attrs: attributes })))]),
  ]
  const made = await lowS(() => x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: [...(subject.unit === undefined ? [] : [{ OU: [subject.unit] }]), { CN: [subject.commonName] }],
    issuer: certificate.subjectName,
    // cryptogen rounds its authority's start to the minute: a certificate that starts before it is valid nowhere.
    notBefore: new Date(Math.max(Date.now() - 5 * 60_000, certificate.notBefore.getTime())),
    notAfter: new Date(Math.min(Date.now() + days * day, certificate.notAfter.getTime())),
    signingAlgorithm: algorithm,
    publicKey: pair.publicKey,
    signingKey: key,
    extensions,
  }, webcrypto))
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', pair.privateKey)
  return { certificate: `${made.toString('pem')}\n`, privateKey: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n` }
}

/**
 * The list of certificates an authority has taken back.
 * @param {AuthorityFiles} authority
 * @param {readonly { readonly serial: string, readonly at: Date }[]} entries serial numbers as hex
 * @returns {Promise<string>} PEM
 */
export async function revocationList(authority, entries) {
  const { certificate, key } = await openAuthority(authority)
  // By it an MSP finds out whose list this is.
  const extensions = [authorityKeyOf(certificate)]
  const list = await lowS(() => x509.X509CrlGenerator.create({
    issuer: certificate.subjectName,
    thisUpdate: new Date(),
    // Good until there is a newer one; Fabric does not look, but a list without it is read back as empty.
    nextUpdate: certificate.notAfter,
    signingAlgorithm: algorithm,
    signingKey: key,
    entries: entries.map(({ serial, at }) => ({ serialNumber: serial, revocationDate: at })),
    extensions,
  }, webcrypto))
  return `${x509.PemConverter.encode(list.rawData, 'X509 CRL')}\n`
}

/** What stands on a revocation list. @param {string} pem @returns {{ serial: string, at: Date }[]} */
export function revokedIn(pem) {
  return new x509.X509Crl(x509.PemConverter.decodeFirst(pem)).entries.map(({ serialNumber, revocationDate }) => ({ serial: serialNumber, at: revocationDate }))
}

/** Writes a certificate and its key, the key for its owner's eyes. @param {Issued} issued @param {{ certificate: string, privateKey: string }} files */
export function writeIssued({ certificate, privateKey }, files) {
  mkdirSync(dirname(files.certificate), { recursive: true })
  mkdirSync(dirname(files.privateKey), { recursive: true, mode: 0o700 })
  writeFileSync(files.certificate, certificate)
  writeFileSync(files.privateKey, privateKey, { mode: 0o600 })
  chmodSync(files.privateKey, 0o600)
}

/** @param {AuthorityFiles} files */
async function openAuthority(files) {
  const der = x509.PemConverter.decodeFirst(readFileSync(files.key, 'utf8'))
  return {
    certificate: new x509.X509Certificate(readFileSync(files.certificate, 'utf8')),
    key: await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']),
  }
}

/**
 * Names the authority's key as the authority itself does: cryptogen's name is a SHA-256 of it, others' a SHA-1.
 * @param {x509.X509Certificate} certificate
 */
function authorityKeyOf(certificate) {
  const own = certificate.getExtension(x509.SubjectKeyIdentifierExtension)
  if (own === null) throw new TypeError(`${certificate.subject} does not name its key`)
  return new x509.AuthorityKeyIdentifierExtension(own.keyId)
}

/** A positive number of 16 bytes. */
function newSerial() {
  const bytes = randomBytes(16)
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0)
  return bytes.toString('hex')
}

/**
 * Signs again until the signature is the one of its two twins that Fabric takes: that with the smaller s.
 * @template {{ readonly signature: ArrayBuffer }} Signed
 * @param {() => Promise<Signed>} make
 */
async function lowS(make) {
  for (;;) {
    const made = await make()
    if (sOf(new Uint8Array(made.signature)) <= order / 2n) return made
  }
}

/** The second number of an ECDSA signature in DER. @param {Uint8Array} der */
function sOf(der) {
  const lengthOfR = der[3] ?? 0
  return BigInt(`0x${Buffer.from(der.subarray(6 + lengthOfR)).toString('hex')}`)
}
