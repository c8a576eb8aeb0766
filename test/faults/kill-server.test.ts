import { ProblemError } from '@yidan/api/contract'
import type { Desk } from '@yidan/api/sdk'
import type { BillNumber, Instant } from '@yidan/ledger'
import { expect } from 'chai'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { skipBecause } from '../../api/launch/skip-because.ts'
import { whyNoBinaries } from '../../ledger/network/binaries.mjs'
import { resetNetwork } from '../../ledger/network/network.mjs'
import { demoDesk, issueOverHttp } from '../support/demo-desks.ts'
import { aFreePort, startServer, type StartedServer } from '../support/start-server.ts'

/** So many acts on each ledger, unless `YIDAN_ACTS` says another number for both. */
const usual = { embedded: 60, fabric: 50 }

for (const ledger of ['embedded', 'fabric'] as const) describe(`kill -9 of launcher, API, mongod${ledger === 'fabric' ? ', peers, orderers and chaincode' : ''} in the middle of many transfers`, function () {
  const transfers = Number(process.env['YIDAN_ACTS'] ?? usual[ledger]), killAfter = transfers * 0.4
  this.timeout(900_000)
  let dataDir: string
  let server: StartedServer
  before(async function () {
    const reason = ledger === 'fabric' ? await whyNoBinaries(process.env) : null
    if (reason !== null) skipBecause(this, reason)
    dataDir = await mkdtemp(join(tmpdir(), 'yidan-kill-'))
  })
  after(async () => {
    await server?.stop()
    if (ledger === 'fabric' && dataDir) await resetNetwork({ dir: join(dataDir, 'fabric') })
    if (dataDir) await rm(dataDir, { recursive: true, force: true })
  })

  it('keeps every acknowledged transfer, once, and the views come along by themselves', async () => {
    const port = await aFreePort()
    server = await startServer({ dataDir, port, ledger })
    const { url } = server
    const [clerk, signer, terminal, shipper, buyer] = [
      await demoDesk(url, '洛阳陆港', 'clerk'), await demoDesk(url, '洛阳陆港', 'signer'), await demoDesk(url, '场站', 'gate'), await demoDesk(url, 'Busan Battery'), await demoDesk(url, '洛阳精密轴承'),
    ]
    const bills = await Promise.all(Array.from({ length: 6 }, async () => (await issueOverHttp({ clerk, signer, terminal, shipper })).billNumber))

    const acknowledged: Acknowledged[] = []
    const power: { cut: Promise<void> | null } = { cut: null }
    const work = async (billNumber: BillNumber): Promise<void> => {
      for (let holder = 0; acknowledged.length < transfers; holder = 1 - holder) {
        const [from, to] = holder === 0 ? [shipper, buyer] : [buyer, shipper]
        await transfer({ billNumber, from, to, acknowledged })
        if (acknowledged.length >= killAfter) power.cut ??= server.killEverything()
      }
    }
    const outcomes = await Promise.allSettled(bills.map(work))
    await power.cut
    // Whoever was cut off saw a broken connection, never a wrong answer.
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).not.to.be.instanceOf(ProblemError)
    expect(acknowledged.length).to.be.within(killAfter, transfers)

    server = await startServer({ dataDir, port, ledger })
    for (const billNumber of bills) await finishOpenOffer(billNumber, shipper, buyer)
    await Promise.all(bills.map(async (billNumber) => {
      while (acknowledged.length < transfers) {
        const { standing } = await clerk.client.call('bill', { params: { billNumber } })
        const [from, to] = standing.possessor?.partyId === shipper.session.company.partyId ? [shipper, buyer] : [buyer, shipper]
        await transfer({ billNumber, from, to, acknowledged })
      }
    }))
    for (const billNumber of bills) {
      const { items } = await clerk.client.call('billHistory', { params: { billNumber } })
      expect(items.map((link) => link.seq)).to.deep.equal(items.map((_, index) => index + 1))
      for (const known of acknowledged.filter((one) => one.billNumber === billNumber)) {
        expect(items.filter((link) => link.commandId === known.commandId), `${billNumber} ${known.seq}`).to.have.length(1)
        expect(items[known.seq - 1]?.hash).to.equal(known.hash)
      }
      const bill = await clerk.client.call('bill', { params: { billNumber } })
      expect(bill.head).to.deep.equal({ seq: items.at(-1)?.seq, hash: items.at(-1)?.hash })
    }

    const seen = await everythingSeen(clerk, bills)
    await server.stop()
    server = await startServer({ dataDir, port, ledger, rebuildViews: 'on' })
    expect(await everythingSeen(clerk, bills), 'views equal a rebuild from the log').to.deep.equal(seen)
  })
})

/** What the screens show of these bills and their boxes. */
async function everythingSeen(desk: Desk, bills: readonly BillNumber[]): Promise<unknown> {
  return Promise.all(bills.map(async (billNumber) => [
    await desk.client.call('bill', { params: { billNumber } }), await desk.client.call('billHistory', { params: { billNumber } }), await desk.client.call('billTracking', { params: { billNumber } }),
  ]))
}

interface Acknowledged { readonly billNumber: BillNumber; readonly commandId: string; readonly seq: number; readonly hash: string }

async function transfer({ billNumber, from, to, acknowledged }: { billNumber: BillNumber; from: Desk; to: Desk; acknowledged: Acknowledged[] }): Promise<void> {
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString() as Instant
  for (const receipt of [
    await from.record({ action: 'offerPossession', bill: billNumber, args: { to: to.session.company.partyId, expiresAt } }),
    await to.record({ action: 'acceptOffer', bill: billNumber, args: {} }),
  ]) {
    const [entry] = receipt.entries
    if (entry) acknowledged.push({ billNumber, commandId: receipt.commandId, seq: entry.seq, hash: entry.hash })
  }
}

/** An offer that was recorded when the power went: its recipient takes it now. */
async function finishOpenOffer(billNumber: BillNumber, shipper: Desk, buyer: Desk): Promise<void> {
  const { standing } = await shipper.client.call('bill', { params: { billNumber } })
  if (!standing.offer) return
  const recipient = standing.offer.to.partyId === shipper.session.company.partyId ? shipper : buyer
  await recipient.record({ action: 'acceptOffer', bill: billNumber, args: {} })
}
