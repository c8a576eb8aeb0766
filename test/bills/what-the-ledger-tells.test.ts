import { execFile } from 'node:child_process'
import { expect } from 'chai'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { rawDump, readableIn } from '../support/raw-dump.ts'
import { journalOf, secretsOfBookings, whatALedgerTells } from '../support/what-a-ledger-tells.ts'

const root = join(import.meta.dirname, '../..')

describe('what the ledger tells a stranger who reads all of it', function () {
  this.timeout(240_000)
  let platform: Platform, folder: string
  before(async () => {
    platform = await openPlatform()
    folder = await mkdtemp(join(tmpdir(), 'yidan-story-'))
    await promisify(execFile)(process.execPath, ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href, '--conditions=source', join(root, 'test/demo/main.ts')], { cwd: folder, env: { ...process.env, BASE_URL: platform.url }, maxBuffer: 16 * 1024 * 1024 })
  })
  after(async () => {
    await rm(folder, { recursive: true, force: true })
    await platform.close()
  })

  it('is no name, place, amount or goods of the four bookings whose whole story it has recorded', async () => {
    const journal = await journalOf(platform.ledgerDirectory)
    expect(journal.toString('utf8').split('\n').length).to.be.greaterThan(40)
    expect(whatALedgerTells(journal)).to.deep.equal([])
  })

  it('would be noticed: written in the open, as escapes, in hexadecimal or in base64 anywhere', () => {
    const secret = 'Steel office furniture 钢制办公家具'
    expect(secretsOfBookings()).to.include(secret)
    for (const shift of [0, 1, 2]) {
      const moved = Buffer.concat([Buffer.alloc(shift, 'x'), Buffer.from(secret), Buffer.from('and more')])
      for (const written of [moved, Buffer.from(moved.toString('base64')), Buffer.from(moved.toString('base64url')), Buffer.from(moved.toString('hex'))]) expect(whatALedgerTells(written)).to.deep.equal([secret])
    }
    const escaped = JSON.stringify(secret).replaceAll(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16)}`)
    expect(whatALedgerTells(Buffer.from(escaped))).to.deep.equal([secret])
  })

  it('nor does a copy of the database, but for the register of companies and the journeys of boxes, trains and vessels', async () => {
    const open = new Set(['companies', 'event_log', 'tracking_boxes', 'tracking_services', 'tracking_unit_reports', 'tracking_bills', 'bills', 'bill_boxes', 'drafts', 'exceptions', 'exception_watch'])
    const dump = await rawDump(platform.ports.database)
    expect(readableIn(new Map([...dump].filter(([name]) => !open.has(name))), secretsOfBookings())).to.deep.equal([])
    // In those that hold journeys and numbers: no party, goods or amount.
    const secrets = secretsOfBookings().filter((text) => /sample|示例）|Steel|钢制|tractor|拖拉机|光伏|Solar module|batter|\.\d\d$/i.test(text) && !/铁路|短驳|远洋/.test(text))
    expect(secrets.length).to.be.greaterThan(25)
    expect(readableIn(new Map([...dump].filter(([name]) => name !== 'companies')), secrets)).to.deep.equal([])
  })
})
