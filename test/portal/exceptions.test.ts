import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { aBooking, boxesOn, issuedBill, peopleFor, type People } from '../bills/a-bill.ts'
import { barriersOn, openPortal, type Portal } from './browser.ts'

/** Pictures of the screens, where somebody wants to look at them. */
const pictures = process.env['YIDAN_PICTURES']

describe('The exception desk, on the screens', function () {
  let portal: Portal, people: People, operator: Page, shipper: Page
  let boxes: string[] = []

  before(async function () {
    portal = await openPortal(this)
    people = await peopleFor(portal.platform, 'tractors')
    const { draft } = await issuedBill(portal.platform, people, await aBooking('tractors'))
    boxes = boxesOn(draft).map(({ number }) => number)
    operator = await portal.personAt('operator')
    shipper = await portal.personAt('shipper-machinery')
  })
  after(async () => {
    await portal?.close()
  })

  const picture = async (page: Page, name: string): Promise<void> => {
    if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
  }
  const box = (index = 0): string => boxes[index] ?? ''
  async function report(code: string, container: string, more: Record<string, unknown> = {}): Promise<{ putAside: unknown[] }> {
    const report = await people.clerk.client.call('sendEvents', { body: [{
      eventType: 'EQUIPMENT', eventID: randomUUID(), eventDateTime: new Date().toISOString(), eventClassifierCode: 'ACT', equipmentEventTypeCode: code, equipmentReference: container, emptyIndicatorCode: 'LADEN', ...more,
    }] })
    expect(report.refused).to.deep.equal([])
    return report
  }

  it('says that nothing is wrong when nothing is', async () => {
    await operator.goto(`${portal.platform.url}/exceptions`)
    await operator.getByText('一切正常，没有未结的异常。').waitFor()
    expect(await barriersOn(operator)).to.deep.equal([])
    await picture(operator, 'exceptions-empty')
  })

  it('shows by itself what begins, with how many in the menu and by kind', async () => {
    await report('CUSS', box())
    await report('INSP', box(1), { seals: [{ sealNumber: 'XX999' }] })
    expect((await report('LOAD', box(1), { eventLocation: { UNLocationCode: 'DEHAM' } })).putAside).to.have.length(1)
    await operator.locator('.list-side a', { hasText: '海关布控' }).waitFor()
    await operator.locator('.list-side a', { hasText: '矛盾事件' }).waitFor()
    await operator.getByRole('button', { name: /封志不符 1/ }).waitFor()
    await operator.getByRole('navigation').getByText('3 个未结').waitFor({ state: 'attached' })
    expect(await barriersOn(operator)).to.deep.equal([])
  })

  it('goes through the list by keyboard and opens one', async () => {
    const links = operator.locator('.list-side a')
    await links.first().focus()
    await operator.keyboard.press('ArrowDown')
    expect(await links.nth(1).evaluate((link) => link === document.activeElement)).to.equal(true)
    await operator.locator('.list-side a', { hasText: '海关布控' }).click()
    await operator.getByRole('heading', { name: box() }).waitFor()
    await picture(operator, 'exceptions-1440')
    expect(await barriersOn(operator)).to.deep.equal([])
  })

  it('is given to a person, noted on and closed with a reason', async () => {
    await operator.getByRole('button', { name: '指派', exact: true }).click()
    await operator.getByRole('button', { name: '由我处理' }).click()
    expect(await barriersOn(operator)).to.deep.equal([])
    await picture(operator, 'exceptions-assign')
    await operator.getByRole('button', { name: '保存' }).click()
    await operator.getByText(/^指派给/).waitFor()
    await operator.getByRole('button', { name: '备注' }).click()
    await operator.getByLabel('内容').fill('已联系海关，等待查验。')
    await operator.getByRole('button', { name: '保存' }).click()
    await operator.getByText('已联系海关，等待查验。').waitFor()
    await operator.getByRole('button', { name: '关闭', exact: true }).click()
    await operator.getByLabel('理由').fill('查验完毕')
    await operator.locator('form#handle').evaluate((form: HTMLFormElement) => { form.requestSubmit() })
    await operator.getByText('查验完毕').waitFor()
    await operator.locator('.list-side a', { hasText: '海关布控' }).waitFor({ state: 'detached' })
  })

  it('an event that cannot be true is rejected with a reason, and the exception ends', async () => {
    await operator.locator('.list-side a', { hasText: '矛盾事件' }).click()
    await operator.getByText(/同一箱不可能在两地/).first().waitFor()
    await picture(operator, 'exceptions-put-aside')
    await operator.getByRole('button', { name: '驳回' }).click()
    await operator.getByLabel('理由').fill('发送方时钟错误')
    await operator.locator('form#handle').evaluate((form: HTMLFormElement) => { form.requestSubmit() })
    await operator.getByText('已驳回', { exact: true }).waitFor()
    await operator.locator('.list-side a', { hasText: '矛盾事件' }).waitFor({ state: 'detached' })
  })

  it('the box’s own screen names what is open, its temperature and its door', async () => {
    const moment = new Date().toISOString()
    const { refused } = await people.clerk.client.call('sendEvents', { body: [
      { eventType: 'REEFER', eventID: randomUUID(), eventDateTime: moment, eventClassifierCode: 'ACT', reeferEventTypeCode: 'MEAS', equipmentReference: box(1), setpointParameters: { temperatureValue: -18 }, measuredParameters: { returnAirTemperatureValue: -11.5, humidityPercentage: 60 } },
      { eventType: 'IOT', eventID: randomUUID(), eventDateTime: moment, eventClassifierCode: 'ACT', iotEventTypeCode: 'DETC', iotEventCode: 'DRO', equipmentReference: box(1), eventLocation: { UNLocationCode: 'CNLYA' } },
    ] })
    expect(refused).to.deep.equal([])
    await shipper.goto(`${portal.platform.url}/containers/${box(1)}`)
    await shipper.getByText('回风 -11.5 °C').waitFor()
    await shipper.getByText(/偏高/).waitFor()
    await shipper.getByText('途中开门', { exact: false }).first().waitFor()
    expect(await barriersOn(shipper)).to.deep.equal([])
    await picture(shipper, 'container-condition')
  })

  it('on a phone shows the list or the one chosen, in English too, and to a follower no names', async () => {
    const phone = await portal.personAt('shipper-machinery', { width: 390, language: 'en' })
    await phone.goto(`${portal.platform.url}/exceptions`)
    await phone.locator('.list-side a', { hasText: box(1) }).first().waitFor()
    expect(await barriersOn(phone)).to.deep.equal([])
    await picture(phone, 'exceptions-390-list')
    await phone.locator('.list-side a', { hasText: 'Seal' }).first().click()
    await phone.locator('.detail-side').getByText('Seal XX999 is not on the bill').first().waitFor()
    expect(await phone.getByRole('button', { name: 'Assign' }).count()).to.equal(0)
    expect(await barriersOn(phone)).to.deep.equal([])
    await picture(phone, 'exceptions-390-detail')
    await phone.getByRole('button', { name: /Back to the list/ }).click()
    await phone.locator('.list-side a').first().waitFor()
  })
})
