import type { BillNumber } from '@yidan/ledger'
import { expect } from 'chai'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { aBooking, issuedBill, peopleFor } from '../bills/a-bill.ts'
import { barriersOn, makeKey, openPortal, type Portal } from './browser.ts'

const pictures = process.env['YIDAN_PICTURES']
const reference = '（2026）豫71财保9号'

describe('A bearer bill before a court, on the screens', function () {
  this.timeout(240_000)
  let portal: Portal, judge: Page, clerk: Page
  let billNumber = '' as BillNumber, container = ''

  before(async function () {
    portal = await openPortal(this)
    const people = await peopleFor(portal.platform, 'batteries')
    const { billNumber: number, draft } = await issuedBill(portal.platform, people, await aBooking('batteries'))
    billNumber = number
    container = draft.document?.containers[0]?.number ?? ''
  })
  after(async () => {
    await portal?.close()
  })

  let shots = 1
  async function look(page: Page, name: string): Promise<void> {
    if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
  }
  const openBill = (page: Page): Promise<unknown> => page.goto(`${portal.platform.url}/bills/${billNumber}`)
  const close = (page: Page): Promise<void> => page.getByRole('button', { name: '关闭', exact: true }).click()
  /** Answers, reads back what is signed, signs; then another person is wanted. */
  async function signFirst(page: Page): Promise<void> {
    await page.getByRole('button', { name: '下一步：核对签名内容' }).click()
    await page.locator('[data-signed]').waitFor()
    await look(page, `sign-${shots++}`)
    expect(await barriersOn(page)).to.deep.equal([])
    await page.getByRole('button', { name: '签名并发送' }).click()
    await page.getByText('您已签名，还等待：').waitFor()
    await close(page)
  }
  /** The colleague finds it, reads the paper behind it, and signs. */
  async function signSecond(page: Page, act: string, paper: 'hold' | 'order', named = ''): Promise<void> {
    await page.goto(`${portal.platform.url}/offers`)
    const item = page.locator('[data-kind="signature-wanted"]').filter({ hasText: act })
    await item.getByRole('button').last().click()
    const dialog = page.getByRole('dialog')
    await dialog.locator(`[data-paper="${paper}"][data-verdict="kept"]`).waitFor()
    expect(await dialog.locator('[data-paper]').innerText()).to.include(reference)
    expect(await dialog.locator('[data-signed]').innerText()).to.include(named)
    await look(page, `cosign-${shots++}`)
    if (await dialog.locator('input[type=password]').count() > 0) await makeKey(page)
    expect(await barriersOn(page)).to.deep.equal([])
    await dialog.getByRole('button', { name: '同意并签名' }).click()
    await dialog.getByText('已记入账本').waitFor()
    await close(page)
  }

  it('names nobody in the list and says so in words, in both languages, in the export and on a phone', async () => {
    const shipper = await portal.personAt('shipper-busan')
    await shipper.goto(`${portal.platform.url}/bills`)
    await shipper.getByText('空白（不记名）').first().waitFor()
    await shipper.getByRole('button', { name: '我持有' }).click()
    await shipper.getByText('占有：').first().waitFor()
    expect(await shipper.locator('main').innerText()).to.not.include('BLANK')
    const [chip, header] = await Promise.all([shipper.getByRole('button', { name: '我持有' }), shipper.locator('header').first()].map((one) => one.evaluate((element) => getComputedStyle(element).backgroundColor)))
    expect(chip, 'a filter that is on has the design’s navy, as the header has').to.equal(header)
    expect(await barriersOn(shipper)).to.deep.equal([])
    await look(shipper, 'bearer-1440')
    const download = shipper.waitForEvent('download')
    await shipper.getByRole('button', { name: '导出 CSV' }).click()
    expect(await readFile(await (await download).path(), 'utf8')).to.include('空白（不记名）').and.to.not.include('BLANK')
    await openBill(shipper)
    await shipper.getByText('空白（不记名）').first().waitFor()
    const phone = await portal.personAt('shipper-busan', { width: 390, language: 'en' })
    await phone.goto(`${portal.platform.url}/bills`)
    await phone.locator('.cards').getByText(/Blank \(bearer\) · .*Busan/).waitFor()
    expect(await phone.locator('main').innerText()).to.not.include('BLANK')
    await look(phone, 'bearer-390')
    expect(await barriersOn(phone)).to.deep.equal([])
  })

  it('is held by two of the court, each having read the order; holder, bank and gate see why', async () => {
    judge = await portal.personAt('court-judge')
    await openBill(judge)
    await judge.locator('[data-action="placeHold"]').click()
    const dialog = judge.getByRole('dialog')
    await makeKey(judge)
    await dialog.getByRole('combobox', { name: '冻结种类' }).selectOption('JUDICIAL')
    await dialog.getByLabel(/机关或主张人/).fill('洛阳铁路运输法院')
    await dialog.getByLabel('文号').fill(reference)
    await dialog.getByLabel('事由').fill('买卖合同纠纷，诉前保全。')
    await signFirst(judge)
    clerk = await portal.personAt('court-clerk')
    await signSecond(clerk, '冻结提单', 'hold')

    const shipper = await portal.personAt('shipper-busan', { width: 390 })
    await openBill(shipper)
    await shipper.locator('[data-paper="hold"][data-verdict="signed"]').waitFor()
    expect(await shipper.locator('main').innerText()).to.include('司法冻结，由 洛阳铁路运输法院（示例） 于').and.to.include(reference).and.to.include('与签名一致')
    expect(await barriersOn(shipper)).to.deep.equal([])
    await look(shipper, 'held-390')
    await openBill(judge)
    await judge.locator('[data-paper="hold"][data-verdict="signed"]').waitFor()
    await look(judge, 'held-1440')
    const bank = await portal.personAt('bank-luoyang')
    await bank.goto(`${portal.platform.url}/check/${billNumber}`)
    await bank.getByText('不可质押', { exact: true }).waitFor()
    expect(await bank.locator('main').innerText(), 'whoever is no party reads no order').to.include('司法冻结').and.to.not.include(reference)
    const gate = await portal.personAt('terminal-gate', { width: 390 })
    await gate.goto(`${portal.platform.url}/gate`)
    const field = gate.getByRole('textbox', { name: '箱号、提单号或提货码' })
    await field.fill(container)
    await field.press('Enter')
    await gate.getByText('扣留').first().waitFor()
    await gate.getByText('司法冻结').first().waitFor()
    await look(gate, 'gate-390')
    expect(await barriersOn(gate)).to.deep.equal([])
  })

  it('a paper that is not the one that was signed is told in the reader’s own browser', async () => {
    const shipper = await portal.personAt('shipper-busan')
    await shipper.route(/\/papers$/, async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, body: (await answer.text()).replaceAll('诉前保全', '已经撤诉') })
    })
    await openBill(shipper)
    await shipper.locator('[data-paper="hold"][data-verdict="wrong"]').waitFor()
    await shipper.getByText('请勿采信').waitFor()
  })

  it('is void by the court’s judgment, and a new one to whom it names takes its place in the same act', async () => {
    await openBill(judge)
    await judge.locator('[data-action="voidByCourt"]').click()
    const dialog = judge.getByRole('dialog')
    await dialog.getByLabel('法院', { exact: true }).fill('洛阳铁路运输法院')
    await dialog.getByLabel('案号').fill(reference)
    await dialog.getByRole('combobox', { name: '日期' }).fill('2026-11-20')
    await dialog.getByRole('combobox', { name: '日期' }).press('Tab')
    await dialog.getByLabel('判决主文').fill('提单无效，货物归申请人。')
    await dialog.getByRole('combobox', { name: /判给谁/ }).fill('洛阳精密轴承')
    await judge.getByRole('option', { name: /洛阳精密轴承/ }).click()
    await signFirst(judge)
    await signSecond(clerk, '法院作废', 'order', '洛阳精密轴承')
    await openBill(clerk)
    await clerk.getByText('法院裁定').first().waitFor()
    const successor = clerk.getByRole('link', { name: /^LYLG/ }).first()
    const number = (await successor.innerText()).trim()
    expect(number).to.not.equal(billNumber)
    const heir = await portal.personAt('consignee-bearing', { width: 390 })
    await heir.goto(`${portal.platform.url}/bills/${number}`)
    await heir.getByText('已签发').first().waitFor()
    expect(await heir.locator('main').innerText()).to.include('洛阳精密轴承').and.to.include(billNumber)
    await look(heir, 'heir-390')
    await look(clerk, 'void-1440')
    expect(await barriersOn(heir)).to.deep.equal([])
  })
})
