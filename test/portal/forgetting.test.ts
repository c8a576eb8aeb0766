import { expect } from 'chai'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { aBooking, issuedBill, peopleFor } from '../bills/a-bill.ts'
import { aPerson } from '../support/people.ts'
import { barriersOn, openPortal, type Portal } from './browser.ts'

const pictures = process.env['YIDAN_PICTURES']

describe('What is forgotten, on the screens', function () {
  let portal: Portal, first: Page
  let billNumber = ''

  before(async function () {
    // Nothing need be kept here, so that what is over can be forgotten at once.
    portal = await openPortal(this, { settings: { retentionYears: 0 } })
    const people = await peopleFor(portal.platform, 'furniture')
    billNumber = (await issuedBill(portal.platform, people, await aBooking('furniture', { count: 1 }))).billNumber
    const outcome = await people.clerk.act({ action: 'cancel', bill: billNumber, args: { reason: 'never shipped' } })
    if (outcome.outcome !== 'awaiting-signature') throw new Error('the clerk cancelled it alone')
    await people.signer.signAlong(outcome.request.commandId)
    expect((await people.shipper.signAlong(outcome.request.commandId)).outcome).to.equal('recorded')
    first = await portal.personAt('operator')
  })
  after(async () => {
    await portal?.close()
  })

  async function look(page: Page, name: string): Promise<void> {
    if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
  }
  async function openErasures(page: Page): Promise<void> {
    await page.goto(`${portal.platform.url}/companies`)
    await page.getByRole('link', { name: /本企业|Own company/ }).click()
    await page.getByRole('link', { name: /^(数据删除|Erasure)$/ }).click()
    await page.getByRole('heading', { name: /可以删除的提单|Bills that can be erased/ }).waitFor()
  }

  it('one administrator of the operator sees what can be erased, and asks with a reason', async () => {
    await openErasures(first)
    await look(first, 'erase-1440')
    await first.getByRole('button', { name: `申请删除 ${billNumber}` }).click()
    const dialog = first.getByRole('dialog')
    await dialog.getByText('不可恢复地删除').waitFor()
    await dialog.getByLabel(/理由/).fill('太短')
    expect(await dialog.getByRole('button', { name: '申请删除' }).isDisabled()).to.equal(true)
    await dialog.getByLabel(/理由/).fill('保存期已满，托运人书面申请')
    await look(first, 'erase-ask-1440')
    expect(await barriersOn(first)).to.deep.equal([])
    await dialog.getByRole('button', { name: '申请删除' }).click()
    await first.locator(`[data-erasure="${billNumber}"]`).getByText('须由另一名管理员同意').waitFor()
    expect(await first.getByRole('button', { name: `同意并删除 ${billNumber}` }).count(), 'not the same person').to.equal(0)
    await first.getByText('现在没有可以删除的提单').waitFor()
  })

  it('another agrees by typing the number; the record says who and when, and the bill’s page that it is erased', async () => {
    const second = await portal.personAt('operator-second', { width: 390, language: 'en' })
    await openErasures(second)
    await second.getByRole('button', { name: `Agree and erase ${billNumber}` }).click()
    const dialog = second.getByRole('dialog')
    const agree = dialog.getByRole('button', { name: 'Agree and erase' })
    await dialog.getByRole('textbox').fill('LYLG26110000000')
    expect(await agree.isDisabled()).to.equal(true)
    await dialog.getByRole('textbox').fill(billNumber)
    await look(second, 'erase-agree-390')
    expect(await barriersOn(second)).to.deep.equal([])
    await agree.click()
    const record = second.locator(`[data-erasure="${billNumber}"]`)
    await record.getByText('erased', { exact: true }).first().waitFor()
    await look(second, 'erase-record-390')
    expect(await record.innerText()).to.include('蒋运营').and.to.include('万复核').and.to.include('保存期已满，托运人书面申请')
    expect(await barriersOn(second)).to.deep.equal([])
    const shipper = await portal.platform.deskOf('shipper-furniture')
    expect((await shipper.client.call('bill', { params: { billNumber: billNumber as never } })).erased).to.equal(true)
  })

  it('nobody else has that part, and a company’s administrator forgets a person who has left after a second look', async () => {
    const bank = await portal.platform.signInAs('bank-luoyang')
    const leaver = await aPerson(portal.platform, bank, ['clerk'])
    const { name } = leaver.session.person
    const page = await portal.personAt('bank-luoyang')
    await page.goto(`${portal.platform.url}/companies/${bank.session.company.id}?part=people`)
    await page.getByRole('button', { name: `停用 ${name}` }).click()
    expect(await page.getByRole('link', { name: '数据删除' }).count()).to.equal(0)
    await page.getByRole('button', { name: `永久删除 ${name}` }).click()
    const dialog = page.getByRole('dialog')
    const forget = dialog.getByRole('button', { name: '永久删除' })
    expect(await forget.isDisabled()).to.equal(true)
    await dialog.getByRole('checkbox').check()
    await look(page, 'forget-1440')
    expect(await barriersOn(page)).to.deep.equal([])
    await forget.click()
    await page.getByText('已永久删除').waitFor()
    expect(await page.locator('main').innerText()).to.not.include(name)
  })
})
