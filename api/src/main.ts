import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { JournalDamaged, LedgerLocked } from '@yidan/ledger/embedded'
import { pino, type Logger } from 'pino'
import { createApp, type App } from './app.ts'
import { ConfigFault, parseConfig, type Config } from './config.ts'
import { openDatabase } from './database.ts'
import { openRenderer, SealAuthority } from './documents/index.ts'
import { openEventLog } from './events/event-log.ts'
import { openFeed } from './events/feed.ts'
import { openMailFolder } from './mail-folder.ts'
import { openLedger } from './open-ledger.ts'
import type { Ports, Settings } from './ports.ts'
import { openRegistrarKey } from './registrar-key.ts'
import { openSecretKeys } from './secret-key.ts'
import { StartFault } from './start-fault.ts'
import { openVault, WrongSecretKey, type Vault } from './vault/index.ts'

const stopLimit = 8_000
const root = join(import.meta.dirname, packageFolder())

await run()

/** Configuration → ports → app → listen → orderly stop. */
async function run(): Promise<void> {
  const closers: (() => Promise<void>)[] = []
  let log: Logger | null = null
  try {
    const config = readConfig()
    log = pino({ level: config.logLevel, base: null })
    const tell = startTeller()
    const ports = await openPorts(config, { log, closers, tell })
    const telling = setInterval(() => {
      const { position, behind } = ports.feed.health()
      tell(`the views have read ${position} of ${position + behind} entries of the log`)
    }, 1_000)
    closers.push(() => Promise.resolve(clearInterval(telling)))
    const app = await createApp(ports)
    closers.push(() => app.close())
    if (config.rebuildViews) await rebuildViews(ports)
    clearInterval(telling)
    await listen(app, config)
    stopWhenTold(closers, log)
    log.info({ address: config.publicUrl, ledger: ports.ledger.kind, demo: config.demo }, 'ready')
    process.send?.({ ready: config.publicUrl })
  } catch (error) {
    process.stderr.write(wordsOf(error))
    await closeAll(closers)
    process.exit(isTheirs(error) ? 78 : 1)
  }
}

/** Tells a launcher that waits how far the start has come: one that hears nothing new for minutes takes it for a standstill. */
function startTeller(): (what: string) => void {
  let last = ''
  return (what) => {
    if (what !== last) process.send?.({ starting: what })
    last = what
  }
}

/** Everything the application needs from outside. What is opened is noted, and closed again in the opposite order. */
async function openPorts(config: Config, { log, closers, tell }: { readonly log: Logger; readonly closers: (() => Promise<void>)[]; readonly tell: (what: string) => void }): Promise<Ports> {
  const clock = (): Date => new Date()
  const uri = config.mongodb.uri
  if (uri === null) throw new StartFault('MONGODB_URI is not set.', ['Set it: MONGODB_URI=mongodb://127.0.0.1:27017/?replicaSet=rs0', 'Or let npm start run a MongoDB of its own.'])
  const database = await openDatabase({ uri, database: config.mongodb.database })
  closers.push(() => database.close())
  const registrar = await openRegistrarKey({ address: config.registrarKey, keysDir: config.keysDir })
  closers.push(() => registrar.close())
  const vault = await openTheVault(config, { database, clock, log })
  const ledger = await openLedger(config, { database, vault, registrar, clock, log, progress: (records) => tell(`${records} records of the ledger are checked`) })
  closers.push(() => ledger.close())
  const renderer = openRenderer()
  closers.push(() => renderer.close())
  const eventLog = await openEventLog({ database, vault, clock })
  return {
    ledger, registrar, database, vault, eventLog, renderer, clock, log,
    feed: openFeed({ ledger, eventLog, database, log }),
    seals: await SealAuthority.open({ directory: join(config.keysDir, 'seals') }),
    mail: await openMailFolder({ directory: join(config.dataDir, 'mail'), clock }),
    settings: await settingsOf(config),
  }
}

