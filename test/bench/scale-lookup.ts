import type { PartyId } from '@yidan/ledger'
import { openPlatform, type Platform, type SignedIn } from '../support/open-platform.ts'
import { figure, median, percentile, type Figure } from './measure.ts'
import { fill } from './scale/fill.ts'
import { companyOf, eventsOfBill, generated, type Generated } from './scale/generate.ts'
import { patternsOf } from './scale/patterns.ts'

const fullSize = Number(process.env['YIDAN_SCALE_BILLS'] ?? 1_000_000)
const smallSize = 10_000
const rounds = 200

/** A platform that is filled, and who asks there. */
export interface Filled {
  readonly platform: Platform
  readonly parties: Parties
  readonly bills: number
  readonly operator: SignedIn
  readonly terminal: SignedIn
  /** Ships a fifth of all bills. */
  readonly large: SignedIn
  /** Ships a hundred. */
  readonly small: SignedIn
}
interface Parties { readonly large: PartyId; readonly small: PartyId }

/**
 * The usual lookups over HTTP, until the answer was read, on a platform with a long history (1,000,000 bills and ten times as many
 * events, or YIDAN_SCALE_BILLS) beside the same platform with 10,000 bills; in turns, each of its own random bill. The figure is that of
 * the lookup that grows most; the others are told beside it. The traffic under way is the same on both: what grows is history, and with
 * it the number of companies, while one large company ships a fifth of all there is.
 */
export async function scaleLookup(): Promise<Figure[]> {
  const [few, many] = [await filled(smallSize), await filled(fullSize)]
  const figures: Figure[] = []
  for (const [name, lookup] of Object.entries(lookups)) {
    const took = { few: [] as number[], many: [] as number[] }
    const [lookFew, lookMany] = [await lookup(few), await lookup(many)]
    for (let round = -10; round < rounds; round += 1) {
      const [one, other] = [await timed(lookFew), await timed(lookMany)]
      if (round < 0) continue
      took.few.push(one)
      took.many.push(other)
    }
    const read = { few: await examined(few, lookFew), many: await examined(many, lookMany) }
    const note = `p95 over HTTP at ${many.bills} bills and ${many.bills * eventsOfBill} events, beside ${few.bills} bills; medians ${median(took.many).toFixed(1)} and ${median(took.few).toFixed(1)} ms; index keys and documents that MongoDB looked at for one: ${read.many} and ${read.few}`
    const one = figure({ name: `scale.lookup.${name}`, unit: 'ms', value: percentile(took.many, 0.95), baseline: percentile(took.few, 0.95), goal: { atMost: 1.3 }, note })
    console.error(JSON.stringify(one))
    figures.push(one)
  }
  await few.platform.close()
  await many.platform.close()
  const worst = figures.reduce((most, one) => (one.ratio > most.ratio ? one : most))
  return [...figures, { ...worst, name: 'scale.lookup', note: `${worst.name}: ${worst.note}` }]
}

export async function filled(bills: number): Promise<Filled> {
  const source = await openPlatform()
  const patterns = await patternsOf(source)
  await source.close()
  let parties: Parties = { large: companyOf(0), small: companyOf(0) }
  const platform = await openPlatform({
    checkAnswers: false, settings: { rateLimits: false },
    filledBy: async (ports, { parties: { directory } }) => {
      parties = { large: await partyOf(directory, '洛阳陆港多式联运有限公司（示例）'), small: await partyOf(directory, 'Busan Battery Materials Co. (sample)') }
      await fill(ports, { bills, patterns, ...parties, carrier: companyOf(bills), now: new Date() }, (what) => console.error(`scale: ${bills} bills: ${what}`))
    },
  })
  const as = (account: string): Promise<SignedIn> => platform.signInAs(account)
  return { platform, parties, bills, operator: await as('operator'), terminal: await as('terminal-gate'), large: await as('carrier-clerk'), small: await as('shipper-busan') }
}

async function partyOf(directory: Platform['app']['parties']['directory'], name: string): Promise<PartyId> {
  const found = await directory.find({ name })
  if (!found) throw new Error(`${name} is no company of the demo`)
  return found.partyId
}

export type Look = () => Promise<void>
type Lookup = (filled: Filled) => Look | Promise<Look>

/** Reads what one path answers each time; a refusal or an empty answer would be no measure. */
const reading = ({ platform }: Filled, who: SignedIn, path: (() => string) | string): Look => async () => {
  const answer = await platform.request(typeof path === 'string' ? path : path(), { headers: { cookie: who.cookie } })
  const text = await answer.text()
  if (!answer.ok || text.length < 100) throw new Error(`${typeof path === 'string' ? path : path()}: ${answer.status} ${text.slice(0, 300)}`)
}

/** Any bill of the large company. */
function anyOf({ bills, parties }: Filled): Generated {
  return generated({ bills, ...parties }, Math.floor(Math.random() * (bills / 5)) * 5)
}

