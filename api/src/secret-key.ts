import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartFault } from './start-fault.ts'

/**
 * The 32 bytes that encrypt what is kept for others: SECRET_KEY, else the one in the keys folder, made at the first start.
 * Whoever loses it loses release codes and pledge terms at rest, so it belongs in the backup.
 */
export async function openSecretKey({ given, keysDir }: { readonly given: Buffer | null; readonly keysDir: string }): Promise<Buffer> {
  if (given !== null) return given
  await mkdir(keysDir, { recursive: true, mode: 0o700 })
  await chmod(keysDir, 0o700)
  const file = join(keysDir, 'secret-key.hex')
  await makeIfAbsent(file)
  const text = (await readFile(file, 'utf8')).trim()
  if (/^[0-9a-f]{64}$/.test(text)) return Buffer.from(text, 'hex')
  throw new StartFault(`${file} is damaged: it does not hold 64 hexadecimal digits.`, ['Restore it from the backup, or set SECRET_KEY to what it held.'])
}

/** Whole or not at all, and never over one that is there. */
async function makeIfAbsent(file: string): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    await link(draft, file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await rm(draft)
  }
}
