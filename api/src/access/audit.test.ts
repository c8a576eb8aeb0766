import type { CompanyId } from '@yidan/api/contract'
import { expect } from 'chai'
import { pino } from 'pino'
import { anonymous } from './caller.ts'
import { AuditLog, type AuditNote } from './audit.ts'
import type { AuditRecord, AuditStore } from './audit-store.ts'

const note = (action: string): AuditNote => ({ caller: anonymous, ability: 'sign-in', action, subject: null, companies: ['co_0000000000000001'], address: '127.0.0.1', requestId: 'r', result: 'refused', code: 'bad-credentials' })

/** A store whose database is away for the first writes. */
function storeAway(times: number): AuditStore & { readonly lines: AuditRecord[] } {
  const lines: AuditRecord[] = []
  let left = times
  return {
    lines,
    async write(records) {
      if ((left -= 1) >= 0) throw new Error('away')
      lines.push(...records)
    },
    page: () => Promise.resolve({ records: lines, next: null, total: lines.length }),
    forget: () => Promise.resolve(),
    all: () => Promise.resolve(lines),
  }
}

describe('the audit log', () => {
  const ports = { clock: () => new Date('2026-11-24T12:00:00.000Z'), log: pino({ level: 'silent' }) }

  it('keeps lines while the database is away and writes each once', async () => {
    const store = storeAway(1)
    const audit = new AuditLog(store, ports)
    audit.note(note('one'))
    await audit.flush()
    expect(store.lines).to.have.length(0)
    audit.note(note('two'))
    await audit.close()
    expect(store.lines.map(({ action }) => action)).to.deep.equal(['one', 'two'])
  })

  it('shows a line that was noted just before', async () => {
    const audit = new AuditLog(storeAway(0), ports)
    audit.note(note('just now'))
    const { items } = await audit.list('co_0000000000000001' as CompanyId, { limit: 10 })
    expect(items[0]).to.include({ action: 'just now', at: '2026-11-24T12:00:00.000Z', actor: 'anonymous' })
    await audit.close()
  })

  it('puts what cannot be written even at the end into the process log', async () => {
    const said: string[] = []
    const audit = new AuditLog(storeAway(99), { ...ports, log: pino({ level: 'error' }, { write: (line: string) => void said.push(line) }) })
    audit.note(note('lost otherwise'))
    await audit.close()
    expect(said.join()).to.contain('lost otherwise')
  })
})
