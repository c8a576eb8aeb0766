import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto'
import type { Hash, KeyId, SignatureChecks } from '../domain/index.ts'

/** SHA-256 of UTF-8 text. */
export function sha256(text: string): Hash {
  return createHash('sha256').update(text, 'utf8').digest('hex') as Hash
}

/** ES256 through OpenSSL; parsed keys are kept, since the same parties sign again and again. */
export const nodeChecks: SignatureChecks = {
  verify({ publicKey, text, signature }) {
    const key = keyOf(publicKey)
    return key !== null && verify('sha256', Buffer.from(text, 'utf8'), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
  },
  keyIdOf(publicKey) {
    const key = keyOf(publicKey)
    return key && (`k${createHash('sha256').update(key.export({ format: 'der', type: 'spki' })).digest('hex').slice(0, 40)}` as KeyId)
  },
}

/** How an uncompressed P-256 SubjectPublicKeyInfo starts in base64, up to the point itself. */
const uncompressedP256 = 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE'
const keptKeys = 10_000
const keys = new Map<string, KeyObject | null>()

/** The parsed key, or null when it is not a P-256 public key in its one usual spelling. The oldest are forgotten first. */
function keyOf(publicKey: string): KeyObject | null {
  const known = keys.get(publicKey)
  if (known !== undefined) return known
  const key = parse(publicKey)
  if (keys.size >= keptKeys) keys.delete(keys.keys().next().value ?? '')
  keys.set(publicKey, key)
  return key
}

function parse(publicKey: string): KeyObject | null {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
    const isP256 = key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1'
    // A compressed point or bytes behind the key would give one key a second name.
    return isP256 && publicKey.startsWith(uncompressedP256) && key.export({ format: 'der', type: 'spki' }).toString('base64') === publicKey ? key : null
  } catch {
    return null
  }
}
