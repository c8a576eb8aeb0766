import { open, readFile, rm } from 'node:fs/promises'

/** Another process has the ledger open. */
export class LedgerLocked extends Error {
  override readonly name = 'LedgerLocked'
}

/** One process at a time: a file with pid and start time of its owner. A lock whose owner is gone (kill -9) is taken over. */
export async function lock(path: string): Promise<() => Promise<void>> {
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      const file = await open(path, 'wx', 0o600)
      await file.writeFile(JSON.stringify({ pid: process.pid, started: await startOf(process.pid) }))
      await file.close()
      return () => rm(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const owner = await ownerOf(path)
      if (owner !== null && (await isAlive(owner))) throw new LedgerLocked(`process ${owner.pid} has the ledger open (${path})`)
      await rm(path, { force: true })
    }
  }
  throw new LedgerLocked(`the ledger is being opened by somebody else (${path})`)
}

interface Owner { readonly pid: number; readonly started: string | null }

async function ownerOf(path: string): Promise<Owner | null> {
  try {
    const found = JSON.parse(await readFile(path, 'utf8')) as Partial<Owner>
    return typeof found.pid === 'number' ? { pid: found.pid, started: found.started ?? null } : null
  } catch {
    return null
  }
}

async function isAlive({ pid, started }: Owner): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  const now = await startOf(pid)
  return started === null || now === null || now === started
}

/** Start time of a process in clock ticks since boot, where /proc tells it: a pid may be used again. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}
