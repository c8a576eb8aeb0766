import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { HealthPorts } from './routes.ts'

/** One part the system stands on, and whether it answers just now. */
export interface Part {
  readonly name: 'mongo' | 'ledger' | 'feed' | 'seals' | 'web' | 'devices'
  /** What is behind the name here: a trial says so. */
  readonly kind: string
  readonly ok: boolean
  readonly detail: string
}

const answerLimit = 2_000

/** Listening to box devices; null where no broker is named. A broker that is away makes nobody unready: the devices’ messages wait in it. */
export type DevicesHealth = { health(): { readonly ok: boolean; readonly detail: string } } | null

/** Asks every part at once; one that does not answer within two seconds is down. */
export async function partsOf({ database, ledger, feed, seals, settings, clock }: HealthPorts, devices: DevicesHealth = null): Promise<readonly Part[]> {
  const parts = await Promise.all([
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
    ask('seals', 'certificates', async () => sealsHealth(await seals.certificates(), clock())),
    ask('web', settings.webRoot === null ? 'none' : 'built files', async () => {
      if (settings.webRoot === null) return { ok: true, detail: 'this process serves the API only' }
      await stat(join(settings.webRoot, 'index.html'))
      return { ok: true, detail: 'served by this process' }
    }),
  ])
  return devices === null ? parts : [...parts, { name: 'devices', kind: 'mqtt', ...devices.health() }]
}

const day = 86_400_000
/** Days before the end of a certificate from which it is told. */
const toldBefore = 60

/** A seal whose root has ended convinces nobody. A carrier's certificate that has ended is renewed with its next seal. */
function sealsHealth(certificates: Awaited<ReturnType<HealthPorts['seals']['certificates']>>, now: Date): { ok: boolean; detail: string } {
  const ending = certificates.map(({ of, isRoot, until }) => ({ of, isRoot, days: Math.floor((until.getTime() - now.getTime()) / day) })).filter(({ days }) => days < toldBefore)
  const words = ending.map(({ of, days }) => (days < 0 ? `the certificate of ${of} has ended` : `the certificate of ${of} ends in ${days} days`))
  return { ok: !ending.some(({ isRoot, days }) => isRoot && days < 0), detail: words.length === 0 ? `${certificates.length} good for ${toldBefore} days and more` : words.join('; ') }
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
