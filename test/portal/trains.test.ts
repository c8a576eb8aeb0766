import { expect } from 'chai'
import type { Page } from 'playwright-core'
import type { Client, RunView } from '@yidan/api/contract'
import { aBooking, boxesOn, issuedBill, peopleFor } from '../bills/a-bill.ts'
import { aBox, fiftyWagons, flat, forty, railway, scan, toTashkent, twenty } from '../trains/a-train.ts'
import { barriersOn, openPortal, type Portal } from './browser.ts'

const day = 86_400_000

describe('Trains and the corridors, on the screens', function () {
  this.timeout(240_000)
  let portal: Portal, terminal: Client, run: RunView, dispatcher: Page
  let own = ''
  /** The timetable of the story, moved so that the train leaves in two hours. */
  const shift = Date.now() + 2 * 3_600_000 - Date.parse(toTashkent.calls[0]?.departure ?? '')
  const moved = (moment: string | null): string | null => (moment === null ? null : new Date(Date.parse(moment) + shift).toISOString().replace('.000Z', '+00:00').replace(/\.\d{3}Z$/, '+00:00'))

  before(async function () {
    portal = await openPortal(this)
    const people = await peopleFor(portal.platform, 'tractors')
    const { draft } = await issuedBill(portal.platform, people, await aBooking('tractors'))
    own = boxesOn(draft)[0]?.number ?? ''
    terminal = portal.platform.client(await portal.platform.signInAs('terminal-manager'))
    run = await terminal.call('planTrain', { body: { service: 'X8206', plan: { ...toTashkent, calls: toTashkent.calls.map((call) => ({ ...call, arrival: moved(call.arrival), departure: moved(call.departure) })) } } })
    const special = [twenty(aBox(), 1, { unNumber: '1263' }), twenty(aBox(), 2, { empty: true, grossKg: 2_300 })]
    const wagons = fiftyWagons([forty(own), forty(aBox(), { sizeType: '45R1', setPoint: -18 })]).with(2, flat(2, special))
    run = await terminal.call('composeTrain', { params: { run: run.run, call: 1 }, body: { revision: 1, wagons } })
    await scan(terminal, { code: 'LOAD', boxes: wagons.slice(0, 48).flatMap(({ boxes }) => boxes.map(({ container }) => container)), at: new Date().toISOString(), service: 'X8206' })
    await railway(people.clerk.client, { code: 'DEPA', at: new Date(Date.now() - 5 * 3_600_000).toISOString(), service: 'X8044', place: 'CNLYA' })
    await people.clerk.client.call('sendEvents', { body: [{ eventType: 'TRANSPORT', eventID: crypto.randomUUID(), eventDateTime: new Date(Date.now() - 2 * day).toISOString(), eventClassifierCode: 'ACT', transportEventTypeCode: 'DEPA', transportCall: { modeOfTransport: 'VESSEL', vesselName: 'YIDAN STAR', exportVoyageNumber: '012E', UNLocationCode: 'CNQDP' } }] })
    dispatcher = await portal.personAt('terminal-manager')
  })
  after(async () => {
    await portal?.close()
  })

  it('the dispatcher finds the train and sees it as a picture, wagon after wagon', async () => {
    await dispatcher.goto(`${portal.platform.url}/train-runs?state=composed`)
    await dispatcher.getByRole('link', { name: 'X8206' }).first().waitFor()
    expect(await barriersOn(dispatcher)).to.deep.equal([])
    await dispatcher.getByRole('link', { name: 'X8206' }).first().click()
    await dispatcher.getByRole('region', { name: /编组图/ }).waitFor()
    expect(await dispatcher.locator('li.wagon').count()).to.equal(50)
    await dispatcher.getByText('⚠ UN1263 · 3 类').waitFor()
    await dispatcher.getByText('❄ -18 °C').waitFor()
    expect(await barriersOn(dispatcher)).to.deep.equal([])
  })

  it('goes through the boxes with the arrow keys', async () => {
    const focused = (): Promise<string> => dispatcher.evaluate(() => document.activeElement?.querySelector('strong')?.textContent ?? '')
    await dispatcher.locator('a.box').first().focus()
    await dispatcher.keyboard.press('ArrowRight')
    await dispatcher.keyboard.press('ArrowRight')
    const third = await focused()
    expect(third).to.match(/^TBJU\d{7}$/)
    await dispatcher.keyboard.press('End')
    expect(await focused()).to.not.equal(third)
    expect(await dispatcher.locator('[role=region] .wagons').evaluate((train) => (train.parentElement as HTMLElement).scrollLeft)).to.be.greaterThan(1_000)
    expect(await dispatcher.locator('a.box[tabindex="0"]').count()).to.equal(1)
  })

  it('is told by row what is wrong with a wagon list, and checks the loading', async () => {
    await dispatcher.getByText('导入编组单').click()
    await dispatcher.locator('input[type=file]').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from('车号,车型,自重,载重,车长,车底,箱位,箱号,箱型,总重\n5240001,NX70,23800,70000,16.366,40,1,TBJU5123009,45G1,99000\n') })
    await dispatcher.getByText(/未保存：3 处错误/).waitFor()
    await dispatcher.getByText(/第 2 行.*箱号校验位/).waitFor()
    await dispatcher.getByText('装车清单与扫描核对').click()
    await dispatcher.getByText('在场未装 0').waitFor()
    expect(await dispatcher.locator('details[open] tbody tr').count()).to.equal(2)
    expect(await barriersOn(dispatcher)).to.deep.equal([])
  })

  it('the corridor board and the list of trains move by themselves when the train has left', async () => {
    const board = await portal.personAt('shipper-machinery')
    await board.goto(`${portal.platform.url}/corridors`)
    await board.getByRole('link', { name: 'X8206' }).first().waitFor()
    await board.getByText('待发：洛阳东').waitFor()
    await board.getByText('实时更新中').waitFor()
    await board.locator('table').getByText('YIDAN STAR 012E').waitFor()
    expect(await board.locator('table tr', { hasText: 'YIDAN STAR' }).getByText('久无消息', { exact: true }).count()).to.equal(1)
    const list = await board.context().newPage()
    await list.goto(`${portal.platform.url}/train-runs`)
    const row = list.locator('table tr', { hasText: 'X8206' })
    await row.getByText('已编组').waitFor()
    await list.getByText('实时更新中').waitFor()
    await terminal.call('reportDeparture', { params: { run: run.run }, body: { revision: run.revision, call: 1, at: new Date().toISOString(), withoutMissing: true } })
    await board.getByText('洛阳东 至 西安 之间').waitFor()
    await row.getByText('西安').waitFor()
    expect(await row.getByText('已编组').count()).to.equal(0)
    await list.close()
    expect(await barriersOn(board)).to.deep.equal([])
  })

  it('is as good on a phone, for the shipper, in English', async () => {
    const phone = await portal.personAt('shipper-machinery', { width: 390, language: 'en' })
    for (const [path, text] of [['/train-runs', 'X8206'], [`/train-runs/${run.run}`, own.slice(0, 4)], ['/corridors', 'between Luoyang and Xi\'an']] as const) {
      await phone.goto(portal.platform.url + path)
      await phone.getByText(text).locator('visible=true').first().waitFor()
      expect(await barriersOn(phone), path).to.deep.equal([])
    }
    await phone.goto(`${portal.platform.url}/train-runs/${run.run}`)
    await phone.locator('a.box').first().waitFor()
    expect(await phone.locator('a.box').count(), 'only the box it may follow').to.equal(1)
    expect(await phone.getByText('Import a wagon list').count()).to.equal(0)
  })

  it('a run is planned on the screen, with the faults beside their call', async () => {
    await dispatcher.goto(`${portal.platform.url}/train-runs/new`)
    await dispatcher.getByLabel('车次').fill('X9138')
    await dispatcher.getByLabel('通道').selectOption('ningbo')
    await dispatcher.getByRole('button', { name: '保存计划' }).click()
    await dispatcher.locator('fieldset').first().getByText('缺少开出时间').waitFor()
    expect(await barriersOn(dispatcher)).to.deep.equal([])
    await dispatcher.getByLabel('开出').fill('2027-01-05T20:00')
    await dispatcher.getByLabel('到达').fill('2027-01-07T08:00')
    await dispatcher.getByRole('button', { name: '保存计划' }).click()
    await dispatcher.waitForURL('**/train-runs/X9138.2027-01-05')
    await dispatcher.getByText('还没有编组。').waitFor()
  })
})
