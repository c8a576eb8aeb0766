import { resolve } from 'node:path'
import { z } from 'zod'

/** What the operator decides. Read once, at start, from the environment; `.env.example` lists the same names with the same defaults. */
export interface Config {
  readonly environment: 'development' | 'production' | 'test'
  readonly host: string
  readonly port: number
  /** Where people reach this system, without a slash at the end; printed in QR codes and mails. */
  readonly publicUrl: string
  /** `uri` is null where the launcher is to find and run a mongod of its own. */
  readonly mongodb: { readonly uri: string | null; readonly database: string }
  readonly ledger: LedgerConfig
  readonly demo: boolean
  readonly logLevel: (typeof logLevels)[number]
  readonly dataDir: string
  readonly keysDir: string
  /** Where the registrar's key is, when it is in a token: an RFC 7512 address. Null: a file in `keysDir`. */
  readonly registrarKey: string | null
  readonly sessionDays: number
  readonly trustProxy: boolean
  /** 32 bytes, or null where one is to be made and kept in `keysDir`. */
  readonly secretKey: Buffer | null
  /** Secret keys from before it: they still open what they wrapped. */
  readonly previousSecretKeys: readonly Buffer[]
  readonly retentionYears: number
  readonly billPrefix: string
  readonly metricsToken: string | null
  readonly rateLimits: boolean
  /** Drop every view at this start and read the log again from its beginning. */
  readonly rebuildViews: boolean
  /** Whether callbacks may go to this very machine. */
  readonly callbacksToLoopback: boolean
  /** What the objects of the API may take, where the launcher starts it (MB). */
  readonly heapMb: number
  /** The broker of box devices; null: none is listened to. `ca` is a path. */
  readonly mqtt: { readonly url: string; readonly username: string | null; readonly password: string | null; readonly topic: string; readonly clientId: string; readonly ca: string | null } | null
}

export type LedgerConfig =
  | { readonly kind: 'embedded'; readonly directory: string; readonly network: string }
  | {
      readonly kind: 'fabric'
      readonly network: string
      /** Path of the network's `connection.json`. */
      readonly profile: string
      /** The organisation this software sends for; null: the network's operator. */
      readonly organisation: string | null
      /** Paths of its gateway certificate and key; null: those the profile names. */
      readonly identity: { readonly certificate: string; readonly key: string } | null
      /** Hash the chaincode must name as its code, `any`, or null for the one the profile names. */
      readonly code: string | null
    }

/** Every fault of the environment at once, each with an example of a right value. */
export class ConfigFault extends Error {
  override readonly name = 'ConfigFault'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(`The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`)
    this.faults = faults
  }
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const onOff = z.enum(['on', 'off'])

