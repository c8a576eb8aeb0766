import { createPrivateKey, sign, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** Who sends to the network for an organisation: a gateway's certificate, and something that signs with its key, wherever that is kept. */
export interface GatewayIdentity {
  /** The organisation, such as `PortMSP`. */
  readonly organisation: string
  /** PEM. */
  readonly certificate: string
  /** ECDSA with SHA-256 over the message, DER, in its low-S form: another form is refused by every peer. */
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>
}

/** An identity whose key lies in a file: PKCS #8 or SEC1, PEM, P-256. */
export async function fileIdentity({ organisation, certificate, key }: { readonly organisation: string; readonly certificate: string; readonly key: string }): Promise<GatewayIdentity> {
  const [certificatePem, keyPem] = await Promise.all([readFile(certificate, 'utf8'), readFile(key, 'utf8')])
  const privateKey = createPrivateKey(keyPem)
  const known = new X509Certificate(certificatePem)
  if (privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new TypeError(`${key} is no P-256 key`)
  if (!known.checkPrivateKey(privateKey)) throw new TypeError(`the key ${key} does not belong to the certificate ${certificate}`)
  return { organisation, certificate: certificatePem, sign: async (message) => lowSDer(sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' })) }
}

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** r‖s of P-256 as DER, with the smaller of the two values of s. */
export function lowSDer(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2
  const r = BigInt(`0x${Buffer.from(raw.subarray(0, half)).toString('hex')}`), s = BigInt(`0x${Buffer.from(raw.subarray(half)).toString('hex')}`)
  const body = Buffer.concat([derInteger(r), derInteger(s > order / 2n ? order - s : s)])
  return Buffer.concat([Buffer.from([0x30, body.length]), body])
}

function derInteger(value: bigint): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  const padded = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes
  return Buffer.concat([Buffer.from([0x02, padded.length]), padded])
}

/** Days until a certificate ends; negative when it has. */
export function daysLeft(certificatePem: string, now: Date): number {
  return (Date.parse(new X509Certificate(certificatePem).validTo) - now.getTime()) / 86_400_000
}
