import { createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { StubNetwork } from './stub-network.ts'

/** On a machine with its own zone, language and clock: takes transactions from its input, decides them again, and says what came out. */
export interface Replay {
  readonly transactions: readonly { readonly txId: string; readonly args: readonly string[]; readonly certificate: string; readonly time: string }[]
  /** How far this machine's clock is off, in ms. */
  readonly clockOff: number
  /** Whether keys of what comes in stand in another order. */
  readonly turned: boolean
}
export interface Replayed { readonly zone: string; readonly language: string; readonly bytes: string }

const { transactions, clockOff, turned } = JSON.parse(await text(process.stdin)) as Replay
let now = 0
const network = new StubNetwork({ clock: () => new Date(now + clockOff) })
const bytes = createHash('sha256')
for (const { txId, args: [name = '', argument = ''], certificate, time } of transactions) {
  now = Date.parse(time)
  const given = turned ? JSON.stringify(turnedAround(JSON.parse(argument))) : argument
  const endorsed = await network.endorseProposal({ txId, args: [name, given], transient: new Map(), creator: { organisation: 'PortMSP', certificate }, time: new Date(time) }, ['PortMSP', 'AssocMSP', 'BankMSP'])
  bytes.update(endorsed.bytes)
  const { code } = await network.commit(endorsed)
  if (code !== 0) throw new Error(`${txId} was not recorded: ${code}`)
}
const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions()
process.stdout.write(JSON.stringify({ zone: timeZone, language: locale, bytes: bytes.digest('hex') } satisfies Replayed))

/** The same value with the keys of its objects the other way round. */
function turnedAround(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turnedAround)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).reverse().map(([key, part]) => [key, turnedAround(part)]))
}
