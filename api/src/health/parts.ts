import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { HealthPorts } from './routes.ts'

/** One part the system stands on, and whether it answers just now. */
export interface Part {
  readonly name: 'mongo' | 'ledger' | 'feed' | 'web'
  /** What is behind the name here: a trial says so. */
  readonly kind: string
  readonly ok: boolean
  readonly detail: string
}

const answerLimit = 2_000

/** Asks every part at once; one that does not answer within two seconds is down. */
export function partsOf({ database, ledger, feed, settings }: HealthPorts): Promise<readonly Part[]> {
  return Promise.all([
    ask('mongo', 'mongodb', async () => {
      const hello = await database.db?.admin().command({ hello: 1 })
      if (hello === undefined) return { ok: false, detail: 'not connected' }
      const set = typeof hello['setName'] === 'string' ? `replica set ${hello['setName']}` : 'sharded cluster'
      return hello['isWritablePrimary'] === true || hello['msg'] === 'isdbgrid' ? { ok: true, detail: set } : { ok: false, detail: `${set}: no primary` }
    }),
    ask('ledger', ledger.kind, async () => {
      const { ok, network, position, detail } = await ledger.health()
      return { ok, detail: `network ${network}, position ${position}${detail === '' ? '' : `; ${detail}`}` }
    }),
    ask('feed', 'event log', () => {
      const { ok, position, behind, detail } = feed.health()
      return Promise.resolve({ ok, detail: `position ${position}, ${behind} behind${detail === '' ? '' : `; ${detail}`}` })
    }),
    ask('web', settings.webRoot === null ? 'none' : 'built files', async () => {
      if (settings.webRoot === null) return { ok: true, detail: 'this process serves the API only' }
      await stat(join(settings.webRoot, 'index.html'))
      return { ok: true, detail: 'served by this process' }
    }),
  ])
}

async function ask(name: Part['name'], kind: string, question: () => Promise<{ ok: boolean; detail: string }>): Promise<Part> {
  let limit: NodeJS.Timeout | undefined
  const silence = new Promise<{ ok: boolean; detail: string }>((resolve) => {
    limit = setTimeout(() => resolve({ ok: false, detail: `no answer within ${answerLimit} ms` }), answerLimit)
  })
  try {
    return { name, kind, ...(await Promise.race([question(), silence])) }
  } catch (error) {
    return { name, kind, ok: false, detail: error instanceof Error ? error.name : 'failed' }
  } finally {
    clearTimeout(limit)
  }
}
