import { ProblemError, type Client, type RunView } from '@yidan/api/contract'
import { expect } from 'chai'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { aBox, boxesIn, chinaWagon, fiftyWagons, flat, forty, toTashkent, twenty } from './a-train.ts'

const heading = '车号,车型,自重,载重,车长,车底,箱位,箱号,箱型,总重,空箱,封号,UN号,温度'
const line = (index: number, slot: number, container: string, more = '18000,重,,,'): string => `${chinaWagon(index)},X70,22000,70000,13.466,40,${slot},${container},22G1,${more}`

/** A composition that comes as the railway's wagon list. */
describe('a wagon list', () => {
  let platform: Platform, terminal: Client, view: RunView
  before(async () => {
    platform = await openPlatform({ clock: () => new Date('2026-11-24T02:00:00Z') })
    terminal = platform.client(await platform.signInAs('terminal-manager'))
    view = await terminal.call('planTrain', { body: { service: 'X8206', plan: toTashkent } })
  })
  after(() => platform.close())

  const take = (content: string | Uint8Array<ArrayBuffer>, { revision = view.revision, name = 'list.csv' }: { revision?: number; name?: string } = {}) => terminal.call('importComposition', { params: { run: view.run, call: 1 }, file: { name, content: new Blob([content]), fields: { revision: String(revision) } } })

  it('is told with every fault by row and column, and nothing of it is kept', async () => {
    const [one, other] = [aBox(), aBox()]
    const report = await take([
      heading, line(1, 1, one), line(1, 1, other), line(2, 1, `${aBox().slice(0, 10)}X`), line(3, 1, aBox(), 'heavy,重,,,'), line(1, 2, aBox()),
      `${chinaWagon(4)},X70,,70000,13.466,40,1,${one},22G1,18000,,,,`, `${chinaWagon(5)},X70,22000,70000,13.466,400,1,${aBox()},22G1,18000,,,,`,
    ].join('\n'))
    expect(report).to.include({ saved: false, rows: 7 })
    expect(report.faults.map(({ row, column, code }) => [row, column, code])).to.have.deep.members([
      [5, 'grossKg', 'cell-not-a-number'], [6, 'wagon', 'wagon-torn-apart'], [7, 'tareKg', 'cell-missing'], [8, 'loadingFeet', 'cell-out-of-range'],
    ])
    expect((await terminal.call('trainRun', { params: { run: view.run } })).sections).to.deep.equal([])
  })

  it('is held to the rules of the train as soon as it can be read', async () => {
    const one = aBox()
    const report = await take([heading, line(1, 1, one), line(1, 1, aBox()), line(2, 1, `${aBox().slice(0, 10)}X`), line(2, 2, one, '40000,重,,12,')].join('\n'))
    expect(report.faults.map(({ row, column, code }) => [row, column, code])).to.have.deep.members([[3, 'position', 'slot-taken'], [4, 'container', 'box-number-shape'], [5, 'container', 'box-twice'], [5, 'grossKg', 'over-plate'], [5, 'unNumber', 'un-number-shape']])
    expect(report.warnings.map(({ row, code }) => [row, code])).to.deep.equal([[4, 'pair-uneven']])
  })

  it('needs its columns, once each, and says which', async () => {
    const report = await take('车号,车号,天气\n5240001,1,2\n')
    expect(report.faults.map(({ code }) => code)).to.deep.equal(['heading-twice', ...Array<string>(9).fill('heading-missing')])
    expect(report.warnings.map(({ code, column }) => [code, column])).to.deep.equal([['heading-unknown', '天气']])
    expect((await take(`${heading}\n`)).faults.map(({ code }) => code)).to.deep.equal(['no-rows'])
    const error = await take(new Uint8Array([0x50, 0x4b, 3, 4, 1, 2, 3]), { name: 'list.xlsx' }).then(() => null, (reason: unknown) => reason)
    expect(error instanceof ProblemError && error.problem.code).to.equal('unreadable-file')
  })

  it('is the composition when it has no fault, empty wagons and all', async () => {
    const boxes = [aBox(), aBox()]
    const report = await take([heading, line(1, 1, boxes[0] ?? '', '"18,000",重,SL1,UN1263,'), `${chinaWagon(1)},,,,,,2,${boxes[1]},22G1,18000,空,,,`, `${chinaWagon(2)},X70,22000,70000,13.466,40,,,,,,,,`].join('\r\n'))
    expect(report).to.deep.include({ saved: true, revision: 2, faults: [] })
    view = await terminal.call('trainRun', { params: { run: view.run } })
    const [first, second] = view.sections[0]?.wagons ?? []
    expect(first?.boxes.map(({ position, container, empty, seal, unNumber }) => [position, container, empty, seal, unNumber])).to.deep.equal([[1, boxes[0], false, 'SL1', '1263'], [2, boxes[1], true, undefined, undefined]])
    expect([first?.lengthMm, second?.boxes]).to.deep.equal([13_466, []])
    const late = await take(`${heading}\n${line(1, 1, aBox())}`, { revision: 1 }).then(() => null, (reason: unknown) => reason)
    expect(late instanceof ProblemError && late.problem.code).to.equal('revision-conflict')
  })

  it('taken out as a file goes in again as it was, in either language', async () => {
    const wagons = [...fiftyWagons([forty(aBox(), { sizeType: '45R1', setPoint: -18, seal: 'SL77' })]).slice(0, 48), flat(60, [twenty(aBox(), 1, { unNumber: '1263' }), twenty(aBox(), 2, { empty: true, grossKg: 2_300 })], { lengthMm: 13_466 }), flat(61, [])]
    view = await terminal.call('composeTrain', { params: { run: view.run, call: 1 }, body: { revision: view.revision, wagons } })
    for (const language of ['zh', 'en']) {
      const answer = await platform.request(`/api/v1/train-runs/${view.run}/compositions/1/export`, { headers: { cookie: (await platform.signInAs('terminal-manager')).cookie, 'accept-language': language } })
      const report = await take(await answer.text())
      expect(report.faults, language).to.deep.equal([])
      view = await terminal.call('trainRun', { params: { run: view.run } })
      expect(report.wagons, language).to.deep.equal(wagons)
    }
    expect(boxesIn(view.sections[0]?.wagons ?? [])).to.deep.equal(boxesIn(wagons))
  })
})
