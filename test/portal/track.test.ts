import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import type { DraftView } from '@yidan/api/contract'
import { aBooking, boxesOn, inDays, issuedBill, peopleFor, type People } from '../bills/a-bill.ts'
import { barriersOn, openPortal, type Portal } from './browser.ts'


describe('Following a box, on the screens', function () {
  let portal: Portal, people: People, shipper: Page, draft: DraftView
  let billNumber = '', box = ''

  before(async function () {
    portal = await openPortal(this)
    people = await peopleFor(portal.platform, 'tractors')
    const issued = await issuedBill(portal.platform, people, await aBooking('tractors'))
    ;({ billNumber, draft } = issued)
    box = boxesOn(draft)[0]?.number ?? ''
    shipper = await portal.personAt('shipper-machinery')
  })
  after(async () => {
    await portal?.close()
  })

  /** What the railway reports of the box's train. */
  async function report(code: 'LOAD' | 'DISC' | 'GTOT', more: Record<string, unknown> = {}): Promise<string> {
    const eventID = randomUUID()
    const rail = draft.document?.legs.find((leg) => leg.mode === 'rail')
    const { refused } = await people.clerk.client.call('sendEvents', { body: [{
      eventType: 'EQUIPMENT', eventID, eventDateTime: new Date().toISOString(), eventClassifierCode: 'ACT', equipmentEventTypeCode: code, equipmentReference: box, emptyIndicatorCode: 'LADEN',
      eventLocation: { locationName: '东方红（洛阳）国际陆港', UNLocationCode: 'CNLYA' }, transportCall: { modeOfTransport: 'RAIL', carrierServiceCode: rail?.trainNumber, UNLocationCode: 'CNLYA' }, ...more,
    }] })
    expect(refused).to.deep.equal([])
    return eventID
  }

  it('the shipper finds the boxes by what is next and opens one', async () => {
    await shipper.goto(`${portal.platform.url}/track`)
    await shipper.getByRole('link', { name: box }).waitFor()
    expect(await barriersOn(shipper)).to.deep.equal([])
    await shipper.getByRole('searchbox').last().fill(box)
    await shipper.getByRole('button', { name: '查找', exact: true }).last().click()
    await shipper.waitForURL(`**/containers/${box}`)
    await shipper.getByText('已进场').first().waitFor()
    await shipper.getByText('实时更新中').waitFor()
  })

  it('what happens appears by itself, marked as new and read out', async () => {
    await report('LOAD')
    await shipper.getByText('已装载').first().waitFor()
    const line = shipper.locator('ol.line li', { hasText: '装载' }).first()
    await line.getByText('新', { exact: true }).waitFor()
    expect(await shipper.locator('[aria-live=polite]', { hasText: '刚刚：装载' }).count()).to.equal(1)
    expect(await barriersOn(shipper)).to.deep.equal([])
  })

  it('what was taken back stays, struck out', async () => {
    const eventID = await report('DISC')
    await shipper.locator('ol.line li', { hasText: '卸载' }).first().waitFor()
    await report('DISC', { retractedEventID: eventID })
    await shipper.locator('ol.line li', { hasText: '已撤回' }).locator('s').first().waitFor()
    await shipper.getByText('已装载').first().waitFor()
  })

  it('on the page of the bill what stands there stays while what happened is read', async () => {
    const page = await portal.personAt('shipper-machinery')
    await page.goto(`${portal.platform.url}/bills/${billNumber}`)
    const unloaded = page.locator('ol.line > li', { hasText: '卸载' })
    await unloaded.first().waitFor()
    const before = await unloaded.count()
    await page.locator('ol.line').evaluate((line) => { line.setAttribute('data-stays', 'yes') })
    const eventID = await report('DISC')
    await unloaded.nth(before).waitFor()
    expect(await page.locator('ol.line[data-stays]').count()).to.equal(1)
    await report('DISC', { retractedEventID: eventID })
    await page.close()
  })

  it('the train says which of my boxes are aboard, and the bill where all of them are', async () => {
    const train = draft.document?.legs.find((leg) => leg.mode === 'rail')?.trainNumber ?? ''
    await shipper.goto(`${portal.platform.url}/trains/${train}`)
    await shipper.getByRole('heading', { name: train }).waitFor()
    await shipper.getByRole('link', { name: box }).waitFor()
    expect(await barriersOn(shipper)).to.deep.equal([])
    await shipper.goto(`${portal.platform.url}/track?bill=${billNumber}`)
    await shipper.getByText(`提单 ${billNumber} 的全部箱子`).first().waitFor()
    await shipper.locator('article.box').nth(boxesOn(draft).length - 1).waitFor()
    expect(await shipper.locator('article.box').count()).to.equal(boxesOn(draft).length)
  })

  it('is as good on a phone and in English', async () => {
    const phone = await portal.personAt('shipper-machinery', { width: 390, language: 'en' })
    const train = draft.document?.legs.find((leg) => leg.mode === 'rail')?.trainNumber ?? ''
    for (const path of ['/track', `/containers/${box}`, `/track?bill=${billNumber}`, `/trains/${train}`]) {
      await phone.goto(portal.platform.url + path)
      await phone.getByText(box).locator('visible=true').first().waitFor()
      expect(await barriersOn(phone), path).to.deep.equal([])
    }
  })

  it('a number that nobody may follow says so', async () => {
    const stranger = await portal.personAt('shipper-furniture')
    await stranger.goto(`${portal.platform.url}/containers/${box}`)
    await stranger.getByRole('alert').waitFor()
    expect(await stranger.locator('main').innerText()).not.to.include('已装载')
  })

  it('the view of the old holder ends when title has moved on', async () => {
    await shipper.goto(`${portal.platform.url}/containers/${box}`)
    await shipper.getByText('实时更新中').waitFor()
    const buyer = await portal.platform.deskOf('consignee-bearing')
    const to = buyer.session.company.partyId
    await people.shipper.record({ action: 'endorse', bill: billNumber, args: { to, manner: 'to-order' } })
    await people.shipper.record({ action: 'offerPossession', bill: billNumber, args: { to, expiresAt: inDays(portal.platform, 3) } })
    await buyer.record({ action: 'acceptOffer', bill: billNumber, args: {} })
    await shipper.getByText('此页的实时查看已结束').waitFor()
    expect(await shipper.locator('ol.line').count()).to.equal(0)
  })
})
