import { expect } from 'chai'
import type { NoticePreferences } from '@yidan/api/contract'
import { isGrave, mailFrom, usualPreferences } from './rules.ts'

const night: NonNullable<NoticePreferences['quiet']> = { from: '22:00', until: '07:00', timeZone: 'Asia/Shanghai', grave: true }
const wait = (quiet: NoticePreferences['quiet'], now: string, grave = false): string => mailFrom({ quiet }, { grave, now: new Date(now) }).toISOString()

describe('when a notice is mailed', () => {
  it('is at once where no hours are quiet', () => {
    expect(wait(null, '2026-11-22T15:00:00.000Z')).to.equal('2026-11-22T15:00:00.000Z')
  })

  it('is in the morning of the person when it comes up in the night, before midnight or after', () => {
    expect(wait(night, '2026-11-22T14:00:20.000Z')).to.equal('2026-11-22T23:00:00.000Z')
    expect(wait(night, '2026-11-22T22:59:59.000Z')).to.equal('2026-11-22T23:00:00.000Z')
    expect(wait(night, '2026-11-22T13:59:00.000Z')).to.equal('2026-11-22T13:59:00.000Z')
    expect(wait(night, '2026-11-22T23:00:00.000Z')).to.equal('2026-11-22T23:00:00.000Z')
    expect(wait({ ...night, timeZone: 'Europe/Berlin' }, '2026-11-22T22:00:00.000Z')).to.equal('2026-11-23T06:00:00.000Z')
  })

  it('is at once all the same when it is grave, unless the person wants quiet from that too', () => {
    expect(wait(night, '2026-11-22T15:00:00.000Z', true)).to.equal('2026-11-22T15:00:00.000Z')
    expect(wait({ ...night, grave: false }, '2026-11-22T15:00:00.000Z', true)).to.equal('2026-11-22T23:00:00.000Z')
  })

  it('hours that begin when they end are no hours', () => {
    expect(wait({ ...night, from: '08:00', until: '08:00' }, '2026-11-22T00:00:00.000Z')).to.equal('2026-11-22T00:00:00.000Z')
  })
})

describe('who never chose', () => {
  const told = (companyRoles: Parameters<typeof usualPreferences>[0]['companyRoles'], channel: 'screen' | 'mail' = 'screen', personRoles: Parameters<typeof usualPreferences>[0]['personRoles'] = ['clerk']): string[] =>
    Object.entries(usualPreferences({ companyRoles, personRoles }).kinds).flatMap(([kind, one]) => (one[channel] ? [kind] : []))

  it('is told of everything as a trader, of what can be seen to as a terminal, of nothing as an office', () => {
    expect(told(['shipper'])).to.have.length(7)
    expect(told(['terminal'])).to.have.members(['SEAL', 'DOOR', 'TEMPERATURE', 'IMPOSSIBLE'])
    expect(told(['terminal', 'carrier'])).to.have.length(7)
    expect(told(['customs', 'regulator'])).to.deep.equal([])
  })

  it('is mailed to as an administrator or clerk, not as gate staff', () => {
    expect(told(['carrier'], 'mail', ['administrator'])).to.have.length(7)
    expect(told(['carrier'], 'mail', ['gate', 'viewer'])).to.deep.equal([])
  })

  it('what the goods may be suffering from is grave', () => {
    expect((['LATE', 'STALE', 'SEAL', 'TEMPERATURE', 'DOOR', 'IMPOSSIBLE', 'CUSTOMS'] as const).filter(isGrave)).to.deep.equal(['SEAL', 'TEMPERATURE', 'DOOR'])
  })
})
