import { DraftId } from '@yidan/api/contract'
import { expect } from 'chai'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { gateIn } from '../demo/journeys.ts'
import { allRead, barriersOn, makeKey, openPortal, type Portal } from './browser.ts'

const bookings = join(import.meta.dirname, '../fixtures/bookings')

describe('From a booking to an issued bill, on the screens', function () {
  let portal: Portal
  before(async function () {
    portal = await openPortal(this)
  })
  after(async () => {
    await portal?.close()
  })

  let clerk: Page, shipper: Page, signer: Page
  let draftPath = '', billNumber = ''

  it('the clerk drops a booking; the draft takes shape without faults and goes to the shipper', async () => {
    clerk = await portal.personAt('carrier-clerk')
    await clerk.locator('input[type=file]').setInputFiles(join(bookings, 'QDLY20261122-004.json'))
    await clerk.waitForURL(/\/drafts\/dr_/)
    draftPath = new URL(clerk.url()).pathname
    await clerk.getByText('没有错误，可以送托运人确认。').waitFor()
    expect(await barriersOn(clerk)).to.deep.equal([])
    await clerk.getByRole('button', { name: '送托运人确认' }).click()
    await clerk.getByText('待托运人确认').first().waitFor()
    billNumber = (await clerk.getByRole('heading', { level: 1 }).innerText()).trim()
    expect(billNumber).to.match(/^[A-Z]{4}\d{10}[0-9A-Z]$/)
  })

  it('the shipper finds it under what needs them, makes a key, reads it and approves it with a signature', async () => {
    shipper = await portal.personAt('shipper-busan')
    await shipper.locator('[data-kind="approve-draft"]').click()
    await shipper.getByRole('button', { name: '确认内容' }).click()
    expect(await makeKey(shipper)).to.match(/^yidan-key-k[0-9a-f]{8}\.json$/)
    await shipper.getByRole('button', { name: '签名并发送' }).click()
    await shipper.getByText('已确认，待签发').first().waitFor()
    expect(await barriersOn(shipper)).to.deep.equal([])
  })

  it('it cannot be issued before every box is in, and the page says which are missing', async () => {
    await clerk.reload()
    await clerk.getByText('还不能签发').waitFor()
    const terminal = await portal.platform.deskOf('terminal-gate')
    const draft = await (await portal.platform.deskOf('carrier-signer')).client.call('draft', { params: { draftId: DraftId.parse(draftPath.split('/')[2]) } })
    if (!draft.document) throw new Error('a sent draft has a document')
    expect(await clerk.locator('[data-issue]').innerText()).to.include(draft.document.containers[0]?.number)
    await gateIn(terminal, draft.document)
  })

  it('two people sign, the second from what needs them; then it is issued and the PDF comes', async () => {
    await clerk.reload()
    await makeKey(clerk)
    // A clerk is no administrator: the company's administrator approves the key, in their own browser.
    signer = await portal.personAt('carrier-signer')
    await approveKeyIfAsked(signer)
    await clerk.getByRole('button', { name: '第一人签名' }).click()
    await clerk.getByText('第一人已签名').or(clerk.getByText('您已签名，还等待')).first().waitFor()
    await signer.goto(`${portal.platform.url}/`)
    await signer.locator('[data-kind="signature-wanted"]').first().click()
    await signer.getByRole('button', { name: '同意并签名' }).click()
    await signer.getByText('已记入账本').waitFor()
    await signer.goto(`${portal.platform.url}/bills/${billNumber}`)
    await signer.getByText('已签发', { exact: true }).first().waitFor()
    expect(await barriersOn(signer)).to.deep.equal([])
    const pdf = signer.waitForEvent('download')
    await signer.getByRole('button', { name: '签发 PDF' }).click()
    const content = await readFile(await (await pdf).path())
    expect(content.subarray(0, 5).toString()).to.equal('%PDF-')
  })

  it('the holder offers it on: the dialog says what changes, refuses what cannot be, and shows the receipt', async () => {
    await shipper.goto(`${portal.platform.url}/bills/${billNumber}`)
    await shipper.locator('[data-action="offerPossession"]').click()
    await shipper.getByRole('combobox', { name: '转让给' }).click()
    await shipper.getByRole('option', { name: /洛阳精密轴承/ }).click()
    await shipper.getByText('谁持有什么').waitFor()
    await shipper.getByRole('button', { name: '下一步：核对签名内容' }).click()
    expect(await shipper.locator('[data-signed]').innerText()).to.include('转让占有').and.include('洛阳精密轴承').and.include(billNumber)
    await shipper.getByRole('button', { name: '签名并发送' }).click()
    await shipper.getByText('已记入账本').waitFor()
    expect(await barriersOn(shipper)).to.deep.equal([])
  })

  it('a bad list keeps its good rows, tells each bad one, and lets one be mended on the spot', async () => {
    await clerk.goto(`${portal.platform.url}/drafts/new`)
    await clerk.locator('input[type=file]').setInputFiles(join(bookings, 'LYNB20261123-005-container-list.csv'))
    await clerk.waitForURL(/\/drafts\/dr_/)
    await clerk.getByText('导入 6 行').waitFor()
    await clerk.getByText('拒绝 8 行').waitFor()
    await clerk.getByRole('textbox', { name: '12 封志号' }).fill('LY700414')
    await clerk.getByRole('button', { name: '12: 改好放入' }).click()
    await clerk.locator('[data-saving][data-state="saved"]').waitFor()
    expect(await clerk.locator('[id="/containers/6/number"]').inputValue()).to.equal('LYDU0000609')
    expect(await barriersOn(clerk)).to.deep.equal([])
  })

  it('a broken file is told as such, not swallowed', async () => {
    const file = join(tmpdir(), `broken-${process.pid}.json`)
    await writeFile(file, '{"bookingNumber": ')
    await clerk.goto(`${portal.platform.url}/drafts/new`)
    await clerk.locator('input[type=file]').setInputFiles(file)
    await clerk.getByText('读不出这个文件。').waitFor()
  })

  for (const [width, language, name] of [[1440, 'zh-CN', 'in Chinese'], [390, 'en', 'in English']] as const) {
    it(`has no barrier by WCAG 2.2 AA rules at ${width} px, ${name}`, async () => {
      const page = await portal.personAt('carrier-clerk', { width, language })
      const found: string[] = []
      for (const path of ['/', '/bills', '/drafts', '/drafts/new', draftPath, `/bills/${billNumber}`, '/account', '/keys', '/offers', '/nowhere']) {
        await page.goto(portal.platform.url + path)
        await allRead(page)
        await page.getByRole('heading', { level: 1 }).waitFor()
        found.push(...(await barriersOn(page)).map((barrier) => `${path}: ${barrier}`))
        if (language === 'en') expect(await chineseIn(page), path).to.equal('')
      }
      expect(found).to.deep.equal([])
    })
  }

  it('a barrier is found where there is one', async () => {
    const page = await portal.personAt('carrier-clerk')
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await barriersOn(page)).to.deep.equal([])
    await page.evaluate(() => document.querySelector('main')?.append(document.createElement('img'), document.createElement('button')))
    expect((await barriersOn(page)).map((barrier) => barrier.split(':')[0])).to.have.members(['image-alt', 'button-name'])
  })
})

/** Chinese words of our own on an English screen: those of people's data, the product's name and the demo mark aside. */
async function chineseIn(page: Page): Promise<string> {
  return page.evaluate(() => [...document.querySelectorAll('main label, main button, main th, main legend, main dt')].map((element) => (element.textContent ?? '').trim()).filter((text) => /\p{Script=Han}/u.test(text) && !/中登网|一单|（示例）|中文/u.test(text)).join(' | '))
}

async function approveKeyIfAsked(page: Page): Promise<void> {
  await page.goto(new URL('/keys', page.url()).href)
  await makeKey(page)
  const approve = page.getByRole('button', { name: '查看并批准' }).first()
  await page.getByText('可以签名').waitFor()
  if (!(await approve.isVisible().catch(() => false))) return
  await approve.click()
  await page.getByRole('button', { name: '同意并签名' }).click()
  await page.getByText('已记入账本').waitFor()
}
