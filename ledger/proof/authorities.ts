import { createPublicKey, verify, X509Certificate, type KeyObject } from 'node:crypto'
import type { Identity, SignedStatement } from '../fabric/blocks.ts'

/** Whom the asker trusts, obtained by a way of the asker's own. */
export interface Roots {
  /** For each organisation, such as `BankMSP`, its certificate authorities (PEM, one or several). */
  readonly organisations: Readonly<Record<string, string>>
  /** Keys of services that keep an embedded ledger: public keys or certificates (PEM). */
  readonly serviceKeys: readonly string[]
}

/** What the organisation's authority lets a machine be (NodeOUs). */
export type MachineRole = 'peer' | 'orderer'

/** Checks machines' signatures under the organisations' own authorities, as of a moment. */
export class Authorities {
  readonly #roots = new Map<string, readonly X509Certificate[]>()
  readonly #leaves = new Map<string, Leaf | string>()
  /** PEM texts that are none. */
  readonly faults: readonly string[]

  constructor(organisations: Roots['organisations']) {
    const faults: string[] = []
    for (const [id, pem] of Object.entries(organisations)) {
      const certificates = certificatesIn(pem)
      if (certificates.length > 0 && certificates.every((certificate) => certificate !== null && certificate.ca)) this.#roots.set(id, certificates as X509Certificate[])
      else faults.push(`what is given for ${id} is no certificate of an authority`)
    }
    this.faults = faults
  }

  get organisations(): readonly string[] {
    return [...this.#roots.keys()]
  }

  /** Null when the statement was signed by such a machine of the organisation it names; else why it does not count. */
  faultOf(statement: SignedStatement, { role, at }: { readonly role: MachineRole; readonly at: string }): string | null {
    const leaf = this.#leafOf(statement)
    if (typeof leaf === 'string') return leaf
    const moment = Date.parse(at), { organisation } = statement
    if (!leaf.roles.includes(role)) return `the certificate is not one of a ${role} of ${organisation}`
    if (!isValid(leaf.certificate, moment)) return `the ${role}’s certificate of ${organisation} was not valid at ${at}`
    if (!isValid(leaf.root, moment)) return `the root of ${organisation} was not valid at ${at}`
    return verify('sha256', statement.signed, leaf.key, statement.signature) ? null : `the signature of ${organisation} does not fit`
  }

  #leafOf({ organisation, certificate }: Identity): Leaf | string {
    const name = `${organisation} ${certificate}`
    const leaf = this.#leaves.get(name) ?? this.#read(organisation, certificate)
    this.#leaves.set(name, leaf)
    return leaf
  }

  #read(organisation: string, pem: string): Leaf | string {
    const roots = this.#roots.get(organisation)
    if (!roots) return `no root was given for ${organisation}`
    const [certificate] = certificatesIn(pem)
    if (!certificate || certificate.publicKey.asymmetricKeyType !== 'ec') return `the certificate of ${organisation} cannot be read`
    const root = roots.find((candidate) => certificate.checkIssued(candidate) && certificate.verify(candidate.publicKey))
    if (!root) return `the certificate is not from the root given for ${organisation}`
    return { certificate, root, key: certificate.publicKey, roles: [...certificate.subject.matchAll(/^OU=(.*)$/gm)].map(([, unit]) => unit ?? '') }
  }
}

interface Leaf { readonly certificate: X509Certificate; readonly root: X509Certificate; readonly key: KeyObject; readonly roles: readonly string[] }

/** The public key in a PEM, be it a key or a certificate; null for anything else. */
export function publicKeyIn(pem: string): KeyObject | null {
  try {
    return pem.includes('CERTIFICATE') ? new X509Certificate(pem).publicKey : createPublicKey(pem)
  } catch {
    return null
  }
}

function certificatesIn(pem: string): readonly (X509Certificate | null)[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []).map((text) => {
    try {
      return new X509Certificate(text)
    } catch {
      return null
    }
  })
}

function isValid({ validFrom, validTo }: X509Certificate, moment: number): boolean {
  return Date.parse(validFrom) <= moment && moment <= Date.parse(validTo)
}
