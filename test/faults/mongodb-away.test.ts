import { ProblemError } from '@yidan/api/contract'
import type { Desk } from '@yidan/api/sdk'
import type { BillNumber, SignedCommand } from '@yidan/ledger'
import { expect } from 'chai'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { findMongod } from '../../api/launch/find-mongod.mjs'
import { parentOf } from '../../api/launch/process-identity.mjs'
import { startMongod, type RunningMongod } from '../../api/launch/run-mongod.mjs'
import { openLedgerOutbox } from '../../api/src/ledger-outbox-store.ts'
import { aBooking, inDays, issuedBill, peopleFor, type People } from '../bills/a-bill.ts'
import { openTestNetwork, type TestNetwork } from '../support/open-fabric.ts'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { signedOn } from '../support/signed-for.ts'

const acts = Number(process.env['YIDAN_ACTS'] ?? 80), killAfter = acts * 0.25
/** Longer than the ten seconds for which requests wait for a database to come back before they say so (`openDatabase`). `YIDAN_AWAY_SECONDS=60` makes it longer still. */
const awaySeconds = Number(process.env['YIDAN_AWAY_SECONDS'] ?? 12)

interface Acknowledged { readonly billNumber: BillNumber; readonly commandId: string; readonly seq: number; readonly hash: string }

describe('the platform on Fabric while its database is away', function () {
  this.timeout((awaySeconds + 180) * 1_000)
  let network: TestNetwork, platform: Platform, people: People, buyer: Desk, folder: string, program: string, mongod: RunningMongod
  before(async function () {
    network = await openTestNetwork(this)
    folder = await mkdtemp(join(tmpdir(), 'yidan-away-'))
    program = await findMongod(process.env)
    mongod = await startMongod(program, folder)
    platform = await openPlatform({ mongodb: mongod.uri, ledger: (registrar, { database, vault, clock }) => openLedgerOutbox({ database, vault, clock }).then((outbox) => network.open({ registrar, outbox })) })
    people = await peopleFor(platform, 'batteries')
    buyer = await platform.deskOf('consignee-bearing')
  })
  after(async () => {
    await platform?.close()
    await mongod?.stop()
    await network?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  it(`says so for ${awaySeconds} s, then goes on by itself: each acknowledged act stands once, and the views come along`, async () => {
    const { shipper } = people
    const bills: BillNumber[] = []
    for (let count = 0; count < 4; count += 1) bills.push((await issuedBill(platform, people, await aBooking('batteries'))).billNumber)

    const acknowledged: Acknowledged[] = []
    const faults = new Set<string>()
    const outage: { over: Promise<{ readonly from: number; readonly until: number }> | null } = { over: null }
    const losesItsDatabase = async (): Promise<{ from: number; until: number }> => {
      const { pid } = JSON.parse(await readFile(join(folder, 'mongod.pid.json'), 'utf8')) as { pid: number }
      const from = Date.now()
      // Its keeper would start it again at once.
      for (const one of [parentOf(pid), pid]) if (one !== null) process.kill(one, 'SIGKILL')
      await mongod.ended
      await pause(awaySeconds * 1_000)
      mongod = await startMongod(program, folder)
      return { from, until: Date.now() }
    }
    /** What a client does: while there is no answer, ask again; sent twice, a command is still one command. */
    const patiently = async <T>(ask: () => Promise<T>): Promise<T> => {
      for (;;) {
        try {
          return await ask()
        } catch (error) {
          if (!(error instanceof ProblemError) || error.problem.status !== 503) throw error
          faults.add(error.problem.code)
          await pause(100)
        }
      }
    }
    const record = async (desk: Desk, billNumber: BillNumber, signed: SignedCommand): Promise<void> => {
      const outcome = await patiently(() => desk.client.call('command', { body: signed }))
      if (outcome.outcome !== 'recorded') throw new Error(`it is ${outcome.outcome}`)
      const entry = outcome.receipt.entries.find(({ subject }) => subject === signed.command.subject)
      if (!entry) throw new Error('a receipt without its entry')
      acknowledged.push({ billNumber, commandId: signed.command.commandId, seq: entry.seq, hash: entry.hash })
      if (acknowledged.length >= killAfter) outage.over ??= losesItsDatabase()
    }
    await Promise.all(bills.map(async (billNumber) => {
      while (acknowledged.length < acts) {
        const bill = await patiently(() => shipper.client.call('bill', { params: { billNumber } }))
        const { offer, possessor } = bill.standing
        const deskOf = (partyId: string | undefined): Desk => (partyId === shipper.session.company.partyId ? shipper : buyer)
        const holder = deskOf(possessor?.partyId), other = holder === shipper ? buyer : shipper
        const desk = offer ? deskOf(offer.to.partyId) : holder
        const signed = offer
          ? await signedOn(bill, desk, 'acceptOffer', {})
          : await signedOn(bill, desk, 'offerPossession', { to: other.session.company.partyId, expiresAt: inDays(platform, 1) })
        // Just back, the views may still be behind what the ledger has: who signed on an old head looks again.
        await record(desk, billNumber, signed).catch((error: unknown) => {
          if (!(error instanceof ProblemError) || !error.problem.code.startsWith('stale-')) throw error
          return pause(100)
        })
      }
    }))
    const back = Date.now()
    const { from, until } = (await outage.over) ?? { from: 0, until: 0 }
    console.log(`      away for ${((until - from) / 1_000).toFixed(1)} s, told as ${[...faults].join(', ')}; ${acknowledged.length} acts, the last ${((back - until) / 1_000).toFixed(1)} s after it was back`)
    // What was to be kept before it is sent cannot be kept then, and is not sent.
    expect([...faults].toSorted()).to.deep.equal(['database-unavailable', 'ledger-unavailable'].filter((code) => faults.has(code)))
    expect(faults).to.include('database-unavailable')

    const { ledger, feed } = platform.ports
    await feed.upToLedger((await ledger.health()).position, 30_000)
    for (const billNumber of bills) {
      const bill = await shipper.client.call('bill', { params: { billNumber } })
      const entries = await ledger.history(bill.billId)
      expect(entries.map(({ seq }) => seq)).to.deep.equal(entries.map((_, index) => index + 1))
      expect(bill.head, 'the view stands where the ledger stands').to.deep.equal({ seq: entries.at(-1)?.seq, hash: entries.at(-1)?.hash })
      for (const known of acknowledged.filter((one) => one.billNumber === billNumber)) {
        expect(entries.filter(({ signed }) => signed.command.commandId === known.commandId)).to.have.length(1)
        expect(entries[known.seq - 1]?.hash).to.equal(known.hash)
      }
    }
  })
})
