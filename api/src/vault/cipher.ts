import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'

/**
 * AES-256-GCM. The nonce is made from the content with the same key (a synthetic IV): sealing the same again gives the same bytes, so a
 * view that is rebuilt is the same view, and no nonce can meet two contents. `about` binds the text to its place: sealed for one record
 * and field, it does not open in another.
 */
export function seal(content: string | Uint8Array, { key, about }: { readonly key: Uint8Array; readonly about: string }): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
  const nonce = createHmac('sha256', keyFor('nonce', key)).update(`${about}\0`).update(bytes).digest().subarray(0, 12)
  const cipher = createCipheriv('aes-256-gcm', keyFor('content', key), nonce).setAAD(Buffer.from(about))
  const body = [cipher.update(bytes), cipher.final()]
  return Buffer.concat([nonce, cipher.getAuthTag(), ...body])
}

/** @throws Error when key or place is another, or the bytes were changed. */
export function open(sealed: Uint8Array, { key, about }: { readonly key: Uint8Array; readonly about: string }): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', keyFor('content', key), sealed.subarray(0, 12)).setAAD(Buffer.from(about)).setAuthTag(sealed.subarray(12, 28))
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()])
}

export function sealText(text: string, given: { readonly key: Uint8Array; readonly about: string }): string {
  return seal(text, given).toString('base64')
}

/** @throws Error like `open` */
export function openText(sealed: string, given: { readonly key: Uint8Array; readonly about: string }): string {
  return open(Buffer.from(sealed, 'base64'), given).toString('utf8')
}

/** A token that stands for a text in an index: the same text gives the same one, and without the key nobody can tell which. */
export function blindToken(text: string, key: Uint8Array): string {
  return createHmac('sha256', keyFor('index', key)).update(text).digest('base64url').slice(0, 22)
}

/** One key a purpose, so that no output of one use helps against another. */
function keyFor(purpose: 'nonce' | 'content' | 'index', key: Uint8Array): Buffer {
  return createHmac('sha256', key).update(`yidan vault ${purpose}`).digest()
}