async function cursorAt(filled: Filled, who: SignedIn, path: string, page: number): Promise<string> {
  let cursor = ''
  for (let at = 1; at < page; at += 1) {
    const answer = await filled.platform.request(`${path}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, { headers: { cookie: who.cookie } })
    const { next } = (await answer.json()) as { next: string | null }
    if (next === null) throw new Error(`${path} has only ${at} pages`)
    cursor = next
  }
  return cursor
}

const list = '/api/v1/bills?limit=20'
export const lookups: Readonly<Record<string, Lookup>> = {
  'bill-by-number': (filled) => reading(filled, filled.large, () => `/api/v1/bills/${anyOf(filled).billNumber}`),
  'bills-of-large-company': (filled) => reading(filled, filled.large, list),
  'bills-of-large-company-page-50': async (filled) => reading(filled, filled.large, `${list}&cursor=${encodeURIComponent(await cursorAt(filled, filled.large, list, 50))}`),
  'bills-of-large-company-by-number': (filled) => reading(filled, filled.large, `${list}&sort=billNumber`),
  'bills-of-small-company': (filled) => reading(filled, filled.small, list),
  'bills-of-operator': (filled) => reading(filled, filled.operator, list),
  'bills-of-operator-oldest': (filled) => reading(filled, filled.operator, `${list}&sort=updatedAt`),
  'bills-of-large-company-in-force': (filled) => reading(filled, filled.large, `${list}&state=ISSUED`),
  'search-container': (filled) => reading(filled, filled.large, () => `/api/v1/search?q=${anyOf(filled).container}`),
  'drafts-of-large-company': (filled) => reading(filled, filled.large, '/api/v1/drafts?limit=20'),
  'drafts-searched': (filled) => reading(filled, filled.large, () => `/api/v1/drafts?limit=20&q=${anyOf(filled).billNumber}`),
  'containers-of-large-company': (filled) => reading(filled, filled.large, '/api/v1/containers?limit=20'),
  'containers-of-small-company': (filled) => reading(filled, filled.small, '/api/v1/containers?limit=20'),
  'containers-of-terminal': (filled) => reading(filled, filled.terminal, '/api/v1/containers?limit=20'),
  'containers-on-the-way': (filled) => reading(filled, filled.large, '/api/v1/containers?limit=20&movement=IN_TRANSIT'),
  'containers-late': (filled) => reading(filled, filled.terminal, '/api/v1/containers?limit=20&late=yes'),
  'containers-searched': (filled) => reading(filled, filled.terminal, () => `/api/v1/containers?limit=20&q=${anyOf(filled).billNumber}`),
  'container-timeline': (filled) => reading(filled, filled.large, () => `/api/v1/containers/${anyOf(filled).container}`),
  'bill-tracking': (filled) => reading(filled, filled.large, () => `/api/v1/bills/${anyOf(filled).billNumber}/tracking`),
  'train': (filled) => reading(filled, filled.terminal, () => `/api/v1/trains/${anyOf(filled).service}`),
  'exceptions-of-terminal': (filled) => reading(filled, filled.terminal, '/api/v1/exceptions?limit=20'),
  'exceptions-of-large-company': (filled) => reading(filled, filled.large, '/api/v1/exceptions?limit=20&state=open'),
  'exception-counts': (filled) => reading(filled, filled.terminal, '/api/v1/exceptions/counts'),
  'machine-feed-of-small-company': (filled) => reading(filled, filled.small, '/dcsa/v2/events?limit=50'),
  'machine-feed-of-large-company': (filled) => reading(filled, filled.large, () => `/dcsa/v2/events?limit=50&cursor=${Buffer.from(`${Math.floor(filled.bills * eventsOfBill * (0.5 + Math.random() * 0.4))}.255`).toString('base64url')}`),
  'corridor-board': (filled) => reading(filled, filled.terminal, '/api/v1/corridors'),
}

/** Index keys and documents that MongoDB looked at for one lookup: what does not depend on how busy the machine is. */
export async function examined({ platform: { ports: { database } } }: Pick<Filled, 'platform'>, look: Look): Promise<number> {
  const db = database.getClient().db(database.name)
  await db.command({ profile: 2 })
  await look()
  await db.command({ profile: 0 })
  const told = await db.collection<{ keysExamined?: number; docsExamined?: number }>('system.profile').find({ op: { $in: ['query', 'command', 'getmore'] } }).toArray()
  // It has all that was asked in it, and the next who uses the database has secrets of its own.
  await db.collection('system.profile').drop()
  return told.reduce((sum, { keysExamined = 0, docsExamined = 0 }) => sum + keysExamined + docsExamined, 0)
}

async function timed(look: Look): Promise<number> {
  const started = performance.now()
  await look()
  return performance.now() - started
}
