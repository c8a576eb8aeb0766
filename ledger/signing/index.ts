import { signingText, type Command, type Hash, type KeyId, type Signature, type SignedCommand } from '../domain/index.ts'

/**
 * Signing keys, the same in the browser and in Node: ES256 (P-256, SHA-256) through WebCrypto. A browser's key stays in its store and
 * cannot be exported; a system keeps its own in a file (`@yidan/ledger/signing/file`) or in hardware behind the same interface.
 */
export interface Signer {
  readonly keyId: KeyId
  /** SubjectPublicKeyInfo, DER, base64. */
  readonly publicKey: string
  /** r‖s (IEEE P1363) over the UTF-8 bytes of the text, base64url without padding. */
  sign(text: string): Promise<string>
}

/** A private or public key as WebCrypto holds it. */
export type WebKey = Parameters<typeof crypto.subtle.sign>[1]
export interface KeyPair {
  readonly privateKey: WebKey
  readonly publicKey: WebKey
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const
const signature = { name: 'ECDSA', hash: 'SHA-256' } as const

/** A fresh key. Only an extractable one can be backed up. */
export async function makeSigner({ extractable = false }: { extractable?: boolean } = {}): Promise<Signer & { readonly pair: KeyPair }> {
  const pair = await crypto.subtle.generateKey(algorithm, extractable, ['sign', 'verify'])
  return { ...(await signerOf(pair)), pair }
}

/** A signer over a key pair that exists already. */
export async function signerOf({ privateKey, publicKey }: KeyPair): Promise<Signer> {
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', publicKey))
  return {
    keyId: await keyIdOf(spki),
    publicKey: toBase64(spki),
    sign: async (text) => toBase64Url(new Uint8Array(await crypto.subtle.sign(signature, privateKey, new TextEncoder().encode(text)))),
  }
}

/** A signer over a private key in PKCS #8; the public half is worked out from it. */
export async function signerFromPkcs8(pkcs8: Uint8Array<ArrayBuffer>, { extractable = false }: { extractable?: boolean } = {}): Promise<Signer & { readonly pair: KeyPair }> {
  const open = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign'])
  const { d: _, ...publicPart } = await crypto.subtle.exportKey('jwk', open)
  const publicKey = await crypto.subtle.importKey('jwk', { ...publicPart, key_ops: ['verify'] }, algorithm, true, ['verify'])
  const privateKey = extractable ? open : await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
  const pair = { privateKey, publicKey }
  return { ...(await signerOf(pair)), pair }
}

/** Signs a command with the acting key first, then with co-signers. */
export async function signCommand(command: Command, ...signers: readonly Signer[]): Promise<SignedCommand> {
  const text = signingText(command)
  const signatures = await Promise.all(signers.map(async (signer): Promise<Signature> => ({ keyId: signer.keyId, value: await signer.sign(text) })))
  return { command, signatures }
}

/** k and the first 40 hex digits of SHA-256 over the SubjectPublicKeyInfo. */
export async function keyIdOf(spki: Uint8Array<ArrayBuffer>): Promise<KeyId> {
  return `k${toHex(await crypto.subtle.digest('SHA-256', spki)).slice(0, 40)}` as KeyId
}

/** SHA-256 of UTF-8 text, hex. */
export async function sha256Hex(text: string): Promise<Hash> {
  return toHex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))) as Hash
}

/** Whether the signature fits; a malformed key or signature does not. */
export async function verifySignature({ publicKey, text, value }: { publicKey: string; text: string; value: string }): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('spki', fromBase64(publicKey), algorithm, false, ['verify'])
    return await crypto.subtle.verify(signature, key, fromBase64(value.replaceAll('-', '+').replaceAll('_', '/')), new TextEncoder().encode(text))
  } catch {
    return false
  }
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function toHex(buffer: ArrayBuffer): string {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