/** One line per variable: what it takes, and a right value to show when it has a wrong one. */
const variables = {
  NODE_ENV: [z.enum(['development', 'production', 'test']).default('development'), 'production'],
  HOST: [z.string().regex(/^[\w.:-]+$/, 'is no host name or address').default('127.0.0.1'), '127.0.0.1'],
  PORT: [wholeNumber(1, 65_535).default(8080), '8080'],
  PUBLIC_URL: [z.string().refine(isPlainWebAddress, 'is no http(s) address without query').transform((url) => url.replace(/\/+$/, '')).optional(), 'https://bills.example.com'],
  MONGODB_URI: [z.string().regex(/^mongodb(\+srv)?:\/\/\S+$/, 'does not begin with mongodb:// or mongodb+srv://').optional(), 'mongodb://127.0.0.1:27017/?replicaSet=rs0'],
  MONGODB_DATABASE: [z.string().regex(/^[\w-]{1,38}$/, 'is no database name: letters, digits, - and _, 38 at most').default('yidan'), 'yidan'],
  LEDGER: [z.enum(['embedded', 'fabric']).default('embedded'), 'embedded'],
  LEDGER_DIR: [z.string().optional(), '/var/lib/yidan/ledger'],
  FABRIC_DIR: [z.string().optional(), '/var/lib/yidan/fabric'],
  FABRIC_PROFILE: [z.string().optional(), '/etc/yidan/fabric/connection.json'],
  FABRIC_ORG: [z.string().regex(/^[A-Za-z][A-Za-z0-9.-]{0,62}$/, 'is no name of an organisation').optional(), 'PortMSP'],
  FABRIC_CERTIFICATE: [z.string().optional(), '/etc/yidan/fabric/gateway.pem'],
  FABRIC_KEY: [z.string().optional(), '/etc/yidan/fabric/gateway-key.pem'],
  FABRIC_CODE: [z.string().regex(/^([0-9a-f]{64}|any)$/, 'is neither 64 hexadecimal digits nor any').optional(), 'any'],
  NETWORK: [z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, 'is no network name: small letters, digits and -, 2 to 40').default('yidan-local'), 'yidan-local'],
  DEMO: [onOff.optional(), 'off'],
  API_HEAP_MB: [wholeNumber(128, 65_536).default(512), '512'],
  LOG_LEVEL: [z.enum(logLevels).default('info'), 'info'],
  DATA_DIR: [z.string().default('.yidan'), '/var/lib/yidan'],
  KEYS_DIR: [z.string().optional(), '/etc/yidan/keys'],
  REGISTRAR_KEY: [z.string().regex(/^pkcs11:\S+$/, 'is no address of a key in a token').optional(), 'pkcs11:token=yidan;object=registrar?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/yidan/pin'],
  SESSION_DAYS: [wholeNumber(1, 90).default(7), '7'],
  TRUST_PROXY: [onOff.default('off'), 'on'],
  SECRET_KEY: [z.string().regex(/^[0-9a-f]{64}$/i, 'is not 64 hexadecimal digits (make one: openssl rand -hex 32)').optional(), '64 hexadecimal digits'],
  SECRET_KEY_PREVIOUS: [z.string().regex(/^[0-9a-f]{64}(,[0-9a-f]{64})*$/i, 'is not 64 hexadecimal digits, or several of them with commas between').optional(), '64 hexadecimal digits'],
  RETENTION_YEARS: [wholeNumber(1, 30).default(5), '5'],
  BILL_PREFIX: [z.string().regex(/^[A-Z]{4}$/, 'is not four capital letters').default('LYLG'), 'LYLG'],
  METRICS_TOKEN: [z.string().min(16, 'is shorter than 16 characters').optional(), 'a random text of 16 characters or more'],
  RATE_LIMITS: [onOff.default('on'), 'on'],
  REBUILD_VIEWS: [onOff.default('off'), 'on'],
  CALLBACKS_TO_LOOPBACK: [onOff.default('off'), 'on'],
  MQTT_URL: [z.string().refine(isBrokerAddress, 'is no mqtt://, mqtts://, ws:// or wss:// address without user and password').optional(), 'mqtts://broker.example.com:8883'],
  MQTT_USER: [z.string().max(200).optional(), 'yidan'],
  MQTT_PASSWORD: [z.string().max(500).optional(), 'a password'],
  MQTT_TOPIC: [z.string().max(200).regex(/^[^+#]*(?<=^|\/)\+(?=\/|$)[^+#]*$/, 'has not one + between slashes, where the device’s name stands').default('yidan/devices/+/events'), 'yidan/devices/+/events'],
  MQTT_CLIENT_ID: [z.string().regex(/^[\w-]{1,64}$/, 'is no client id: letters, digits, - and _, 64 at most').optional(), 'yidan'],
  MQTT_CA: [z.string().optional(), '/etc/yidan/broker-ca.pem'],
} as const satisfies Record<string, readonly [schema: z.ZodType, example: string]>

type Name = keyof typeof variables
type Values = { readonly [N in Name]: z.output<(typeof variables)[N][0]> }

/** The names this system reads; a test holds `.env.example` to them. */
export const variableNames = Object.keys(variables) as readonly Name[]

/** What faults must not repeat on a screen or in a log. */
const secrets: ReadonlySet<string> = new Set<Name>(['MONGODB_URI', 'SECRET_KEY', 'SECRET_KEY_PREVIOUS', 'REGISTRAR_KEY', 'METRICS_TOKEN', 'MQTT_URL', 'MQTT_PASSWORD'])

/**
 * Reads the configuration out of an environment. An empty variable counts as absent; relative folders lie below the working directory.
 * @throws ConfigFault naming every fault
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = []
  const values: Record<string, unknown> = {}
  for (const name of variableNames) {
    const [schema, example] = variables[name]
    const given = env[name]?.trim() || undefined
    const parsed = schema.safeParse(given)
    if (parsed.success) values[name] = parsed.data
    else faults.push(`${name}${given === undefined || secrets.has(name) ? '' : `=${given}`} ${reasonOf(parsed.error)}. Example: ${name}=${example}`)
  }
  if (values['NODE_ENV'] === 'production' && 'PUBLIC_URL' in values && values['PUBLIC_URL'] === undefined) faults.push(publicUrlNeeded)
  if ((values['FABRIC_CERTIFICATE'] === undefined) !== (values['FABRIC_KEY'] === undefined)) faults.push(`FABRIC_CERTIFICATE and FABRIC_KEY belong together. Example: FABRIC_CERTIFICATE=${variables.FABRIC_CERTIFICATE[1]} FABRIC_KEY=${variables.FABRIC_KEY[1]}`)
  for (const name of ['MQTT_USER', 'MQTT_PASSWORD', 'MQTT_CLIENT_ID', 'MQTT_CA'] as const) if (values[name] !== undefined && 'MQTT_URL' in values && values['MQTT_URL'] === undefined) faults.push(`${name} is of no use without MQTT_URL. Example: MQTT_URL=${variables.MQTT_URL[1]}`)
  if (values['MQTT_PASSWORD'] !== undefined && values['MQTT_USER'] === undefined) faults.push(`MQTT_PASSWORD needs MQTT_USER. Example: MQTT_USER=${variables.MQTT_USER[1]}`)
  if (faults.length > 0) throw new ConfigFault(faults)
  return configOf(values as Values)
}

const publicUrlNeeded = `PUBLIC_URL is needed with NODE_ENV=production: it is printed on every bill. Example: PUBLIC_URL=${variables.PUBLIC_URL[1]}`

function configOf(values: Values): Config {
  const dataDir = resolve(values.DATA_DIR)
  return Object.freeze({
    environment: values.NODE_ENV,
    host: values.HOST,
    port: values.PORT,
    publicUrl: values.PUBLIC_URL ?? `http://${values.HOST === '0.0.0.0' || values.HOST === '::' ? 'localhost' : values.HOST}:${values.PORT}`,
    mongodb: Object.freeze({ uri: values.MONGODB_URI ?? null, database: values.MONGODB_DATABASE }),
    ledger: Object.freeze(ledgerOf(values, dataDir)),
    demo: values.DEMO === undefined ? values.NODE_ENV !== 'production' : values.DEMO === 'on',
    logLevel: values.LOG_LEVEL,
    heapMb: values.API_HEAP_MB,
    dataDir,
    keysDir: resolve(values.KEYS_DIR ?? `${dataDir}/keys`),
    registrarKey: values.REGISTRAR_KEY ?? null,
    sessionDays: values.SESSION_DAYS,
    trustProxy: values.TRUST_PROXY === 'on',
    secretKey: values.SECRET_KEY === undefined ? null : Buffer.from(values.SECRET_KEY, 'hex'),
    previousSecretKeys: Object.freeze((values.SECRET_KEY_PREVIOUS?.split(',') ?? []).map((key) => Buffer.from(key, 'hex'))),
    retentionYears: values.RETENTION_YEARS,
    billPrefix: values.BILL_PREFIX,
    metricsToken: values.METRICS_TOKEN ?? null,
    rateLimits: values.RATE_LIMITS === 'on',
    rebuildViews: values.REBUILD_VIEWS === 'on',
    callbacksToLoopback: values.CALLBACKS_TO_LOOPBACK === 'on',
    mqtt: values.MQTT_URL === undefined ? null : Object.freeze({
      url: values.MQTT_URL, username: values.MQTT_USER ?? null, password: values.MQTT_PASSWORD ?? null, topic: values.MQTT_TOPIC, clientId: values.MQTT_CLIENT_ID ?? `yidan-${values.MONGODB_DATABASE}`, ca: values.MQTT_CA === undefined ? null : resolve(values.MQTT_CA),
    }),
  })
}

function ledgerOf(values: Values, dataDir: string): LedgerConfig {
  if (values.LEDGER === 'embedded') return { kind: 'embedded', directory: resolve(values.LEDGER_DIR ?? `${dataDir}/ledger`), network: values.NETWORK }
  const { FABRIC_CERTIFICATE: certificate, FABRIC_KEY: key } = values
  return {
    kind: 'fabric', network: values.NETWORK, profile: resolve(values.FABRIC_PROFILE ?? `${values.FABRIC_DIR ?? `${dataDir}/fabric`}/connection.json`), organisation: values.FABRIC_ORG ?? null,
    identity: certificate !== undefined && key !== undefined ? { certificate: resolve(certificate), key: resolve(key) } : null, code: values.FABRIC_CODE ?? null,
  }
}

function reasonOf(error: z.ZodError): string {
  const [issue] = error.issues
  if (issue === undefined) return 'is not right'
  if (issue.code === 'invalid_value') return `is none of ${issue.values.join(', ')}`
  return issue.message
}

function wholeNumber(least: number, most: number): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^\d{1,9}$/, `is no whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((number) => number >= least && number <= most, `is not between ${least} and ${most}`)
}

function isBrokerAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  return ['mqtt:', 'mqtts:', 'ws:', 'wss:'].includes(protocol) && hostname !== '' && username === '' && password === ''
}

function isPlainWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, search, hash, username } = new URL(text)
  return (protocol === 'http:' || protocol === 'https:') && search === '' && hash === '' && username === ''
}