/** What an earlier secret key had wrapped is taken over at once. */
async function openTheVault({ secretKey, previousSecretKeys, keysDir }: Config, { database, clock, log }: Pick<Ports, 'database' | 'clock' | 'log'>): Promise<Vault> {
  const ring = await openSecretKeys({ given: secretKey, previous: previousSecretKeys, keysDir })
  const vault = await openVault({ database, ring, clock }).catch((error: unknown) => {
    if (!(error instanceof WrongSecretKey)) throw error
    throw new StartFault(`SECRET_KEY does not fit the database: ${error.message}.`, ['Set SECRET_KEY to what it was, or name the old one in SECRET_KEY_PREVIOUS.', 'Without a file and without SECRET_KEY: restore secret-key.hex of KEYS_DIR from the backup.'], { cause: error })
  })
  const taken = await vault.rewrap()
  if (taken > 0) log.info({ dataKeys: taken }, 'data keys were wrapped with the new secret key')
  return vault
}

async function settingsOf(config: Config): Promise<Settings> {
  const { publicUrl, demo, billPrefix, sessionDays, retentionYears, trustProxy, rateLimits, metricsToken, callbacksToLoopback, mqtt } = config
  const webRoot = join(root, 'web-client/dist')
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
  return {
    version, publicUrl, demo, billPrefix, sessionDays, retentionYears, trustProxy, rateLimits, metricsToken,
    delivery: { allowLoopback: callbacksToLoopback },
    ...(mqtt === null ? {} : { mqtt: { ...mqtt, ca: mqtt.ca === null ? null : await readAuthority(mqtt.ca) } }),
    secureCookies: publicUrl.startsWith('https:'),
    webRoot: existsSync(webRoot) ? webRoot : null,
  }
}

async function readAuthority(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new StartFault(`MQTT_CA: ${path} cannot be read.`, ['Name a file with the certificate (PEM) of the broker’s authority, or leave MQTT_CA out.'], { cause: error })
  })
}

/** Takes as long as reading the whole log; nobody is served meanwhile. */
async function rebuildViews({ feed, log }: Ports): Promise<void> {
  log.info('dropping all views and reading the log again')
  await feed.rebuild()
  log.info({ position: feed.health().position }, 'views are rebuilt')
}

async function listen({ server }: App, { host, port }: Config): Promise<void> {
  server.listen({ host, port })
  try {
    await once(server, 'listening')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new StartFault(`Port ${port} of ${host} cannot be used (${code}).`, [`Choose another one: PORT=${port + 1}`], { cause: error })
  }
}

/** Ctrl-C, SIGTERM, or the end of the launcher whose child this is. A part that does not close holds the end up for eight seconds at most. */
function stopWhenTold(closers: readonly (() => Promise<void>)[], log: Logger): void {
  let stopping = false
  const stop = (why: string): void => {
    if (stopping) return
    stopping = true
    log.info({ why }, 'stopping')
    setTimeout(() => process.exit(1), stopLimit).unref()
    void closeAll(closers).then(() => process.exit(0))
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal))
  process.on('disconnect', () => stop('the launcher ended'))
}

async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<void> {
  for (const close of closers.toReversed()) {
    await close().catch((error: unknown) => process.stderr.write(wordsOf(error)))
  }
}

function readConfig(): Config {
  if (existsSync('.env')) process.loadEnvFile('.env')
  return parseConfig(process.env)
}

/** Whether the trouble lies outside the program, so that its words are enough; told to the launcher as exit code 78 (EX_CONFIG). */
function isTheirs(error: unknown): error is Error {
  return [ConfigFault, StartFault, JournalDamaged, LedgerLocked].some((kind) => error instanceof kind)
}

function wordsOf(error: unknown): string {
  if (error instanceof StartFault) return `\n${error.message}\n${error.waysOut.map((way) => `  → ${way}\n`).join('')}`
  if (isTheirs(error)) return `\n${error.message}\n`
  return `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`
}

/** From this file to the clone: it is api/src as a source and api/dist/src when built. */
function packageFolder(): string {
  return import.meta.filename.endsWith('.ts') ? '../..' : '../../..'
}
