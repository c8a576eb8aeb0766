import { expect } from 'chai'
import { openEventLog } from '../../api/src/events/event-log.ts'
import type { EventLogPort, LogEntry } from '../../api/src/events/types.ts'
import { aVault, aNote, openDatabase } from './open-log.ts'

describe('the event log', () => {
  const clock = (): Date => new Date()

  it('gives eight writers one order without a gap and without a double, in several processes’ places', async () => {
    const database = await openDatabase()
    const others = await openDatabase(database.name)
    const logs = [await openEventLog({ database, vault: await aVault(database), clock }), await openEventLog({ database: others, vault: await aVault(others), clock })]
    const shared = Array.from({ length: 40 }, (_, index) => aNote(index))
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        const given: (number | null)[] = []
        for (let round = 0; round < 20; round += 1) {
          const own = Array.from({ length: 5 }, (__, index) => aNote(writer * 1000 + round * 10 + index))
          const { positions } = (await logs[writer % 2]?.append([...own, ...shared.slice(round * 2, round * 2 + 2)])) ?? { positions: [] }
          given.push(...positions)
        }
        return given
      }),
    )
    const taken = outcomes.flat().filter((position) => position !== null).sort((one, other) => one - other)
    const entries = await allOf(logs[0])
    expect(entries.map(({ position }) => position)).to.deep.equal(Array.from({ length: 8 * 20 * 5 + 40 }, (_, index) => index + 1))
    expect(new Set(entries.map(({ id }) => id)).size).to.equal(entries.length)
    expect(taken).to.deep.equal(entries.map(({ position }) => position))
    await database.dropDatabase()
    await Promise.all([database.close(), others.close()])
  })

  it('does so with batches that are written side by side, in which each writer also has what another has written before', async () => {
    const database = await openDatabase()
    const others = await openDatabase(database.name)
    const logs = [await openEventLog({ database, vault: await aVault(database), clock }), await openEventLog({ database: others, vault: await aVault(others), clock })]
    const shared = Array.from({ length: 60 }, (_, index) => aNote(index))
    const outcomes = await Promise.all(logs.map(async (log, writer) => {
      const given: (readonly (number | null)[])[] = []
      for (let round = 0; round < 12; round += 1) {
        const own = Array.from({ length: 300 }, (_, index) => aNote(10_000 * (writer + 1) + round * 300 + index))
        const { positions } = await log.append([...own.slice(0, 200), ...shared.slice(round * 5, round * 5 + 5), ...own.slice(200)])
        given.push(positions)
      }
      return given
    }))
    for (const positions of outcomes.flat()) {
      const written = positions.filter((position) => position !== null)
      expect(written, 'a batch lies together').to.deep.equal(Array.from({ length: written.length }, (_, index) => (written[0] ?? 0) + index))
    }
    const taken = outcomes.flat(2).filter((position) => position !== null).sort((one, other) => one - other)
    const entries = await allOf(logs[0])
    expect(entries.map(({ position }) => position)).to.deep.equal(Array.from({ length: 2 * 12 * 300 + 60 }, (_, index) => index + 1))
    expect(new Set(entries.map(({ id }) => id)).size).to.equal(entries.length)
    expect(taken).to.deep.equal(entries.map(({ position }) => position))
    await database.dropDatabase()
    await Promise.all([database.close(), others.close()])
  })

  it('keeps each writer’s entries in the order it gave them', async () => {
    const database = await openDatabase()
    const log = await openEventLog({ database, vault: await aVault(database), clock })
    const batches = Array.from({ length: 30 }, (_, batch) => Array.from({ length: 7 }, (__, index) => aNote(batch * 7 + index)))
    const outcomes = await Promise.all(batches.map((batch) => log.append(batch)))
    for (const { positions } of outcomes) expect(positions).to.deep.equal(Array.from({ length: 7 }, (_, index) => (positions[0] ?? 0) + index))
    await database.dropDatabase()
    await database.close()
  })

  it('does not write a known id again, nor the same id twice in one batch', async () => {
    const database = await openDatabase()
    const log = await openEventLog({ database, vault: await aVault(database), clock })
    const [one, two, three] = [aNote(1), aNote(2), aNote(3)]
    expect((await log.append([one, two, one])).positions).to.deep.equal([1, 2, null])
    expect(await log.append([two, three])).to.deep.equal({ positions: [null, 3], last: 3 })
    expect(await log.append([one])).to.deep.equal({ positions: [null], last: 3 })
    expect(await log.last()).to.equal(3)
    await database.dropDatabase()
    await database.close()
  })

  it('lets neighbours of an entry that cannot be stored go through', async () => {
    const database = await openDatabase()
    const log = await openEventLog({ database, vault: await aVault(database), clock })
    const tooLarge = { ...aNote(9), about: ['x'.repeat(17 * 1024 * 1024)] }
    const [good, bad, last] = await Promise.allSettled([log.append([aNote(1)]), log.append([tooLarge]), log.append([aNote(2)])])
    expect([good.status, bad.status, last.status]).to.deep.equal(['fulfilled', 'rejected', 'fulfilled'])
    expect((await log.read(0, 10)).map(({ position }) => position)).to.deep.equal([1, 2])
    await database.dropDatabase()
    await database.close()
  })

  it('sets aside what a process left unfinished, and leaves no gap', async () => {
    const database = await openDatabase()
    const log = await openEventLog({ database, vault: await aVault(database), clock })
    await log.append([aNote(1), aNote(2)])
    const orphan = aNote(3)
    await database.collection('event_log').insertMany([3, 4, 6].map((position) => ({ _id: position as never, id: position === 3 ? orphan.id : `orphan:${position}`, at: new Date(), event: orphan.event, about: orphan.about, batch: 'gone' })))
    expect((await log.read(0, 10)).map(({ position }) => position)).to.deep.equal([1, 2])
    const { positions } = await log.append([orphan, aNote(4), aNote(5), aNote(6), aNote(7)])
    expect(positions).to.deep.equal([3, 4, 5, 6, 7])
    expect((await log.read(0, 10)).map(({ position }) => position)).to.deep.equal([1, 2, 3, 4, 5, 6, 7])
    await database.dropDatabase()
    await database.close()
  })

  it('does not let a writer whose turn was ended put its entries in after all', async () => {
    const database = await openDatabase()
    const log = await openEventLog({ database, vault: await aVault(database), clock })
    await log.append([aNote(1)])
    const heads = database.collection('event_log_head')
    const writing = log.append(Array.from({ length: 3_000 }, (_, index) => aNote(index)))
    await heads.updateOne({}, { $inc: { turn: 1 } })
    const { positions } = await writing
    const read = await log.read(0, 10_000)
    expect(read.map(({ position }) => position)).to.deep.equal(Array.from({ length: 3_001 }, (_, index) => index + 1))
    expect(positions.filter((position) => position !== null)).to.have.length(3_000)
    await database.dropDatabase()
    await database.close()
  })

  it('tells of what another process appended', async () => {
    const database = await openDatabase()
    const others = await openDatabase(database.name)
    const log = await openEventLog({ database, vault: await aVault(database), clock })
    const heard = new Promise<void>((resolve) => log.onAppended(() => { resolve() }))
    const elsewhere = await openEventLog({ database: others, vault: await aVault(others), clock })
    await elsewhere.append([aNote(1)])
    await heard
    expect(await log.last()).to.equal(1)
    await database.dropDatabase()
    await Promise.all([database.close(), others.close()])
  })

  it('has more behind what it gives from memory when another process wrote on: it ends where none come', async () => {
    const database = await openDatabase()
    const others = await openDatabase(database.name)
    const [log, elsewhere] = [await openEventLog({ database, vault: await aVault(database), clock }), await openEventLog({ database: others, vault: await aVault(others), clock })]
    await log.append([aNote(1), aNote(2)])
    await elsewhere.append([aNote(3), aNote(4), aNote(5)])
    expect((await allOf(log)).map(({ position }) => position)).to.deep.equal([1, 2, 3, 4, 5])
    expect(await log.read(5, 10)).to.deep.equal([])
    await database.dropDatabase()
    await Promise.all([database.close(), others.close()])
  })
})

async function allOf(log: EventLogPort | undefined): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = []
  for (let more = await log?.read(0, 10_000); more !== undefined && more.length > 0; more = await log?.read(entries.length, 10_000)) entries.push(...more)
  return entries
}
