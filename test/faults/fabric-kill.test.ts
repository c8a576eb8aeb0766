import { memoryOutbox, type FabricLedger } from '@yidan/ledger/fabric'
import { LedgerUnavailable } from '@yidan/ledger/port'
import { expect } from 'chai'
import { killNode, networkStatus, startNode } from '../../ledger/network/network.mjs'
import { aCast, inDays, signedAct, type Cast } from '../support/ledger-actors.ts'
import { openTestNetwork, type TestNetwork } from '../support/open-fabric.ts'
import { until } from '../support/until.ts'
import { billsFor, expectEachOnce, longestGap, outcomeOf, seen, transfers } from './fabric-acts.ts'

/** So many acts in each story; `YIDAN_ACTS=1000` makes each longer. */
const acts = Number(process.env['YIDAN_ACTS'] ?? 160), killAfter = acts * 0.3

describe('a Fabric network that loses processes', function () {
  this.timeout(300_000)
  let network: TestNetwork
  let ledger: FabricLedger
  let cast: Cast
  before(async function () {
    network = await openTestNetwork(this)
    ledger = await network.open()
    cast = await aCast(ledger, network.registrar)
  })
  after(async () => {
    await ledger?.close()
    await network?.close()
  })

  const leader = async (): Promise<string> => {
    const found = (await networkStatus({ dir: network.dir })).find(({ isLeader }) => isLeader)
    if (!found) throw new Error('there is no leader')
    return found.name
  }
  const victims: [string, () => Promise<string>, boolean][] = [
    ['the peer it sends through', async () => 'peer.port', true],
    ['the peer of another organisation that must endorse', async () => 'peer.assoc', true],
    ['the leading orderer of three', leader, true],
    ['an orderer that follows', async () => ['orderer.1', 'orderer.2', 'orderer.3'].find((name) => name !== leading) ?? '', true],
    ['the chaincode of its own organisation', async () => 'chaincode.port', false],
    ['the chaincode of another organisation', async () => 'chaincode.assoc', false],
  ]
  let leading = ''

  for (const [what, name, comesBackByHand] of victims) {
    it(`keeps every acknowledged act once when kill -9 hits ${what} during ${acts} transfers`, async () => {
      leading = await leader()
      const victim = await name()
      const bills = await billsFor(ledger, cast, 20)
      const power: { cut: Promise<void> | null } = { cut: null }
      const hit = async (): Promise<void> => {
        await killNode({ dir: network.dir, name: victim })
        if (!comesBackByHand) return
        await new Promise((resolve) => setTimeout(resolve, 1_000))
        await startNode({ dir: network.dir, name: victim })
      }
      const begun = Date.now()
      const acknowledged = await transfers(ledger, { cast, bills, acts, onAcknowledged: (count) => { if (count >= killAfter) power.cut ??= hit() } })
      await power.cut
      await expectEachOnce(ledger, acknowledged)
      console.log(`      ${victim}: ${acknowledged.length} acts in ${((Date.now() - begun) / 1_000).toFixed(1)} s, longest gap ${longestGap(acknowledged).toFixed(2)} s`)
      expect(longestGap(acknowledged)).to.be.below(30)
    })
  }

  it('keeps what is signed while most orderers are away, says so, and records it once they are back', async () => {
    const bills = await billsFor(ledger, cast, 10)
    await ledger.close()
    const outbox = memoryOutbox()
    const impatient = await network.open({ outbox, limits: { patience: 1_500 } })
    for (const name of ['orderer.1', 'orderer.2']) await killNode({ dir: network.dir, name })
    const signed = await Promise.all(bills.map((subject) => signedAct(impatient, { by: cast.shipper, action: 'offerPossession', subject, args: { to: cast.buyer.partyId, expiresAt: inDays(1) } })))
    const told = await Promise.all(signed.map((command) => impatient.submit(command).then(() => null, (error: unknown) => error)))
    for (const error of told) expect(error).to.be.instanceOf(LedgerUnavailable).and.include({ pending: true })
    for (const { command } of signed) expect((await impatient.status(command)).state).to.equal('pending')
    // Its process ends too, and another one takes up what it left.
    await impatient.close()
    const begun = Date.now()
    for (const name of ['orderer.1', 'orderer.2']) await startNode({ dir: network.dir, name })
    ledger = await network.open({ outbox })
    const receipts = await Promise.all(signed.map((command) => outcomeOf(ledger, command)))
    console.log(`      10 kept acts recorded ${((Date.now() - begun) / 1_000).toFixed(1)} s after the orderers were started again`)
    await expectEachOnce(ledger, receipts.map((receipt, index) => {
      const entry = receipt?.entries[0]
      if (!receipt || !entry) throw new Error('a kept act was not recorded')
      return { billId: bills[index] ?? ('' as never), commandId: receipt.commandId, seq: entry.seq, hash: entry.hash, at: 0 }
    }))
    const { envelopes, commands } = await outbox.unfinished('9999' as never)
    expect(envelopes.length + commands.length).to.equal(0)
  })

  it('refuses in the end what expired while it was kept', async () => {
    const impatient = await network.open({ limits: { patience: 2_500 } })
    try {
      const [subject] = await billsFor(ledger, cast, 1)
      if (!subject) throw new Error('there is no bill')
      await killNode({ dir: network.dir, name: 'peer.assoc' })
      const signed = await signedAct(impatient, { by: cast.shipper, action: 'offerPossession', subject, args: { to: cast.buyer.partyId, expiresAt: inDays(1) }, but: { notAfter: new Date(Date.now() + 5_000).toISOString() as never } })
      expect(await impatient.submit(signed).catch((error: unknown) => error)).to.include({ pending: true, waitsFor: 'AssocMSP' })
      await new Promise((resolve) => setTimeout(resolve, 5_000))
      await startNode({ dir: network.dir, name: 'peer.assoc' })
      for (const until = Date.now() + 30_000; (await impatient.status(signed.command)).state === 'pending' && Date.now() < until; ) await new Promise((resolve) => setTimeout(resolve, 100))
      expect(await impatient.status(signed.command)).to.deep.include({ state: 'refused', code: 'command-expired' })
      expect(await impatient.history(subject)).to.have.length(2)
    } finally {
      await impatient.close()
    }
  })

  it('lets two clients fight over the same bills: each acknowledged act stands once', async () => {
    const other = await network.open({ organisation: 'BankMSP' })
    try {
      const bills = await billsFor(ledger, cast, 8)
      const begun = Date.now()
      const clients = [ledger, other]
      const both = (await Promise.all(clients.map((one) => transfers(one, { cast, bills, acts: acts / 2 })))).flat()
      expect(new Set(both.map(({ commandId }) => commandId)).size).to.equal(both.length)
      for (const client of clients) {
        // What the one was told is in its own peer; that of the other may get the block a moment later.
        await until(() => seen(client, both))
        await expectEachOnce(client, both)
      }
      console.log(`      two clients, 8 bills: ${both.length} acts in ${((Date.now() - begun) / 1_000).toFixed(1)} s`)
    } finally {
      await other.close()
    }
  })
})
