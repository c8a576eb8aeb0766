import { createApp, type App } from '../../api/src/app.ts'
import { openRenderer, SealAuthority, type Renderer } from '../../api/src/documents/index.ts'
import { openEventLog } from '../../api/src/events/event-log.ts'
import { openFeed } from '../../api/src/events/feed.ts'
import type { Mail, Ports, Settings } from '../../api/src/ports.ts'
import { openVault } from '../../api/src/vault/index.ts'
import { makeClient, type Client, type SessionView } from '@yidan/api/contract'
import { openDesk, type Desk } from '@yidan/api/sdk'
import { openEmbeddedLedger } from '@yidan/ledger/embedded'
import type { Ledger } from '@yidan/ledger/port'
import { makeSigner, type Signer } from '@yidan/ledger/signing'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pino } from 'pino'
import { aFolder } from './a-folder.ts'
import { giveBack, openEmptyDatabase } from './empty-database.ts'
import { aPartyId, aPersonTag, type Actor } from './ledger-actors.ts'

/** The whole application on a port of its own, with a ledger in a temporary folder and a database that goes when it is closed. */
export interface Platform {
  readonly url: string
  readonly ports: Ports
  /** Where its embedded ledger keeps the journal. */
  readonly ledgerDirectory: string
  readonly app: App
  /** Mails that were sent, oldest first. */
  readonly mails: readonly Parameters<Mail['send']>[0][]
  /** What the system logged at level error: a bug, in a test that expects none. */
  readonly bugs: readonly string[]
  /** A typed client; without a caller it is a stranger's. */
  client(caller?: SignedIn | { readonly apiKey: string }): Client
  /** A plain request, for what the typed client cannot get wrong. */
  request(path: string, init?: RequestInit): Promise<Response>
  /** Signs a demo account in, as its browser would be. */
  signInAs(account: string): Promise<SignedIn>
  /** A desk of a demo account with a signing key that is registered. */
  deskOf(account: string): Promise<Desk>
  close(): Promise<void>
}

export interface SignedIn {
  readonly session: SessionView
  /** Value of the Cookie header. */
  readonly cookie: string
}

export interface PlatformOptions {
  readonly clock?: () => Date
  readonly settings?: Partial<Settings>
  /** Another database server than the one all tests share. */
  readonly mongodb?: string
  /** Who founded the ledger, where it was founded before. */
  readonly registrar?: Actor
  /** Another ledger than an embedded one of its own; closed with the platform. */
  readonly ledger?: (registrar: Actor, ports: Pick<Ports, 'database' | 'vault' | 'clock'>) => Promise<Ledger>
  /** Fills the database while the platform stands still: it was started once, has its companies and indexes, and starts anew on what it finds. */
  readonly filledBy?: (ports: Ports, app: App) => Promise<void>
  /** Holds every answer to the contract; a bench does not. */
  readonly checkAnswers?: boolean
}

/** One printing thread for all platforms of a test process: to start one takes longer than to print with it. It ends with the process. */
let printer: Renderer | null = null

export async function openPlatform({ clock = () => new Date(), settings: given = {}, mongodb: uri = process.env['YIDAN_TEST_MONGODB_URI'], registrar: founding, ledger: openLedger, filledBy, checkAnswers = true }: PlatformOptions = {}): Promise<Platform> {
  if (uri === undefined) throw new Error('YIDAN_TEST_MONGODB_URI is not set: npm test sets it, or start a replica set and name it there')
  const directory = await aFolder('yidan-platform-')
  const database = await openEmptyDatabase(uri)
  const { signer: registrar, ...founder } = founding ?? { signer: await makeSigner(), partyId: aPartyId(), person: aPersonTag() }
  const vault = await openVault({ database, ring: { current: randomBytes(32), previous: [] }, clock })
  const ledger = await (openLedger?.({ ...founder, signer: registrar }, { database, vault, clock }) ?? openEmbeddedLedger({ directory: join(directory, 'ledger'), network: 'test', registrar: { ...founder, publicKey: registrar.publicKey }, serviceKey: aServiceKey(), clock }))
  const eventLog = await openEventLog({ database, vault, clock })
  const bugs: string[] = []
  const log = pino({ level: 'error', base: null }, { write: (line: string) => void bugs.push(line) })
  const mails: Parameters<Mail['send']>[0][] = []
  const renderer = (printer ??= openRenderer())
  const settings: Settings = {
    version: '0.0.0-test', publicUrl: 'http://yidan.test', demo: true, billPrefix: 'LYLG', sessionDays: 7, retentionYears: 5, secureCookies: false, trustProxy: false, rateLimits: false, webRoot: null, metricsToken: null, ...given,
  }
  let ports: Ports = {
    ledger, registrar, database, vault, eventLog, renderer, clock, log, settings, feed: openFeed({ ledger, eventLog, database, log }), seals: await SealAuthority.open({ directory: join(directory, 'seals') }),
    mail: { send: (message) => Promise.resolve(void mails.push(message)) },
  }
  let app = await createApp(ports, { checkAnswers })
  if (filledBy) {
    await app.close()
    await filledBy(ports, app)
    ports = { ...ports, feed: openFeed({ ledger, eventLog, database, log }) }
    app = await createApp(ports, { checkAnswers })
  }
  app.server.listen({ host: '127.0.0.1', port: 0 })
  await once(app.server, 'listening')
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const keys = new Map<string, Signer>()

  return {
    url, ports, app, mails, bugs, ledgerDirectory: join(directory, 'ledger'),
    client: (caller) => makeClient({ baseUrl: url, headers: () => (caller === undefined ? {} : 'apiKey' in caller ? { authorization: `Bearer ${caller.apiKey}` } : { cookie: caller.cookie }) }),
    request: (path, init) => fetch(`${url}${path}`, { redirect: 'manual', ...init }),
    async signInAs(account) {
      const answer = await fetch(`${url}/api/v1/session/demo`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ account }) })
      if (!answer.ok) throw new Error(`${account} cannot sign in: ${await answer.text()}`)
      return { session: (await answer.json()) as SessionView, cookie: cookieOf(answer) }
    },
    async deskOf(account) {
      const desk = await openDesk({ baseUrl: url, credentials: { account }, clock })
      const signer = keys.get(account) ?? (await makeSigner())
      keys.set(account, signer)
      await desk.useKey(signer)
      return desk
    },
    async close() {
      await app.close()
      await ledger.close()
      await giveBack(database, uri)
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** The session cookie of an answer, as a Cookie header. */
export function cookieOf(answer: Response): string {
  return answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '').join('; ')
}

function aServiceKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
}
