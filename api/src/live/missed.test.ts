import type { Frame } from '@yidan/api/contract'
import { expect } from 'chai'
import type { LogEntry } from '../events/types.ts'
import { sendMissed } from './missed.ts'
import type { OpenRoom } from './rooms.ts'

const about = ['container:TBJU5123003']

describe('bringing along a reader that was away', () => {
  it('ends, although with every page that is read more is told', async () => {
    const world = aWorld({ entries: 3_000, during: 50, rounds: 1_000 })
    expect(await world.bring(0)).to.equal(world.told())
    expect(world.positions()).to.deep.equal(upTo(world.told()))
    expect(world.told()).to.equal(3_000 + 6 * 50)
  })

  it('reads what it could not hold from the log', async () => {
    const world = aWorld({ entries: 600, during: 1_500, rounds: 3 })
    expect(await world.bring(0)).to.equal(world.told())
    expect(world.positions()).to.deep.equal(upTo(world.told()))
    expect(world.told()).to.be.above(600 + 1_500)
  })

  it('reads the next page when the last was taken, and no more than a page at a time', async () => {
    const world = aWorld({ entries: 2_600 })
    await world.bring(100)
    expect(world.waitedAt).to.deep.equal([600, 1_100, 1_600, 2_100, 2_600])
    expect(world.positions()).to.deep.equal(upTo(2_600).slice(100))
  })

  it('stops in the middle when the reader is gone, and leaves nothing behind', async () => {
    const world = aWorld({ entries: 2_600, goneAfter: 2 })
    expect(await world.bring(0)).to.equal(null)
    expect(world.positions()).to.deep.equal(upTo(1_000))
    expect(world.room.arriving.size).to.equal(0)
    expect(world.seated()).to.equal(false)
  })

  it('leaves nothing behind when the log cannot be read', async () => {
    const world = aWorld({ entries: 10, broken: true })
    const fault = await world.bring(0).then(() => null, (error: unknown) => error)
    expect(fault).to.be.an('error')
    expect(world.room.arriving.size).to.equal(0)
  })

  it('waits for the views of this process to come as far as another process has told', async () => {
    const world = aWorld({ entries: 50 })
    const brought = world.bring(60)
    expect(world.seated()).to.equal(false)
    setTimeout(() => { world.happen(20) }, 15)
    expect(await brought).to.equal(70)
    expect(world.positions()).to.deep.equal(upTo(70).slice(60))
  })
})

/** One room of a log in memory; while a page is read, more is told, for so many rounds. */
function aWorld({ entries, during = 0, rounds = 20, goneAfter = Infinity, broken = false }: { entries: number; during?: number; rounds?: number; goneAfter?: number; broken?: boolean }) {
  const log: LogEntry[] = []
  const heard: Frame[] = []
  const waitedAt: number[] = []
  let seated = false, pages = 0, sends = 0
  const room: OpenRoom = { name: 'container:TBJU5123003', kind: 'container', keys: new Set(about), container: 'TBJU5123003', bill: null, partyId: null, sentTo: 0, seats: 1, arriving: new Set() }
  const frameAt = (position: number): Frame => ({ room: room.name, position, at: '', kind: 'exception', code: 'shock', billNumber: null, container: null, item: null })
  const happen = (count: number): void => {
    const fresh = Array.from({ length: count }, (_, index): LogEntry => ({ position: log.length + index + 1, id: `${log.length + index}`, at: new Date(0), event: { type: 'exception-changed', kind: 'shock', subject: { container: null } } as unknown as LogEntry['event'], about }))
    log.push(...fresh)
    for (const arrival of room.arriving) arrival.tell(fresh.map(({ position }) => frameAt(position)))
    if (seated) heard.push(...fresh.map(({ position }) => frameAt(position)))
  }
  happen(entries)
  return {
    room, waitedAt, happen, told: () => log.length, seated: () => seated, positions: () => heard.map(({ position }) => position),
    bring: (since: number) => sendMissed({
      room, since, sentTo: () => log.length, gone: () => sends >= goneAfter,
      eventLog: {
        async about(_about, after, limit, end = Infinity) {
          if (broken) throw new Error('no log')
          pages += 1
          await Promise.resolve()
          const page = log.filter(({ position }) => position > after && position <= end).slice(0, limit)
          if (pages <= rounds) happen(during)
          return page
        },
      },
      send(frames) {
        sends += 1
        heard.push(...frames)
      },
      drained: () => Promise.resolve(void waitedAt.push(heard.at(-1)?.position ?? 0)),
      seat: () => { seated = true },
    }),
  }
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1)
}
