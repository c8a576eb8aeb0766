import type { InboxItem } from '@yidan/api/contract'
import { expect } from 'chai'
import { filterFrom, isPressing, offersIn } from './offers.ts'

const item = (kind: InboxItem['kind'], since: string, until: string | null = null): InboxItem => ({ kind, title: '', billNumber: null, draftId: null, commandId: null, since, count: null, from: null, until })

describe('what waits for an answer', () => {
  it('is offers, pledges, surrenders and signatures, and nothing that is only told', () => {
    expect(offersIn([item('draft-faults', '1'), item('offer-received', '1'), item('pledge-offered', '1'), item('surrender-requested', '1'), item('signature-wanted', '1'), item('release-ready', '1')]).map(({ kind }) => kind)).to.deep.equal(['offer-received', 'pledge-offered', 'surrender-requested', 'signature-wanted'])
  })

  it('has on top what ends first, then what is newest', () => {
    const told = offersIn([item('pledge-offered', '2026-11-20'), item('surrender-requested', '2026-11-21'), item('offer-received', '2026-11-19', '2026-11-25'), item('signature-wanted', '2026-11-18', '2026-11-22')])
    expect(told.map(({ kind }) => kind)).to.deep.equal(['signature-wanted', 'offer-received', 'surrender-requested', 'pledge-offered'])
  })

  it('presses when it ends within a day', () => {
    const now = Date.parse('2026-11-21T08:00:00.000Z')
    expect([null, '2026-11-22T07:59:59.000Z', '2026-11-22T08:00:00.000Z'].map((until) => isPressing({ until }, now))).to.deep.equal([false, true, false])
  })

  it('is filtered by what the address says, and shown whole when it says nothing known', () => {
    expect([filterFrom('pledge'), filterFrom('everything'), filterFrom(undefined)]).to.deep.equal(['pledge', 'all', 'all'])
  })
})
