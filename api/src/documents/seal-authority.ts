import { createHash, createPrivateKey, sign as signBytes, webcrypto, X509Certificate, type KeyObject } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'
import { statementAddress, statementBytes, type BillStatement } from '@yidan/api/contract'
import type { BillDocument, PartyOnBill } from '@yidan/ledger'
import { fingerprintOf, issuerOf, statementKeyId, subjectPart, type Seal, type SealPayload } from './seal.ts'

export interface SealRequest {
  readonly document: BillDocument
  readonly docHash: string
  /** UTC with milliseconds. */
  readonly issuedAt: string
  readonly network: string
  readonly signatories?: readonly string[]
}

export interface Sealed {
  readonly seal: Seal
  readonly certificatePem: string
}

/** A key that seals or has sealed: what the statements in QRs are checked with. */
export interface IssuerKey {
  /** First 16 hex digits of SHA-256 over the key. */
  readonly keyId: string
  readonly issuer: string
  readonly company: string
  /** SubjectPublicKeyInfo, DER, base64. */
  readonly publicKey: string
  readonly from: string
  readonly to: string
}

interface Issuer {
  readonly key: KeyObject
  readonly certificate: X509Certificate
}

interface Root {
  readonly keys: { readonly privateKey: webcrypto.CryptoKey; readonly publicKey: webcrypto.CryptoKey }
  readonly certificate: x509.X509Certificate
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const day = 86_400_000
const issuerYears = 5

/**
 * Keeps the root and one issuing key per carrier company in a directory (0700), as PKCS#8 files (0600) beside their certificates.
 * What is missing is made on first need; what is there is opened again. One process at a time may write the directory.
 */
export class SealAuthority {
  readonly #directory: string
  readonly #root: Root
  readonly #issuers: Map<string, Promise<Issuer>>

  private constructor(directory: string, root: Root, issuers: Map<string, Promise<Issuer>>) {
    this.#directory = directory
    this.#root = root
    this.#issuers = issuers
  }

  static async open({ directory, now = () => new Date() }: { directory: string; now?: () => Date }): Promise<SealAuthority> {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await chmod(directory, 0o700)
    const root = await openRoot(directory, now())
    const issuers = new Map<string, Promise<Issuer>>()
    for (const file of (await readdir(directory)).sort()) {
      const issuer = /^issuer-([0-9A-Za-z]+)\.cert\.pem$/.exec(file)?.[1]
      if (issuer !== undefined) issuers.set(issuer, Promise.resolve(await readIssuer(directory, issuer)))
    }
    return new SealAuthority(directory, root, issuers)
  }

  /** PEM of the network's root, which signed every issuer's certificate. */
  get rootCertificatePem(): string {
    return this.#root.certificate.toString('pem')
  }

