import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import type { BillDocument } from '@yidan/ledger'
import { openFeed } from '../../api/src/events/feed.ts'
import { openEventLog } from '../../api/src/events/event-log.ts'
import type { LogEntry, Projection } from '../../api/src/events/types.ts'
import { trackingProjections } from '../../api/src/tracking/index.ts'
import { aBill, aCast, aContainer, act, anApprovedBill, issueArgs } from '../support/ledger-actors.ts'
import { billFrom, containerNumbers } from '../support/bill-documents.ts'
import { until } from '../support/until.ts'
import { aVault, aNote, equipment, frozen, openDatabase, openLog, received, transport, withdrawal } from './open-log.ts'

const views = ['tracking_bills', 'tracking_boxes', 'tracking_services']

describe('the feed', () => {

  it('copies each ledger record into the log once, in order, and says when it is in the views', async () => {
    const open = await openLog()
    const cast = await aCast(open.ledger, open.opened.registrar)
    const { billId } = await aBill(open.ledger, cast)
    const receipt = await act(open.ledger, { by: cast.shipper, action: 'endorse', subject: billId, args: { to: cast.buyer.partyId, manner: 'to-order' } })
    await open.feed.upToLedger(receipt.position)
    await open.feed.stop()
    await open.database.collection('feed').updateOne({ _id: 'ledger' as never }, { $set: { position: 3 } })
    await open.feed.start()
    const later = await act(open.ledger, { by: cast.shipper, action: 'offerPossession', subject: billId, args: { to: cast.buyer.partyId, expiresAt: new Date(Date.now() + 86_400_000).toISOString() as never } })
    await open.feed.upToLedger(later.position)
    const copied = (await open.eventLog.read(0, 1000)).flatMap(({ event }) => (event.type === 'ledger-recorded' ? [event.record.position] : []))
    expect(copied).to.deep.equal(Array.from({ length: later.position }, (_, index) => index + 1))
    expect((await open.eventLog.about(`bill:${billId}`, 0, 10)).length).to.equal(4)
    await open.close()
  })

  it('makes the same bytes again on a rebuild, whatever the batches were', async () => {
    const open = await openLog()
    const cast = await aCast(open.ledger, open.opened.registrar)
    const { billId, docHash } = await anApprovedBill(open.ledger, cast)
    const containers = [aContainer(), aContainer(), aContainer()]
    const sample = billFrom('tractorsToSantos')
    const document: BillDocument = { ...sample, billId, containers: containers.map((number, index) => ({ ...(sample.containers[index] as BillDocument['containers'][number]), number })) }
    const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 0, minute)).toISOString()
    const call = { modeOfTransport: 'RAIL', carrierServiceCode: 'X9136', UNLocationCode: 'CNLYA' } as const
    const early = containers.map((container, index) => equipment({ container, code: 'GTIN', at: at(index) }))
    await open.eventLog.append(early.map((event) => received(event)))
    await open.feed.upTo(await open.eventLog.last())
    await open.eventLog.append([frozen(document, { carrier: cast.carrier.partyId, shipper: cast.shipper.partyId, docHash })])
    const issued = await act(open.ledger, { by: cast.carrier, action: 'issue', subject: billId, with: [cast.carrierSecond], args: issueArgs(cast, docHash, { containers }) })
    await open.feed.upToLedger(issued.position)
    const loaded = containers.map((container, index) => equipment({ container, code: 'LOAD', at: at(30 + index), transportCall: call }))
    for (const event of [...loaded, transport({ code: 'DEPA', at: at(60), ...call }), transport({ code: 'ARRI', at: at(90), kind: 'EST', ...call })]) {
      await open.eventLog.append([received(event)])
      await open.feed.upTo(await open.eventLog.last())
    }
    await open.eventLog.append([withdrawal(loaded[1] as (typeof loaded)[number]), equipment({ container: containers[2] ?? '', code: 'CUSI', at: at(10) })].map((event) => received(event)))
    const moved = await act(open.ledger, { by: cast.shipper, action: 'endorse', subject: billId, args: { to: cast.buyer.partyId, manner: 'to-order' } })
    await open.feed.upToLedger(moved.position)
    const before = await open.stored(views)
    expect(before).to.contain('X9136')
    await open.feed.rebuild()
    expect(await open.stored(views)).to.equal(before)
    expect(open.feed.health()).to.include({ ok: true, behind: 0 })
    await open.close()
  })

  it('converges after kill -9 at any moment, with everything that was acknowledged', async () => {
    const database = await openDatabase()
    const acknowledged: string[] = []
    for (let turn = 0; turn < 4; turn += 1) {
      const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=source', new URL('feed-process.ts', import.meta.url).pathname, database.name], { stdio: ['ignore', 'pipe', 'inherit'] })
      const exited = once(child, 'exit')
      const goal = acknowledged.length + 15
      for await (const line of createInterface({ input: child.stdout })) {
        acknowledged.push(line)
        if (acknowledged.length === goal) setTimeout(() => child.kill('SIGKILL'), Math.random() * 60)
      }
      await exited
    }
    const opened = await openLog({})
    const eventLog = await openEventLog({ database, vault: await aVault(database), clock: () => new Date() })
    const feed = openFeed({ ledger: opened.ledger, eventLog, database, log: opened.log })
    for (const projection of trackingProjections({ database, vault: await aVault(database), eventLog })) feed.register(projection)
    const started = Date.now()
    await feed.start()
    const entries = await eventLog.read(0, 100_000)
    expect(entries.map(({ position }) => position)).to.deep.equal(entries.map((_, index) => index + 1))
    expect(acknowledged.filter((id) => !entries.some((entry) => entry.id === id))).to.deep.equal([])
    await feed.upTo(entries.length, 60_000)
    expect(Date.now() - started).to.be.lessThan(30_000)
    const stored = async (): Promise<string> => JSON.stringify(await Promise.all(views.map((name) => database.collection(name).find({}).sort({ _id: 1 }).toArray())))
    const converged = await stored()
    await feed.rebuild()
    expect(await stored()).to.equal(converged)
    await feed.stop()
    await database.dropDatabase()
    await database.close()
    await opened.close()
  })

  it('stands still, visibly, on a view that fails, and goes on when it works again', async () => {
    let broken = true
    const applied: number[] = []
    const fragile: Projection = {
      name: 'fragile', collections: [],
      async apply(entries) {
        if (broken && entries.some(({ position }) => position === 2)) throw new Error('out of order')
        applied.push(...entries.map(({ position }) => position))
      },
    }
    const open = await openLog({ projections: [fragile] })
    await open.eventLog.append([aNote(1)])
    await open.feed.upTo(1)
    await open.eventLog.append([aNote(2), aNote(3)])
    await until(() => !open.feed.health().ok)
    expect(open.feed.health()).to.deep.include({ ok: false, position: 1 })
    expect(open.feed.health().detail).to.contain('fragile')
    broken = false
    await open.feed.upTo(3, 60_000)
    expect(applied).to.deep.equal([1, 2, 3])
    expect(open.feed.health().ok).to.equal(true)
    await open.close()
  })

  it('applies again what a database forgot when it crashed: on from the checkpoint that was kept', async () => {
    const applied: number[] = []
    let away = false
    const view: Projection = {
      name: 'what-was-applied', collections: [],
      apply(entries) {
        if (away) return Promise.reject(new Error('the database is away'))
        applied.push(...entries.map(({ position }) => position))
        return Promise.resolve()
      },
    }
    const open = await openLog({ projections: [view] })
    await open.eventLog.append([aNote(1), aNote(2)])
    await open.feed.upTo(2)
    const checkpoints = open.database.collection<{ readonly _id: string; readonly position: number }>('feed')
    await until(async () => (await checkpoints.findOne({ _id: 'views' }))?.position === 2)
    away = true
    await open.eventLog.append([aNote(3)])
    await until(() => !open.feed.health().ok)
    // It comes back as it stood on its disk: without the last of the views, and without the checkpoint that was written after them.
    await checkpoints.updateOne({ _id: 'views' }, { $set: { position: 1 } })
    await until(() => open.feed.health().position === 1)
    away = false
    await until(async () => (await checkpoints.findOne({ _id: 'views' }))?.position === 3)
    expect(applied).to.deep.equal([1, 2, 2, 3])
    await open.close()
  })

  it('rebuilds the views of another version as it starts, and only those', async () => {
    const applied: number[] = []
    const view: Projection = { name: 'what-was-applied', collections: [], apply: (entries) => Promise.resolve(void applied.push(...entries.map(({ position }) => position))) }
    const open = await openLog({ projections: [view] })
    await open.eventLog.append([aNote(1), aNote(2)])
    await open.feed.upTo(2)
    await open.feed.stop()
    await open.feed.start()
    expect(applied).to.deep.equal([1, 2])
    await open.feed.stop()
    await open.database.collection<{ readonly _id: string }>('feed').updateOne({ _id: 'views' }, { $unset: { shape: '' } })
    await open.feed.start()
    expect(applied, 'there when it has started').to.deep.equal([1, 2, 1, 2])
    await open.feed.stop()
    await open.feed.start()
    expect(applied).to.deep.equal([1, 2, 1, 2])
    await open.close()
  })

  it('is through with its start when the views have caught up with what was left unread', async () => {
    const view: Projection = { name: 'slow', collections: [], apply: () => new Promise((resolve) => { setTimeout(resolve, 300) }) }
    const open = await openLog({ projections: [view] })
    await open.feed.stop()
    for (let batch = 0; batch < 6; batch += 1) await open.eventLog.append(Array.from({ length: 2_000 }, (_, index) => aNote(batch * 2_000 + index)))
    await open.feed.start()
    expect(open.feed.health().position).to.equal(12_000)
    await open.close()
  })

  it('tells listeners in every process of each entry once, while one of them applies', async () => {
    const open = await openLog()
    const other = await openDatabase(open.database.name)
    const otherLog = await openEventLog({ database: other, vault: await aVault(other), clock: () => new Date() })
    const otherFeed = openFeed({ ledger: open.ledger, eventLog: otherLog, database: other, log: open.log })
    for (const projection of trackingProjections({ database: other, vault: await aVault(other), eventLog: otherLog })) otherFeed.register(projection)
    const heard: number[][] = [[], []]
    const hear = (who: number) => (entries: readonly LogEntry[]) => void heard[who]?.push(...entries.map(({ position }) => position))
    open.feed.onApplied(hear(0))
    otherFeed.onApplied(hear(1))
    await otherFeed.start()
    expect(otherFeed.health().detail).to.contain('another process')
    for (let index = 0; index < 20; index += 1) await (index % 2 ? otherLog : open.eventLog).append([aNote(index), aNote(100 + index)])
    await Promise.all([open.feed.upTo(40), otherFeed.upTo(40)])
    await until(() => heard[1]?.length === 40)
    expect(heard).to.deep.equal([0, 1].map(() => Array.from({ length: 40 }, (_, index) => index + 1)))
    await open.feed.stop()
    await open.eventLog.append([aNote(999)])
    await otherFeed.upTo(41, 60_000)
    expect(otherFeed.health()).to.include({ position: 41, detail: 'applies the views' })
    await otherFeed.stop()
    await other.close()
    await open.close()
  })

  it('refuses a database that was filled from another ledger', async () => {
    const open = await openLog()
    await aCast(open.ledger, open.opened.registrar)
    await open.feed.upToLedger((await open.ledger.health()).position)
    await open.feed.stop()
    const stranger = await openLog()
    const feed = openFeed({ ledger: stranger.ledger, eventLog: open.eventLog, database: open.database, log: open.log })
    const refused = await feed.start().then(() => 'started', (error: unknown) => String(error))
    expect(refused).to.match(/another ledger/)
    await stranger.close()
    await open.feed.start()
    await open.close()
  })

  it('keeps up with boxes by the thousand in one batch', async () => {
    const open = await openLog()
    const boxes = containerNumbers(3_000)
    const { last } = await open.eventLog.append(boxes.map((container, index) => received(equipment({ container, code: 'GTIN', at: new Date(Date.UTC(2026, 10, 1) + index).toISOString() }))))
    await open.feed.upTo(last, 60_000)
    expect(await open.database.collection('tracking_boxes').countDocuments({ 'state.movement': 'GATED_IN' })).to.equal(3_000)
    await open.close()
  })
})
