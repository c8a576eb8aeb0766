import { expect } from 'chai'
import { warnedCertificates } from './certificates.ts'

describe('certificates that end', () => {
  it('are told from sixty days on, those of the network and of the seals together, the first to end on top', () => {
    const keepers = { peers: [], lastBlockAt: null, queue: { waiting: 0, inFlight: 0, oldest: null }, certificates: [{ of: 'gateway', days: 59 }, { of: 'authority', days: 60 }] }
    const seals = [{ of: 'CARRIER', isRoot: false, until: '2026-11-30T12:00:00.000Z' }, { of: 'root', isRoot: true, until: '2026-11-20T00:00:00.000Z' }]
    expect(warnedCertificates({ keepers, seals, asOf: '2026-11-21T08:00:00.000Z' })).to.deep.equal([{ of: 'root', days: -2 }, { of: 'CARRIER', days: 9 }, { of: 'gateway', days: 59 }])
    expect(warnedCertificates({ keepers: null, seals: [], asOf: '2026-11-21T08:00:00.000Z' })).to.deep.equal([])
  })
})
