import type { CompanyId, PersonId } from '@yidan/api/contract'
import type { PartyId, PersonTag } from '@yidan/ledger'
import { expect } from 'chai'
import type { Caller } from '../access/caller.ts'
import type { LogEntry } from '../events/types.ts'
import { readEvents, type Place } from './event-pages.ts'
import type { EventSight, VisibleEvent } from './visible-events.ts'

describe('a page of events for a machine', () => {
  it('leaves nothing out when the log gives less at once than was asked for', async () => {
    const log = Array.from({ length: 50 }, (_, index) => ({ position: index + 1, at: new Date(0) }) as LogEntry)
    const eventLog = { read: async (after: number, limit: number) => log.slice(after, after + Math.min(limit, 7)) }
    const sight = { visible: async (_: Caller, entries: readonly LogEntry[]) => entries.map(({ position, at }) => ({ position, index: 0, recordedAt: at }) as VisibleEvent) }
    const page = (after: Place): ReturnType<typeof readEvents> => readEvents({
      ports: { eventLog, feed: { health: () => ({ position: 40 }) } } as unknown as Parameters<typeof readEvents>[0]['ports'], sight: sight as unknown as EventSight,
      caller: overseer, wanted: { matches: () => true }, after, limit: 100,
    })
    const { events, next, upTo } = await page({ position: 2, index: Infinity })
    expect(events.map(({ position }) => position)).to.deep.equal(log.slice(2, 40).map(({ position }) => position))
    expect({ next, upTo: upTo.position }).to.deep.equal({ next: null, upTo: 40 })
  })
})

/** A terminal's person, who may follow every box: the log itself is read. */
const overseer: Caller = {
  kind: 'person', sessionId: 's', person: { id: 'person' as PersonId, name: 'P', roles: ['gate'], tag: 't' as PersonTag },
  company: { id: 'company' as CompanyId, partyId: `p${'5'.repeat(32)}` as PartyId, name: 'C', roles: ['terminal'] },
}
