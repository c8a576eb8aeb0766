import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartFault } from './start-fault.ts'
import { nameOfSecretKey, type KeyRing } from './vault/index.ts'

const fileName = 'secret-key.hex'
const previousFile = /^secret-key\.previous-[0-9a-f]{16}\.hex$/

/**
 * The 32 bytes that wrap all data keys: SECRET_KEY, else the one in the keys folder, made at the first start; and those from before a
 * change. Whoever loses it loses every document and every pledge's terms at rest, so it belongs in the backup, apart from the database.
 */
export async function openSecretKeys({ given, previous, keysDir }: { readonly given: Buffer | null; readonly previous: readonly Buffer[]; readonly keysDir: string }): Promise<KeyRing> {
  if (given !== null) return { current: given, previous }
  await mkdir(keysDir, { recursive: true, mode: 0o700 })
  await chmod(keysDir, 0o700)
  await makeIfAbsent(join(keysDir, fileName))
  return { current: await readKey(join(keysDir, fileName)), previous: [...previous, ...(await Promise.all((await previousFiles(keysDir)).map(readKey)))] }
}

/** A new secret key in the keys folder, the old one beside it: the next start takes over what that had wrapped. Gives the new one's name. */
export async function changeSecretKey(keysDir: string): Promise<string> {
  const file = join(keysDir, fileName)
  const old = await readKey(file)
  await writeDurably(join(keysDir, `secret-key.previous-${nameOfSecretKey(old)}.hex`), old)
  const fresh = randomBytes(32)
  const draft = `${file}.${randomBytes(4).toString('hex')}`
  await writeDurably(draft, fresh)
  await rename(draft, file)
  return nameOfSecretKey(fresh)
}

/** Old secret keys in the keys folder. */
export async function previousFiles(keysDir: string): Promise<string[]> {
  return (await readdir(keysDir)).filter((name) => previousFile.test(name)).sort().map((name) => join(keysDir, name))
}

async function readKey(file: string): Promise<Buffer> {
  const text = (await readFile(file, 'utf8')).trim()
  if (/^[0-9a-f]{64}$/.test(text)) return Buffer.from(text, 'hex')
  throw new StartFault(`${file} is damaged: it does not hold 64 hexadecimal digits.`, ['Restore it from the backup, or set SECRET_KEY to what it held.'])
}

async function writeDurably(file: string, key: Uint8Array): Promise<void> {
  await writeFile(file, `${Buffer.from(key).toString('hex')}\n`, { mode: 0o600, flush: true })
}

/** Whole or not at all, and never over one that is there. */
async function makeIfAbsent(file: string): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}`
  await writeDurably(draft, randomBytes(32))
  try {
    await link(draft, file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await rm(draft)
  }
}
