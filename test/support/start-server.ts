import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export interface StartedServer {
  readonly url: string
  readonly dataDir: string
  /** Launcher, API, mongod and helpers. */
  processes(): readonly number[]
  /** Ends launcher, API, mongod and all helpers at once with SIGKILL: what a power cut does to the processes. */
  killEverything(): Promise<void>
  stop(): Promise<void>
}

/** The whole product as `npm start` runs it, on data of its own. */
export async function startServer({ dataDir, port, ledger = 'embedded', rebuildViews = 'off' }: { dataDir: string; port: number; ledger?: 'embedded' | 'fabric'; rebuildViews?: 'on' | 'off' }): Promise<StartedServer> {
  const { MONGODB_URI: _, ...inherited } = process.env
  const child = spawn(process.execPath, ['api/launch/start.mjs'], {
    cwd: root, stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, DATA_DIR: dataDir, PORT: String(port), LEDGER: ledger, DEMO: 'on', RATE_LIMITS: 'off', REBUILD_VIEWS: rebuildViews, LOG_LEVEL: 'warn' },
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => { said += chunk.toString() })
  child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString() })
  const url = `http://127.0.0.1:${port}`
  const processes = (): readonly number[] => [child.pid ?? 0, ...descendants(child.pid ?? 0)].filter((pid) => pid > 0)
  await untilReady(url, child, () => said)
  return {
    url, dataDir, processes,
    async killEverything() {
      for (const pid of processes()) process.kill(pid, 'SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

export async function aFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Processes of this launcher that are still alive: there must be none after a stop. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)])
    } catch {
      // It ended while we looked.
    }
  }
  const own = children.get(pid) ?? []
  return [...own, ...own.flatMap(descendants)]
}

async function untilReady(url: string, child: ChildProcess, said: () => string): Promise<void> {
  for (const until = Date.now() + 240_000; Date.now() < until; ) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${said()}`)
    const ready = await fetch(`${url}/health/ready`).then((answer) => answer.ok, () => false)
    if (ready) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`the server was not ready after four minutes:\n${said()}`)
}
