import { expect } from 'chai'
import type { Page } from 'playwright-core'
import type { Desk } from '@yidan/api/sdk'
import { aBooking, issuedBill, peopleFor, type People } from '../bills/a-bill.ts'
import { barriersOn, makeKey, openPortal, type Portal } from './browser.ts'


describe('The bank checks a bill and takes it in pledge, on the screens', function () {
  let portal: Portal, people: People, bank: Page, bankDesk: Desk
  let billNumber = ''

  before(async function () {
    portal = await openPortal(this)
    people = await peopleFor(portal.platform, 'tractors')
    billNumber = (await issuedBill(portal.platform, people, await aBooking('tractors'))).billNumber
    bankDesk = await portal.platform.deskOf('bank-hafen')
  })
  after(async () => {
    await portal?.close()
  })

  async function offer(to: Desk): Promise<void> {
    const pledgee = to.session.company.partyId
    const { hash } = await people.shipper.client.call('commitPledgeTerms', { params: { billNumber: billNumber as never }, body: { pledgee, amount: '5600000.00', currency: 'CNY', dueDate: '2027-03-01' } })
    await people.shipper.record({ action: 'proposePledge', bill: billNumber, args: { pledgee, termsHash: hash as never } })
  }
  const person = async (): Promise<Page> => (bank ??= await portal.personAt('bank-luoyang'))
  const luoyangPartyId = async (): Promise<string> => (await portal.platform.signInAs('bank-luoyang')).session.company.partyId

  it('says that it can be pledged before it was offered, with its evidence, and shows no papers', async () => {
    const page = await person()
    await page.goto(`${portal.platform.url}/check`)
    await page.getByRole('textbox', { name: '按提单号' }).fill(billNumber)
    await page.getByRole('button', { name: '验真', exact: true }).click()
    await page.getByText('可以质押', { exact: true }).waitFor()
    await page.getByText('权利链只给提单的当事方看').waitFor()
    const words = await page.locator('main').innerText()
    expect(words).to.include('权利链连续、签名有效').and.to.include('无法核对')
    expect(await barriersOn(page)).to.deep.equal([])
  })

  it('shows the offer with its terms as soon as it is made', async () => {
    const page = await person()
    const pledgee = (await luoyangPartyId()) as never
    const { hash } = await people.shipper.client.call('commitPledgeTerms', { params: { billNumber: billNumber as never }, body: { pledgee, amount: '5600000.00', currency: 'CNY', dueDate: '2027-03-01' } })
    await people.shipper.record({ action: 'proposePledge', bill: billNumber, args: { pledgee, termsHash: hash as never } })
    await page.goto(`${portal.platform.url}/check/${billNumber}`)
    await page.getByText('已提交贵行：待接受').waitFor()
    expect(await page.locator('main').innerText()).to.include('CNY 5,600,000.00').and.to.include('2027-03-01')
    expect(await barriersOn(page)).to.deep.equal([])
  })

  it('takes it with the filing and the officer’s own key; another bank sees that it is taken', async () => {
    const page = await person()
    await page.getByRole('button', { name: '接受质押' }).click()
    await makeKey(page)
    await page.getByRole('textbox', { name: '中登网登记编号' }).fill('ZDW-2026-000123')
    await page.getByLabel('登记日期').fill('2026-11-21')
    await page.getByLabel('登记日期').press('Tab')
    await page.getByRole('button', { name: '下一步：核对签名内容' }).click()
    await page.getByRole('button', { name: '签名并发送' }).click()
    await page.getByText('已记入账本').waitFor()
    await page.getByRole('button', { name: '关闭', exact: true }).click()
    await page.getByText('已质押给贵行').waitFor()
    expect(await page.locator('main').innerText()).to.include('ZDW-2026-000123')
    const other = await portal.personAt('bank-hafen', { width: 390, language: 'en' })
    await other.goto(`${portal.platform.url}/check/${billNumber}`)
    await other.getByText('pledged to another bank').waitFor()
    expect(await other.locator('main').innerText()).not.to.include('5,600,000')
    expect(await barriersOn(other)).to.deep.equal([])
  })

  it('releases it again, and can then decline what is offered', async () => {
    const page = await person()
    await page.getByRole('button', { name: '解除质押' }).click()
    await page.getByRole('button', { name: '签名并发送' }).click()
    await page.getByText('已记入账本').waitFor()
    await page.getByRole('button', { name: '关闭', exact: true }).click()
    await page.getByText('可以质押', { exact: true }).waitFor()
    await offer(bankDesk)
    const other = await portal.personAt('bank-hafen')
    await other.goto(`${portal.platform.url}/check/${billNumber}`)
    await other.getByText('已提交贵行：待接受').waitFor()
    await page.reload()
    await page.getByText('不可质押', { exact: true }).waitFor()
  })

  it('a number that nobody issued is told, not a blank page', async () => {
    const page = await person()
    await page.goto(`${portal.platform.url}/check/LYLG26119999990`)
    await page.getByRole('alert').first().waitFor()
  })
})
