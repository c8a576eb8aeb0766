import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findMongod } from '../../api/launch/find-mongod.mjs'
import { startMongod } from '../../api/launch/run-mongod.mjs'
import { openPlatform } from '../support/open-platform.ts'
import { simulatedClock } from './clock.ts'
import { begins, simulate, usualDays } from './fortnight.ts'

/**
 * npm run simulate -- [--speed 3600] [--days 14] [--stay]: a fortnight of the four sample bookings on a server of its own, whose clock
 * runs so many times faster than ours. Ends with 1 when the screens’ end state is not the plan plus the troubles made.
 */
const { values } = parseArgs({ options: { speed: { type: 'string', default: '3600' }, days: { type: 'string', default: String(usualDays) }, stay: { type: 'boolean', default: false } } })
const [speed, days] = [Number(values.speed), Number(values.days)]
if (!(speed > 0) || !(days > 0)) {
  console.error('--speed and --days are numbers above 0; example: npm run simulate -- --speed 3600 --days 14')
  process.exit(2)
}

const web = join(import.meta.dirname, '../../web-client/dist')
const folder = await mkdtemp(join(tmpdir(), 'yidan-simulate-'))
const mongod = await startMongod(await findMongod(process.env), folder)
const clock = simulatedClock(begins)
const platform = await openPlatform({ mongodb: mongod.uri, clock: () => clock.now(), settings: { webRoot: existsSync(web) ? web : null, sessionDays: 90 } })
let code = 1
try {
  console.log(`${days} days from ${begins.toISOString().slice(0, 10)}, ${speed} times as fast${existsSync(web) ? `: ${platform.url}, demo accounts` : ' (no screens: npm run build makes them)'}`)
  const { events, differences } = await simulate({ platform, clock, speed, days, tell: (line) => { console.log(line) } })
  for (const difference of differences) console.error(`DIFFERS ${difference}`)
  console.log(differences.length === 0 ? `${events} events; every box is where the plan and its troubles have it` : `${events} events; ${differences.length} differences`)
  code = differences.length === 0 ? 0 : 1
  if (values.stay) await new Promise((resolve) => { process.once('SIGINT', resolve); console.log('The screens stay until Ctrl-C.') })
} finally {
  await platform.close()
  await mongod.stop()
  await rm(folder, { recursive: true, force: true })
}
process.exit(code)
