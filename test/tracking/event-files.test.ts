import { expect } from 'chai'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EventFileReport } from '@yidan/api/contract'
import { takeEventFile } from '../../api/src/intake/event-files.ts'
import type { Language } from '../../api/src/http/handlers.ts'
import { openJudge } from '../../api/src/tracking/index.ts'
import { openTrackingReader } from '../../api/src/tracking/view.ts'
import { aSender, openLog, type OpenedLog } from './open-log.ts'

const fixtures = join(import.meta.dirname, '../fixtures/intake')
const fixture = (name: string): Promise<Buffer> => readFile(join(fixtures, name))

describe('a file of events from another system', () => {
  let open: OpenedLog
  beforeEach(async () => {
    open = await openLog()
  })
  afterEach(() => open.close())

  const send = (name: string, bytes: Buffer | string, language: Language = 'en', timeZone = 'Asia/Shanghai'): Promise<EventFileReport> =>
    takeEventFile({ ports: { eventLog: open.eventLog, clock: () => new Date('2026-11-22T00:00:00Z') }, judge: openJudge(open), sender: aSender, file: { name, mediaType: '', bytes: Buffer.from(bytes) }, timeZone, language })
  const sendFixture = async (name: string): Promise<EventFileReport> => send(name, await fixture(name))
  const faultsOf = ({ faults }: EventFileReport) => faults.map(({ row, code }) => [row, code])
  const linesOf = ({ lines }: EventFileReport) => lines.map(({ row, outcome, code, container, service, place, at }) => [row, outcome, code, container, service, place, at])
  const caughtUp = async (): Promise<void> => open.feed.upTo(await open.eventLog.last(), 60_000)

  it('that is a terminal’s list brings its good rows and names each bad one with its cure', async () => {
    const report = await sendFixture('terminal-moves.csv')
    expect(report).to.include({ format: 'terminal-list', rows: 7, accepted: 3, putAside: 1, refused: 3, duplicates: 0 })
    expect(faultsOf(report)).to.deep.equal([[5, 'container-check-digit'], [6, 'event-unknown'], [7, 'time-without-clock']])
    expect(report.faults.every(({ cure, column, value }) => cure && column && value)).to.equal(true)
    expect(report.faults[0]?.cure).to.match(/it is \d$/)
    expect(linesOf(report)[1]).to.deep.equal([3, 'taken', 'GTIN', 'TBJU5123111', '豫C12346', '东方红陆港', '2026-11-20T00:31:00.000Z'])
    expect(report.lines.at(-1)).to.include({ row: 8, outcome: 'put-aside', code: 'LOAD' })
    expect(report.lines.at(-1)?.because).to.match(/Loaded before it was gated in/)
    expect(report.warnings.map(({ code, column }) => [code, column])).to.deep.equal([['heading-unknown', '备注']])
    await caughtUp()
    const box = await openTrackingReader(open).box('TBJU5123106')
    expect(box?.state).to.deep.include({ movement: 'GATED_IN', seals: ['LY700400'] })
  })

  it('changes nothing when it comes again, as it was or under another name and with its rows turned round', async () => {
    await sendFixture('terminal-moves.csv')
    const last = await open.eventLog.last()
    const [heading = '', ...rows] = (await fixture('terminal-moves.csv')).toString('utf8').trim().split('\r\n')
    for (const again of [await sendFixture('terminal-moves.csv'), await send('again.csv', [heading, ...rows.reverse()].join('\n'))]) {
      expect(again).to.include({ accepted: 0, duplicates: 4, putAside: 0, refused: 3 })
      expect(new Set(again.lines.map(({ outcome }) => outcome))).to.deep.equal(new Set(['known']))
    }
    expect(await open.eventLog.last()).to.equal(last)
  })

  it('has English headings, semicolons and times with their own offset', async () => {
    const report = await sendFixture('terminal-moves-en.csv')
    expect(report).to.include({ accepted: 2, refused: 0 })
    expect(linesOf(report)).to.deep.equal([
      [2, 'taken', 'DISC', 'TBJU5123169', 'HUAYANG BRIDGE 0123E', 'Busan New Port', '2026-11-20T01:05:00.000Z'],
      [3, 'taken', 'GTOT', 'TBJU5123174', null, 'Busan New Port', '2026-11-20T02:45:00.000Z'],
    ])
  })

  it('that is a train’s list in GBK tells of boxes by wagon, and of the train once for all its boxes', async () => {
    const report = await sendFixture('rail-list.csv')
    expect(report).to.include({ format: 'rail-list', rows: 8, accepted: 6, duplicates: 1, refused: 1 })
    expect(faultsOf(report)).to.deep.equal([[8, 'event-needs-box']])
    expect(linesOf(report).filter(([, , code]) => code === 'DEPA').map(([row, outcome]) => [row, outcome])).to.deep.equal([[5, 'taken'], [6, 'known']])
    expect(report.warnings.map(({ row, code, value }) => [row, code, value])).to.deep.equal([[9, 'place-not-known', '渑池站']])
    const [loaded] = report.lines
    const entry = (await open.eventLog.byId([`event:${loaded?.eventID}`])).get(`event:${loaded?.eventID}`)
    expect(entry?.event.type === 'tracking-received' && entry.event.event).to.deep.include({ transportCall: { modeOfTransport: 'RAIL', carrierServiceCode: 'X9136', wagonNumber: '5512370' }, eventLocation: { locationName: '东方红国际陆港', UNLocationCode: 'CNLYA' } })
    await caughtUp()
    expect((await openTrackingReader(open).services(['X9136'])).get('X9136')?.facts.map(({ code }) => code)).to.include.members(['DEPA', 'ARRI'])
  })

  it('without the columns it needs is told which, in both languages', async () => {
    const report = await send('x.csv', '箱号,品名\nTBJU5123106,轴承\n', 'zh')
    expect(report).to.include({ accepted: 0, rows: 1, refused: 1 })
    expect(report.faults.map(({ code }) => code)).to.deep.equal(['heading-missing', 'heading-missing'])
    expect(report.faults[0]?.message).to.equal('缺少列“事件 Event”')
    expect(report.faults[0]?.cure).to.include('作业类型')
  })

  it('cannot tell of what has not happened yet, and says so by line', async () => {
    const report = await send('x.csv', '箱号,事件,时间,空重\nTBJU5123106,进场,2026-11-23 08:00,重\n')
    expect(report).to.include({ accepted: 0, refused: 1 })
    expect(report.faults).to.deep.include({ pointer: '/rows/2', code: 'event-in-the-future', message: 'A fact (ACT) cannot lie in the future', severity: 'fault', row: 2, cure: 'Check the time, and the time zone chosen for the file' })
  })

  it('is read in the time zone that was chosen for it', async () => {
    const report = await send('x.csv', '箱号,事件,时间,空重,地点代码\nTBJU5123106,进场,2026-11-20 08:00,重,PLMAA\n', 'en', 'Europe/Warsaw')
    expect(report.lines[0]?.at).to.equal('2026-11-20T07:00:00.000Z')
  })

  describe('in EDIFACT', () => {
    it('COARRI tells what was loaded and discharged, box by box, with line and segment of each fault', async () => {
      const report = await sendFixture('coarri.edi')
      expect(report).to.include({ format: 'edifact', rows: 5, accepted: 3, refused: 2 })
      expect(linesOf(report)).to.deep.equal([
        [10, 'taken', 'LOAD', 'TBJU5123240', 'HUAYANG BRIDGE 0123E', 'QIANWAN', '2026-11-20T01:12:00.000Z'],
        [18, 'taken', 'LOAD', 'TBJU5123256', 'HUAYANG BRIDGE 0123E', 'QIANWAN', '2026-11-20T01:18:00.000Z'],
        [41, 'taken', 'DISC', 'TBJU5123277', 'HUAYANG BRIDGE 0122W', 'QQCT', '2026-11-18T16:00:00.000Z'],
      ])
      expect(report.faults.map(({ row, pointer, column, code }) => [row, pointer, column, code])).to.deep.equal([[26, '/segments/25', 'EQD', 'container-check-digit'], [44, '/segments/43', 'DTM', 'edi-time-missing']])
      expect(report.warnings.map(({ row, code }) => [row, code])).to.deep.equal([[42, 'edi-date-only']])
      const released = report.lines[1]?.eventID ?? ''
      const entry = (await open.eventLog.byId([`event:${released}`])).get(`event:${released}`)
      expect(entry?.event.type === 'tracking-received' && entry.event.event).to.deep.include({ seals: [{ sealNumber: 'LY+700415', sealSource: 'CAR' }], documentReferences: [{ documentReferenceType: 'BKG', documentReferenceValue: 'LYQD20261120001' }] })
    })

    it('CODECO tells what came through the gate and by what, also when all stands on one line', async () => {
      const report = await sendFixture('codeco.edi')
      expect(report).to.include({ rows: 4, accepted: 2, refused: 2 })
      expect(linesOf(report).map(([, , code, , service, place]) => [code, service, place])).to.deep.equal([['GTIN', 'YUC12345', 'DONGFANGHONG'], ['GTOT', 'X9137', 'CNLYA']])
      expect(report.faults.map(({ pointer, column, code, value }) => [pointer, column, code, value])).to.have.deep.members([['/segments/13', 'LOC', 'edi-place-unknown', 'LUOYANG'], ['/segments/15', 'EQD', 'equipment-not-box', 'CH']])
    })

    it('is the same when the interchange comes again under another control number', async () => {
      await sendFixture('coarri.edi')
      const again = (await fixture('coarri.edi')).toString().replaceAll('QQ2611200001', 'QQ2611200002')
      expect(await send('b.edi', again)).to.include({ accepted: 0, duplicates: 3 })
    })

    it('is taken back by the same message as a cancellation', async () => {
      await sendFixture('codeco.edi')
      await caughtUp()
      expect((await openTrackingReader(open).box('TBJU5123298'))?.state.movement).to.equal('GATED_IN')
      const cancelled = await send('c.edi', (await fixture('codeco.edi')).toString().replace('LYDRY0000007+9', 'LYDRY0000007+1'))
      expect(cancelled.lines.map(({ code, withdraws, outcome }) => [code, withdraws, outcome])).to.deep.equal([['GTIN', true, 'taken'], ['GTOT', false, 'known']])
      await caughtUp()
      expect((await openTrackingReader(open).box('TBJU5123298'))?.state.movement).to.equal('EXPECTED')
    })

    it('that breaks off brings whole messages only', async () => {
      const text = (await fixture('coarri.edi')).toString()
      const report = await send('d.edi', text.slice(0, text.indexOf('DAM+1')))
      expect(report).to.include({ accepted: 2 })
      expect(report.faults.map(({ code }) => code)).to.include.members(['message-unclosed'])
      expect(linesOf(report).every(([, , code]) => code === 'LOAD')).to.equal(true)
    })

    it('of which segments were lost, as UNT tells, is not taken', async () => {
      const report = await send('e.edi', (await fixture('coarri.edi')).toString().replace("LOC+147+0340482::5'\n", ''))
      expect(report.faults.map(({ code, value }) => [code, value])).to.deep.include(['segment-count', '33'])
      expect(linesOf(report).every(([, , code]) => code === 'DISC')).to.equal(true)
    })

    it('of another kind, or with codes nobody knows, is told as such', async () => {
      const one = (type: string, bgm: string) => `UNB+UNOA:2+A+B'UNH+1+${type}:D:95B:UN'${bgm}'EQD+CN+TBJU5123106+45G1++3+5'UNT+4+1'UNZ+1+1'`
      for (const [type, bgm, code] of [['BAPLIE', 'BGM+659+1+9', 'message-not-taken'], ['COARRI', 'BGM+99+1+9', 'document-code-unknown'], ['CODECO', 'BGM+34+1+27', 'function-unknown'], ['COARRI', 'TDT+20', 'segment-missing']] as const) {
        expect((await send('f.edi', one(type, bgm))).faults.map((fault) => fault.code), type).to.deep.equal([code])
      }
    })
  })
})
