import { randomUUID } from 'node:crypto'
import { link, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'

/** Another process has the ledger open. */
export class LedgerLocked extends Error {
  override readonly name = 'LedgerLocked'
}

const beat = 5_000
/** A lock from another host (a container's, on a shared volume) counts as given up when its owner has not touched it for this long. */
const silence = 30_000

interface Owner {
  readonly pid: number
  /** Start time in clock ticks since boot: a pid may be used again. */
  readonly started: string | null
  readonly host: string
}

/** One process at a time: a file that names its owner. A lock whose owner is gone (kill -9) is taken over. Gives the way to unlock. */
export async function lock(path: string): Promise<() => Promise<void>> {
  for (let tries = 0; tries < 3; tries += 1) {
    if (await claim(path)) return hold(path)
    await clearIfGivenUp(path)
  }
  throw new LedgerLocked(`the ledger is being opened by somebody else (${path})`)
}

/** The file appears whole or not at all: nobody ever reads a lock without its owner. */
async function claim(path: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`
  const owner: Owner = { pid: process.pid, started: await startOf(process.pid), host: hostname() }
  await writeFile(draft, JSON.stringify(owner), { mode: 0o600 })
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

function hold(path: string): () => Promise<void> {
  const timer = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), beat).unref()
  return async () => {
    clearInterval(timer)
    await rm(path, { force: true })
  }
}

/** Removes a lock whose owner is gone; one process at a time does that, or it could remove the lock of who was faster. */
async function clearIfGivenUp(path: string): Promise<void> {
  const guard = `${path}.clearing`
  if (!(await claim(guard))) {
    if ((await liveOwnerOf(guard)) === null) await rm(guard, { force: true })
    return
  }
  try {
    const owner = await liveOwnerOf(path)
    if (owner !== null) throw new LedgerLocked(`process ${owner.pid} on ${owner.host} has the ledger open (${path})`)
    await rm(path, { force: true })
  } finally {
    await rm(guard, { force: true })
  }
}

async function liveOwnerOf(path: string): Promise<Owner | null> {
  const owner = await ownerOf(path)
  if (owner === null) return null
  if (owner.host !== hostname()) return (await stat(path).then(({ mtimeMs }) => Date.now() - mtimeMs, () => silence)) < silence ? owner : null
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? owner : null
  }
  const started = await startOf(owner.pid)
  return owner.started === null || started === null || started === owner.started ? owner : null
}

async function ownerOf(path: string): Promise<Owner | null> {
  try {
    const found = JSON.parse(await readFile(path, 'utf8')) as Partial<Owner>
    return typeof found.pid === 'number' ? { pid: found.pid, started: found.started ?? null, host: found.host ?? hostname() } : null
  } catch {
    return null
  }
}

/** Where /proc tells it. */
async function startOf(pid: number): Promise<string | null> {
  const told = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return told?.slice(told.lastIndexOf(')') + 2).split(' ')[19] ?? null
}
