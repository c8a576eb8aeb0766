import { expect } from 'chai'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { NewEntry } from '../../api/src/events/types.ts'
import type { NoticeRecord } from '../../api/src/notices/store.ts'
import { containerNumbers } from '../support/bill-documents.ts'
import { aSender, equipment, openLog, type OpenedLog } from '../tracking/open-log.ts'
import { until } from '../support/until.ts'

interface Duty { readonly _id: string; readonly owner: { readonly pid: number } | null }
const boxes = containerNumbers(60)
const people = 10

describe('two API processes that look for exceptions and tell of them, one of which is killed', () => {
  let open: OpenedLog
  const processes: ChildProcess[] = []
  before(async () => {
    open = await openLog()
  })
  after(async () => {
    for (const child of processes) child.kill('SIGKILL')
    await open?.close()
  })

  async function start(): Promise<ChildProcess> {
    const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=source', join(import.meta.dirname, 'desk-process.ts'), open.database.name], { stdio: ['ignore', 'pipe', 'inherit'] })
    processes.push(child)
    await once(createInterface({ input: child.stdout }), 'line')
    return child
  }
  /** An event that cannot be true: for the desk to find, whatever else is known of the box. */
  function impossible(container: string): NewEntry {
    const event = equipment({ container, code: 'LOAD', at: '2026-11-01T00:00:00Z' })
    return { id: `put-aside:${event.eventID}`, event: { type: 'tracking-put-aside', event, sender: aSender, because: [{ rule: 'load-before-gate-in', against: null, at: null, place: null }] }, about: [`container:${container}`] }
  }
  const ownerOf = async (duty: string): Promise<number | null> => (await open.database.collection<Duty>('duties').findOne({ _id: duty }))?.owner?.pid ?? null
  const notices = (): Promise<NoticeRecord[]> => open.database.collection<NoticeRecord>('exception_notices').find().toArray()

  it('one does it, the other takes over in the middle of it, and nobody is told twice or not at all', async () => {
    const first = await start()
    const second = await start()
    expect(await ownerOf('exceptions')).to.equal(first.pid)
    expect(await ownerOf('notices')).to.equal(first.pid)
    await open.eventLog.append(boxes.slice(0, 20).map(impossible))
    await until(async () => (await notices()).length === 20 * people, 'the first tells of the first twenty boxes')
    expect(await ownerOf('exceptions'), 'the other left it to the first').to.equal(first.pid)
    await open.eventLog.append(boxes.slice(20, 40).map(impossible))
    await until(async () => (await notices()).length > 20 * people, 'the first is at the next twenty')
    first.kill('SIGKILL')
    await open.eventLog.append(boxes.slice(40).map(impossible))
    await until(async () => (await notices()).length === boxes.length * people, 'the second tells of all the others')
    expect([await ownerOf('exceptions'), await ownerOf('notices')]).to.deep.equal([second.pid, second.pid])
    const told = await notices()
    expect(new Set(told.map(({ exceptionId, personId }) => `${exceptionId} ${personId}`)).size).to.equal(told.length)
    const raised = (await open.eventLog.read(0, 5_000)).flatMap(({ event }) => (event.type === 'exception-changed' ? [event.subject.container] : []))
    expect([...raised].sort(), 'each box was found once').to.deep.equal([...boxes].sort())
  })
})
