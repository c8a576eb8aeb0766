import type { TrackingEvent } from '@yidan/api/contract'
import type { ContainerNumber, PartyId } from '@yidan/ledger'
import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import type { LogEntry } from '../events/types.ts'
import { aBoxMemory } from './box-memory.ts'
import { aboutOf, type Fact } from './facts.ts'
import { openUnread, type Asked } from './unread.ts'

const [one, other] = ['TBJU5123003', 'CSQU3054383']

describe('what the log says and the views do not have yet', () => {
  it('is told about the boxes asked for, each entry read once', async () => {
    const world = aWorld()
    world.happen(one, other, one)
    world.applied = 1
    expect(await world.positions(one)).to.deep.equal([3])
    expect(await world.positions(one, other)).to.deep.equal([2, 3])
    world.happen(other)
    expect(await world.positions(other)).to.deep.equal([2, 4])
    expect(world.entriesRead()).to.equal(3)
  })

  it('is kept for whoever asked before the views had it', async () => {
    const world = aWorld()
    world.happen(one, one)
    const early = world.unread.ask()
    world.applied = 2
    expect(await world.positions(one)).to.deep.equal([])
    expect((await factsAbout(early, [one])).map(({ position }) => position)).to.deep.equal([1, 2])
    early.done()
  })

  it('is read on beforehand where somebody asked before, and is then there at once', async () => {
    const world = aWorld()
    world.happen(one)
    expect(await world.positions(one)).to.deep.equal([1])
    world.happen(one, other)
    world.unread.follow()
    while (world.entriesRead() < 3) await new Promise((resolve) => setTimeout(resolve, 1))
    world.applied = 3
    world.happen(one)
    expect(await world.positions(one)).to.deep.equal([4])
    expect(world.entriesRead()).to.equal(4)
  })

  it('is read by who asks when it could not be read beforehand', async () => {
    const world = aWorld()
    world.happen(one)
    world.breakOnce()
    world.unread.follow()
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(await world.positions(one)).to.deep.equal([1])
  })

  it('is all of the log again when the views are made anew', async () => {
    const world = aWorld()
    world.happen(one, other, one)
    world.applied = 3
    expect(await world.positions(one)).to.deep.equal([])
    world.applied = 0
    expect(await world.positions(one)).to.deep.equal([1, 3])
  })

  it('has no gap when several ask at once while the views are made anew', async () => {
    const world = aWorld()
    world.happen(...Array.from({ length: 40 }, () => one))
    world.applied = 30
    const asking = [world.positions(one), world.positions(one)]
    world.applied = 10
    asking.push(world.positions(one))
    world.applied = 35
    asking.push(world.positions(one))
    expect((await Promise.all(asking)).map((positions) => [positions[0], positions.length])).to.deep.equal([[31, 10], [31, 10], [11, 30], [36, 5]])
  })

  it('is read by what it is about when the views are very far behind', async () => {
    const world = aWorld()
    world.happen(...Array.from({ length: 25_000 }, () => other), one, ...Array.from({ length: 10 }, () => other), one)
    expect(await world.positions(one)).to.deep.equal([25_001, 25_012])
    expect(world.entriesRead(), 'entries of the log in memory').to.be.below(21_000)
  })
})

/** As the judge asks. */
async function factsAbout(asked: Asked, boxes: readonly string[]): Promise<readonly Fact[]> {
  const { remembered, facts } = await asked.facts(new Set(boxes), new Set())
  return remembered ? asked.held(new Set(boxes)) : facts
}

function aWorld() {
  const log: LogEntry[] = []
  let read = 0, applied = 0, broken = false
  const slice = async (entries: readonly LogEntry[], limit: number): Promise<readonly LogEntry[]> => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 3))
    return entries.slice(0, limit)
  }
  const eventLog = {
    async read(after: number, limit: number) {
      if (broken) {
        broken = false
        throw new Error('the database is away')
      }
      // Of what there is only half: as when another process wrote the rest.
      const entries = await slice(log.slice(after), Math.min(limit, Math.ceil((log.length - after) / 2)))
      read += entries.length
      return entries
    },
    about: (about: string | readonly string[], after: number, limit: number) => slice(log.slice(after).filter((entry) => entry.about.some((key) => about.includes(key))), limit),
  }
  const unread = openUnread({ eventLog, feed: { health: () => ({ position: applied }) } } as unknown as Parameters<typeof openUnread>[0], aBoxMemory())
  return {
    unread, entriesRead: () => read, breakOnce: () => { broken = true },
    set applied(position: number) { applied = position },
    happen(...boxes: string[]) {
      for (const box of boxes) log.push(entry(log.length + 1, box))
    },
    async positions(...boxes: string[]): Promise<number[]> {
      const asked = unread.ask()
      const facts = await factsAbout(asked, boxes)
      asked.done()
      return facts.map(({ position }) => position)
    },
  }
}

function entry(position: number, box: string): LogEntry {
  const event: TrackingEvent = { eventType: 'EQUIPMENT', eventID: randomUUID(), eventDateTime: '2026-11-20T00:00:00.000Z', eventClassifierCode: 'ACT', equipmentEventTypeCode: 'CROS', equipmentReference: box as ContainerNumber, emptyIndicatorCode: 'LADEN' }
  return { position, id: `event:${event.eventID}`, at: new Date(0), event: { type: 'tracking-received', event, sender: `p${'5'.repeat(32)}` as PartyId, retracts: null }, about: aboutOf(event) }
}