  /** Seals a document as its carrier; makes the carrier's key and certificate if it has none that is valid at that moment. */
  async seal(request: SealRequest): Promise<Sealed> {
    const { document, docHash, issuedAt, network, signatories } = request
    const issuer = issuerOf(document.carrier)
    const { key, certificate } = await this.#issuerAt(document.carrier, new Date(issuedAt))
    const payload: SealPayload = {
      typ: 'yidan.seal/1', billNumber: document.billNumber, billId: document.billId, network, docHash, issuedAt, issuer,
      ...(signatories === undefined ? {} : { signatories }),
    }
    const header = { alg: 'ES256', typ: 'yidan-seal+jws', kid: fingerprintOf(certificate), x5c: [certificate.raw, Buffer.from(this.#root.certificate.rawData)].map((raw) => raw.toString('base64')) }
    const signed = `${base64url(header)}.${base64url(payload)}`
    const signature = signBytes('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
    return { seal: `${signed}.${signature.toString('base64url')}`, certificatePem: pemOf(certificate) }
  }

  /** The address for a bill's QR, with what the carrier states of it at that moment (decision 0012). */
  async address({ carrier, network, publicUrl, statement }: { readonly carrier: PartyOnBill; readonly network: string; readonly publicUrl: string; readonly statement: Omit<BillStatement, 'keyId'> }): Promise<string> {
    const { key, certificate } = await this.#issuerAt(carrier, new Date(statement.at))
    const stated: BillStatement = { ...statement, keyId: statementKeyId(certificate.publicKey) }
    return statementAddress({ publicUrl, statement: stated, signature: signBytes('sha256', statementBytes(stated, network), { key, dsaEncoding: 'ieee-p1363' }) })
  }

  /** All keys that have ever sealed, those that were replaced too: what they stated stays checkable. */
  async issuerKeys(): Promise<readonly IssuerKey[]> {
    const files = (await readdir(this.#directory)).filter((file) => /^(?:issuer|retired)-.+\.cert\.pem$/.test(file)).sort()
    return Promise.all(files.map(async (file) => {
      const certificate = new X509Certificate(await readFile(join(this.#directory, file), 'utf8')), { publicKey } = certificate
      return {
        keyId: statementKeyId(publicKey), issuer: subjectPart(certificate, 'serialNumber') ?? '', company: subjectPart(certificate, 'CN') ?? '', publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
        from: new Date(certificate.validFrom).toISOString(), to: new Date(certificate.validTo).toISOString(),
      }
    }))
  }

  /** The certificate by 统一社会信用代码 or party id, or null when this company has never sealed. */
  async certificateOf(creditCodeOrPartyId: string): Promise<string | null> {
    const own = this.#issuers.get(creditCodeOrPartyId)
    if (own !== undefined) return pemOf((await own).certificate)
    for (const issuer of this.#issuers.values()) {
      const { certificate } = await issuer
      if (certificate.subject.split('\n').includes(`UID=${creditCodeOrPartyId}`)) return pemOf(certificate)
    }
    return null
  }

  /** Until when the root and each carrier's certificate are good. A carrier's is renewed by itself when it seals after its end; the root is not. */
  async certificates(): Promise<readonly { readonly of: string; readonly isRoot: boolean; readonly until: Date }[]> {
    const issuers = await Promise.all([...this.#issuers].map(async ([name, issuer]) => ({ of: name, isRoot: false, until: new Date((await issuer).certificate.validTo) })))
    return [{ of: 'root', isRoot: true, until: this.#root.certificate.notAfter }, ...issuers]
  }

  async #issuerAt(carrier: PartyOnBill, at: Date): Promise<Issuer> {
    const name = issuerOf(carrier)
    const known = this.#issuers.get(name)
    if (known !== undefined) {
      const issuer = await known
      if (isValidAt(issuer.certificate, at)) return issuer
      // Another caller may have renewed it while we waited.
      const current = this.#issuers.get(name)
      if (current !== undefined && current !== known) return current
    }
    const made = this.#makeIssuer(carrier, name, at, known !== undefined)
    this.#issuers.set(name, made)
    made.catch(() => this.#issuers.delete(name))
    return made
  }

  async #makeIssuer(carrier: PartyOnBill, name: string, at: Date, replaces: boolean): Promise<Issuer> {
    if (replaces) {
      const old = await readIssuer(this.#directory, name)
      const suffix = fingerprintOf(old.certificate).slice(0, 16)
      for (const kind of ['key', 'cert']) await rename(join(this.#directory, `issuer-${name}.${kind}.pem`), join(this.#directory, `retired-${name}-${suffix}.${kind}.pem`))
    }
    const keys = await newKeys()
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serialFrom(await publicKeyOf(keys)),
      subject: new x509.Name([
        { CN: [shorten(carrier.name)] }, { O: [shorten(carrier.nameEn ?? carrier.name)] }, { '2.5.4.97': [`CN-${name}`.slice(0, 64)] }, { '2.5.4.5': [name] },
        ...(carrier.partyId === undefined ? [] : [{ '0.9.2342.19200300.100.1.1': [carrier.partyId as string] }]),
      ]),
      issuer: this.#root.certificate.subjectName,
      notBefore: new Date(at.getTime() - day),
      notAfter: new Date(at.getTime() + issuerYears * 365 * day),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: this.#root.keys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.nonRepudiation, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(this.#root.keys.publicKey),
      ],
    })
    await writeKeyAndCertificate(this.#directory, `issuer-${name}`, keys.privateKey, certificate)
    return readIssuer(this.#directory, name)
  }
}

async function openRoot(directory: string, now: Date): Promise<Root> {
  const files = await readdir(directory)
  if (!files.includes('root.cert.pem')) {
    const keys = await newKeys()
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: serialFrom(await publicKeyOf(keys)),
      name: 'CN=Yidan network root, O=Yidan',
      notBefore: new Date(Math.min(now.getTime(), Date.UTC(2026, 0, 1)) - day),
      notAfter: new Date(now.getTime() + 20 * 365 * day),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    })
    await writeKeyAndCertificate(directory, 'root', keys.privateKey, certificate)
  }
  const certificate = new x509.X509Certificate(await readFile(join(directory, 'root.cert.pem'), 'utf8'))
  const der = createPrivateKey(await readFile(join(directory, 'root.key.pem'), 'utf8')).export({ format: 'der', type: 'pkcs8' })
  const privateKey = await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
  return { keys: { privateKey, publicKey: await certificate.publicKey.export(algorithm, ['verify']) }, certificate }
}

async function readIssuer(directory: string, name: string): Promise<Issuer> {
  const [key, certificate] = await Promise.all([readFile(join(directory, `issuer-${name}.key.pem`), 'utf8'), readFile(join(directory, `issuer-${name}.cert.pem`), 'utf8')])
  return { key: createPrivateKey(key), certificate: new X509Certificate(certificate) }
}

/** The certificate is written last: where there is one, there is its key. */
async function writeKeyAndCertificate(directory: string, stem: string, privateKey: webcrypto.CryptoKey, certificate: x509.X509Certificate): Promise<void> {
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey)).toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
  await writeWhole(directory, `${stem}.key.pem`, `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`, 0o600)
  await writeWhole(directory, `${stem}.cert.pem`, `${certificate.toString('pem')}\n`, 0o644)
}

async function writeWhole(directory: string, name: string, text: string, mode: number): Promise<void> {
  const partial = join(directory, `.${name}.partial`)
  await writeFile(partial, text, { mode, flush: true })
  await rename(partial, join(directory, name))
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

async function publicKeyOf({ publicKey }: webcrypto.CryptoKeyPair): Promise<Buffer> {
  return Buffer.from(await webcrypto.subtle.exportKey('spki', publicKey))
}

/** A positive serial that no other key will have. */
function serialFrom(publicKey: Buffer): string {
  return `01${createHash('sha256').update(publicKey).digest('hex').slice(0, 30)}`
}

function isValidAt(certificate: X509Certificate, at: Date): boolean {
  return new Date(certificate.validFrom).getTime() <= at.getTime() && at.getTime() <= new Date(certificate.validTo).getTime()
}

function pemOf(certificate: X509Certificate): string {
  return certificate.toString()
}

/** X.520 allows 64 characters in CN and O. */
function shorten(name: string): string {
  return [...name].slice(0, 64).join('')
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url')
}
