import { readStatement, statementBytes, type BillStatement, type IssuerKeys } from '@yidan/api/contract'

/** What the signed statement in a scanned QR is worth, judged on this device alone. */
export type Stated =
  /** An older print, a box number, a release code: nothing is stated. */
  | { readonly is: 'none' }
  | { readonly is: 'good'; readonly statement: BillStatement; readonly company: string }
  | { readonly is: 'forged'; readonly why: 'damaged' | 'signature' | 'issuer' | 'time' }
  /** Signed with a key that is not at hand; the list of keys is older than the statement, or there is none. */
  | { readonly is: 'unknown'; readonly statement: BillStatement }

export async function judge(scanned: string, keys: IssuerKeys | null): Promise<Stated> {
  const read = readStatement(scanned)
  if (read.is === 'none') return { is: 'none' }
  if (read.is === 'damaged') return { is: 'forged', why: 'damaged' }
  const { statement, signature } = read
  const key = keys?.items.find(({ keyId }) => keyId === statement.keyId)
  // A list made after the statement would have its key.
  if (!keys || !key) return keys && Date.parse(keys.asOf) > Date.parse(statement.at) + clockSkew ? { is: 'forged', why: 'issuer' } : { is: 'unknown', statement }
  if (!(await fits(key.publicKey, statementBytes(statement, keys.network), signature))) return { is: 'forged', why: 'signature' }
  const at = Date.parse(statement.at)
  return at < Date.parse(key.from) || at > Date.parse(key.to) ? { is: 'forged', why: 'time' } : { is: 'good', statement, company: key.company }
}

const clockSkew = 5 * 60_000

async function fits(publicKey: string, text: Uint8Array, signature: Uint8Array): Promise<boolean> {
  try {
    const spki = Uint8Array.from(atob(publicKey), (letter) => letter.charCodeAt(0))
    const key = await crypto.subtle.importKey('spki', spki, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
    return await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, Uint8Array.from(signature), Uint8Array.from(text))
  } catch {
    return false
  }
}
