import { JournalDamaged, LedgerLocked } from '@yidan/ledger/embedded'
import { LedgerUnavailable } from '@yidan/ledger/port'
import { expect } from 'chai'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { aBill, aCast, inDays, signedAct, type Cast } from '../support/ledger-actors.ts'
import { openTestLedger, type OpenedLedger } from '../support/open-ledger.ts'
import { skipBecause } from '../../api/launch/skip-because.ts'

describe('the embedded ledger in trouble', () => {
  let opened: OpenedLedger
  let cast: Cast
  let journal: string
  let lockFile: string
  beforeEach(async () => {
    opened = await openTestLedger()
    cast = await aCast(opened.ledger, opened.registrar)
    journal = join(opened.directory, 'journal.jsonl')
    lockFile = join(opened.directory, 'journal.lock')
  })
  afterEach(() => opened.close().catch(() => undefined))

  const offered = (billId: Parameters<typeof opened.ledger.read>[0]) =>
    signedAct(opened.ledger, { by: cast.shipper, action: 'offerPossession', subject: billId, args: { to: cast.buyer.partyId, expiresAt: inDays(1) } })
  const fails = async (run: Promise<unknown>, kind: abstract new (...given: never[]) => Error): Promise<Error> => {
    const outcome = await run.then(() => new Error('it went through'), (error: unknown) => error)
    expect(outcome).to.be.instanceOf(kind)
    return outcome as Error
  }

  it('fails a command on a full disk, keeps nothing of it, and goes on once there is room', async function () {
    if (!canLimitFileSize()) {
      skipBecause(this, '`prlimit` (util-linux) is not here, so no disk can be made to look full')
    }
    const { billId } = await aBill(opened.ledger, cast, { kind: 'blank' })
    const { size } = await stat(journal)
    const signed = await offered(billId)
    // Every file of this process may grow to this many bytes: the next line fits only in part.
    execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${size + 200}:unlimited`])
    try {
      await fails(opened.ledger.submit(signed), LedgerUnavailable)
      expect((await opened.ledger.health()).ok).to.equal(false)
      expect((await opened.ledger.read(billId))?.offer).to.equal(null)
      expect((await stat(journal)).size).to.equal(size)
      expect(await opened.ledger.status(signed.command)).to.deep.equal({ state: 'unknown' })
    } finally {
      execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited:unlimited'])
    }
    expect((await opened.ledger.submit(signed)).repeated).to.equal(false)
    expect((await opened.ledger.health()).ok).to.equal(true)
    opened = await opened.reopen()
    expect((await opened.ledger.read(billId))?.offer?.to).to.equal(cast.buyer.partyId)
  })

  it('takes over the lock of a process that was killed', async () => {
    await opened.ledger.close()
    const gone = spawn(process.execPath, ['--eval', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' })
    await once(gone, 'spawn')
    await writeFile(lockFile, JSON.stringify({ pid: gone.pid, started: null, host: hostname() }))
    await fails(opened.reopen(), LedgerLocked)
    gone.kill('SIGKILL')
    await once(gone, 'exit')
    opened = await opened.reopen()
    expect((await opened.ledger.health()).ok).to.equal(true)
  })
  it('takes over the lock of a process whose number another one got since', async () => {
    await opened.ledger.close()
    await writeFile(lockFile, JSON.stringify({ pid: process.pid, started: '1', host: hostname() }))
    opened = await opened.reopen()
    expect((await opened.ledger.health()).ok).to.equal(true)
  })
  it('respects the lock of another host while that keeps touching it, and takes it over after half a minute of silence', async () => {
    await opened.ledger.close()
    await writeFile(lockFile, JSON.stringify({ pid: 1, started: '1', host: 'another-container' }))
    await fails(opened.reopen(), LedgerLocked)
    const before = new Date(Date.now() - 31_000)
    await utimes(lockFile, before, before)
    opened = await opened.reopen()
    expect((await opened.ledger.health()).ok).to.equal(true)
  })
  it('lets exactly one of ten openings at once have it, over a lock left behind', async () => {
    await opened.ledger.close()
    await writeFile(lockFile, JSON.stringify({ pid: process.pid, started: '1', host: hostname() }))
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => opened.reopen()))
    const winners = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).to.be.instanceOf(LedgerLocked)
    expect(winners).to.have.length(1)
    opened = winners[0] ?? opened
    expect(await readdir(opened.directory), 'nothing else is left behind').to.have.members(['journal.jsonl', 'journal.lock'])
  })

  it('names the line that was changed and what is wrong with it', async () => {
    await opened.ledger.close()
    const lines = (await readFile(journal, 'utf8')).trimEnd().split('\n')
    lines[2] = lines[2]?.replace('"position":2', '"position":7') ?? ''
    await writeFile(journal, `${lines.join('\n')}\n`)
    const damage = (await fails(opened.reopen(), JournalDamaged)) as JournalDamaged
    expect([damage.line, damage.fault]).to.deep.equal([3, 'the service signature does not fit'])
  })
  it('is refused under another network, another registrar or another service key', async () => {
    const other = await openTestLedger()
    await opened.ledger.close()
    await other.ledger.close()
    await writeFile(join(other.directory, 'journal.jsonl'), await readFile(journal))
    expect((await fails(other.reopen(), JournalDamaged)).message).to.contain('line 1')
  })
  it('cuts off half a line after a crash, whatever is in it', async () => {
    const { billId } = await aBill(opened.ledger, cast, { kind: 'blank' })
    const before = await opened.ledger.read(billId)
    await opened.ledger.close()
    await appendFile(journal, Buffer.from([0x00, 0xff, 0x20, 0x7b]))
    opened = await opened.reopen()
    expect(opened.ledger.cutOff).to.equal(4)
    expect(await opened.ledger.read(billId)).to.deep.equal(before)
    await opened.ledger.submit(await offered(billId))
    opened = await opened.reopen()
    expect(opened.ledger.cutOff).to.equal(0)
  })

  it('ends what follows it when it closes, finishes what was asked before, and takes nothing after', async () => {
    const { billId } = await aBill(opened.ledger, cast, { kind: 'blank' })
    const seen: number[] = []
    const following = (async () => { for await (const { position } of opened.ledger.follow(-1, new AbortController().signal)) seen.push(position) })()
    const [signed, late] = [await offered(billId), await offered(billId)]
    const asked = opened.ledger.submit(signed)
    const closing = opened.ledger.close()
    await fails(opened.ledger.submit(late), LedgerUnavailable)
    const { position } = await asked
    await Promise.all([closing, following])
    expect(seen[0], 'the opening line is no record').to.equal(1)
    opened = await opened.reopen()
    expect(await opened.ledger.status(signed.command)).to.have.nested.property('receipt.position', position)
  })
  it('never lets ledger time run backwards, whatever the machine’s clock does', async () => {
    let now = new Date()
    const turned = await openTestLedger({ clock: () => now })
    try {
      const people = await aCast(turned.ledger, turned.registrar)
      now = new Date(now.getTime() - 60_000)
      const { billId } = await aBill(turned.ledger, people)
      const times = (await turned.ledger.history(billId)).map((entry) => entry.recordedAt)
      expect(times.every((time) => Date.parse(time) >= now.getTime() + 60_000)).to.equal(true)
    } finally {
      await turned.close()
    }
  })
})

function canLimitFileSize(): boolean {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
