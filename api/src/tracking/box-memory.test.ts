import type { TrackingEvent } from '@yidan/api/contract'
import type { ContainerNumber, PartyId } from '@yidan/ledger'
import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import type { LogEntry } from '../events/types.ts'
import { aBoxMemory, handledAfter, neverHandled, type KnownBox } from './box-memory.ts'
import { aboutOf, factOf } from './facts.ts'
import { startState } from './rules.ts'

const container = 'TBJU5123003'
const plan = { legs: [], seals: [] }
const fresh: KnownBox = { since: 0, position: 0, plan, state: startState(plan), deliveredAt: null, handled: neverHandled }

describe('what the judge remembers of a box', () => {
  it('goes on with the log, each entry once', () => {
    const memory = aBoxMemory()
    memory.keep(container, fresh, 0)
    const gateIn = entry(1, 'GTIN', '2026-11-20T08:00:00Z')
    for (const told of [gateIn, gateIn, entry(2, 'LOAD', '2026-11-20T09:00:00Z')]) memory.pass(told, factOf(told))
    expect(memory.get(container)).to.deep.include({ position: 2, handled: { loaded: '2026-11-20T09:00:00.000Z', away: '', discharged: [] } })
    expect(memory.get(container)?.state.movement).to.equal('LOADED')
  })

  it('is lost with what comes late or withdraws, and not taken up again from views that have not come to it', () => {
    for (const told of [entry(3, 'CROS', '2026-11-20T07:00:00Z'), entry(3, 'CROS', '2026-11-20T10:00:00Z', randomUUID())]) {
      const memory = aBoxMemory()
      memory.keep(container, fresh, 0)
      const before = entry(2, 'GTIN', '2026-11-20T08:00:00Z')
      for (const one of [before, told]) memory.pass(one, factOf(one))
      expect(memory.get(container)).to.equal(undefined)
      memory.keep(container, fresh, 2)
      expect(memory.get(container)).to.equal(undefined)
      memory.keep(container, { ...fresh, position: 3 }, 3)
      expect(memory.get(container)?.position).to.equal(3)
    }
  })

  it('is lost when a bill changes, until the views have the change', () => {
    const memory = aBoxMemory()
    memory.keep(container, fresh, 0)
    memory.pass({ ...entry(5, 'CROS', '2026-11-20T08:00:00Z'), event: { type: 'bill-erased', billId: 'b1' } as LogEntry['event'] }, null)
    expect(memory.size).to.equal(0)
    memory.keep(container, fresh, 4)
    expect(memory.size).to.equal(0)
    memory.keep(container, fresh, 5)
    expect(memory.size).to.equal(1)
  })

  it('is bounded: the box that was read first goes first', () => {
    const memory = aBoxMemory()
    for (let number = 0; number < 6_000; number += 1) memory.keep(`BOX${number}`, fresh, 0)
    expect(memory.size).to.equal(5_000)
    expect([memory.get('BOX0'), memory.get('BOX999'), memory.get('BOX1000')].map((known) => known !== undefined)).to.deep.equal([false, false, true])
  })

  it('of how it was handled is the same in any order', () => {
    const facts = [entry(1, 'LOAD', '2026-11-20T08:00:00Z'), entry(2, 'DISC', '2026-11-20T09:00:00Z'), entry(3, 'LOAD', '2026-11-20T10:00:00Z')].flatMap((one) => factOf(one) ?? [])
    const handled = handledAfter(neverHandled, facts)
    expect(handled).to.deep.equal({ loaded: '2026-11-20T10:00:00.000Z', away: '2026-11-20T09:00:00.000Z', discharged: ['X9136'] })
    expect(handledAfter(handledAfter(neverHandled, [...facts].reverse()), facts)).to.deep.equal(handled)
  })
})

function entry(position: number, code: 'GTIN' | 'LOAD' | 'DISC' | 'CROS', at: string, retracts: string | null = null): LogEntry {
  const event: TrackingEvent = {
    eventType: 'EQUIPMENT', eventID: randomUUID(), eventDateTime: at, eventClassifierCode: 'ACT', equipmentEventTypeCode: code, equipmentReference: container as ContainerNumber, emptyIndicatorCode: 'LADEN',
    transportCall: { modeOfTransport: 'RAIL', carrierServiceCode: 'X9136' },
  }
  return { position, id: `event:${event.eventID}`, at: new Date(0), event: { type: 'tracking-received', event, sender: `p${'5'.repeat(32)}` as PartyId, retracts }, about: aboutOf(event) }
}
