import { z } from 'zod'
import { fromBase64, signerFromPkcs8, toBase64 } from '@yidan/ledger/signing'

/**
 * A signing key as a file, locked with a passphrase: PBKDF2-SHA-256 to an AES-256-GCM key. The file names its key and the person's tag,
 * both sealed along as additional data, so that a changed name is found out.
 */
export const BackupFile = z.strictObject({
  format: z.literal('yidan.key-backup/1'),
  keyId: z.string(),
  person: z.string(),
  createdAt: z.string(),
  kdf: z.strictObject({ name: z.literal('PBKDF2-SHA-256'), iterations: z.int().min(100_000).max(10_000_000), salt: z.base64() }),
  cipher: z.strictObject({ name: z.literal('AES-256-GCM'), iv: z.base64(), text: z.base64() }),
})
export type BackupFile = z.infer<typeof BackupFile>

/** Shorter passphrases are guessed. */
export const shortestPassphrase = 10
const iterations = 600_000

export async function sealBackup({ pkcs8, passphrase, keyId, person, now }: { pkcs8: Uint8Array<ArrayBuffer>; passphrase: string; keyId: string; person: string; now: Date }): Promise<BackupFile> {
  const salt = crypto.getRandomValues(new Uint8Array(16)), iv = crypto.getRandomValues(new Uint8Array(12))
  const head = { format: 'yidan.key-backup/1', keyId, person, createdAt: now.toISOString() } as const
  const lock = await lockFrom({ passphrase, salt, rounds: iterations })
  const text = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: sealedAlong(head) }, lock, pkcs8)
  return {
    ...head,
    kdf: { name: 'PBKDF2-SHA-256', iterations, salt: toBase64(salt) },
    cipher: { name: 'AES-256-GCM', iv: toBase64(iv), text: toBase64(new Uint8Array(text)) },
  }
}

/** Why a backup could not be opened: `unreadable` file, wrong `passphrase` (or a changed file), or a key that is not the one named. */
export class BackupFault extends Error {
  override readonly name = 'BackupFault'
  readonly code: 'unreadable' | 'passphrase' | 'wrong-key'
  constructor(code: BackupFault['code'], cause?: unknown) {
    super(code, { cause })
    this.code = code
  }
}

/** The private key inside. @throws BackupFault */
export async function openBackup({ content, passphrase }: { content: string; passphrase: string }): Promise<{ readonly file: BackupFile; readonly pkcs8: Uint8Array<ArrayBuffer> }> {
  const file = parse(content)
  const lock = await lockFrom({ passphrase, salt: fromBase64(file.kdf.salt), rounds: file.kdf.iterations })
  let pkcs8: Uint8Array<ArrayBuffer>
  try {
    pkcs8 = new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: fromBase64(file.cipher.iv), additionalData: sealedAlong(file) }, lock, fromBase64(file.cipher.text)))
  } catch (cause) {
    throw new BackupFault('passphrase', cause)
  }
  const signer = await signerFromPkcs8(pkcs8)
  if (signer.keyId !== file.keyId) throw new BackupFault('wrong-key')
  return { file, pkcs8 }
}

function parse(content: string): BackupFile {
  try {
    return BackupFile.parse(JSON.parse(content))
  } catch (cause) {
    throw new BackupFault('unreadable', cause)
  }
}

async function lockFrom({ passphrase, salt, rounds }: { passphrase: string; salt: Uint8Array<ArrayBuffer>; rounds: number }): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey('raw', new TextEncoder().encode(passphrase.normalize('NFKC')), 'PBKDF2', false, ['deriveKey'])
  return crypto.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }, secret, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

function sealedAlong({ format, keyId, person, createdAt }: Pick<BackupFile, 'format' | 'keyId' | 'person' | 'createdAt'>): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify([format, keyId, person, createdAt]))
}
