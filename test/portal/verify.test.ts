import { expect } from 'chai'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { aBooking, issuedBill, peopleFor, type People } from '../bills/a-bill.ts'
import { barriersOn, openPortal, type Portal } from './browser.ts'


describe('Whether a bill is genuine, for anybody', function () {
  let portal: Portal, people: People, folder: string
  let billNumber = '', docHash = ''

  before(async function () {
    portal = await openPortal(this)
    folder = await mkdtemp(join(tmpdir(), 'yidan-verify-'))
    people = await peopleFor(portal.platform, 'tractors')
    const issued = await issuedBill(portal.platform, people, await aBooking('tractors'))
    billNumber = issued.billNumber
    docHash = issued.draft.docHash ?? ''
  })
  after(async () => {
    await portal?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  async function upload(page: Page, name: string, content: Uint8Array | string): Promise<void> {
    const path = join(folder, name)
    await writeFile(path, content)
    await page.locator('input[type=file]').last().setInputFiles(path)
  }
  const pdf = async (): Promise<Uint8Array> => new Uint8Array(await (await people.clerk.client.download('billPdf', { params: { billNumber: billNumber as never } })).arrayBuffer())

  it('the address in its QR says genuine and live, on a phone, without signing in, and names no party', async () => {
    const page = await portal.aStranger()
    await page.goto(`${portal.platform.url}/v/${billNumber}?h=${docHash.slice(0, 16)}`)
    await page.getByText('真 · 有效').waitFor()
    const words = await page.locator('main').innerText()
    expect(words).to.include(billNumber).and.to.include('已签发')
    expect(words).not.to.include('豫西农业装备')
    expect(await barriersOn(page)).to.deep.equal([])
    await page.context().close()
  })

  it('the number with another paper’s hash is not genuine', async () => {
    const page = await portal.aStranger()
    await page.goto(`${portal.platform.url}/v/${billNumber}?h=${'0'.repeat(16)}`)
    await page.getByText('假 · 请勿接受').waitFor()
    expect(await page.locator('main').innerText()).to.include('与记录不一致')
    await page.context().close()
  })

  it('a mistyped number is told while it is typed, and cannot be decided', async () => {
    const page = await portal.aStranger()
    await page.goto(`${portal.platform.url}/verify`)
    const wrong = billNumber.slice(0, -1) + (billNumber.endsWith('A') ? 'B' : 'A')
    await page.getByRole('textbox', { name: '按提单号' }).fill(wrong)
    await page.getByText('校验码不符，请核对是否抄错').waitFor()
    await page.getByRole('button', { name: '验真', exact: true }).click()
    await page.getByText('无法确定').waitFor()
    await page.context().close()
  })

  it('the PDF made at issue is genuine; one changed byte in its pages is found', async () => {
    const page = await portal.aStranger({ viewport: { width: 1440, height: 900 } })
    await page.goto(`${portal.platform.url}/verify`)
    const file = await pdf()
    await upload(page, 'bill.pdf', file)
    await page.getByText('真 · 有效').waitFor()
    expect(await page.locator('main').innerText()).to.include('正是签发时生成的文件')
    const document = await (await people.clerk.client.download('billDocument', { params: { billNumber: billNumber as never } })).text()
    await upload(page, 'changed.json', document.replace(/"grossWeightKg":(\d)/, (_, digit: string) => `"grossWeightKg":${digit === '9' ? '8' : '9'}`))
    await page.getByText('假 · 请勿接受').waitFor()
    expect(await barriersOn(page)).to.deep.equal([])
    await page.context().close()
  })

  it('a file that is no bill, and one that is far too large, are each told as such', async () => {
    const page = await portal.aStranger()
    await page.goto(`${portal.platform.url}/verify`)
    await upload(page, 'large.pdf', new Uint8Array(6 * 1024 * 1024))
    await page.getByText('文件超过 5 MB').waitFor()
    await upload(page, 'list.json', '{"hello": "world"}')
    await page.getByText(/无法确定|假 · 请勿接受/).first().waitFor()
    await page.context().close()
  })

  it('speaks English throughout, without a barrier', async () => {
    const page = await portal.aStranger({ viewport: { width: 1440, height: 900 } })
    await page.goto(`${portal.platform.url}/verify`)
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'Compare a file' }).waitFor()
    await page.goto(`${portal.platform.url}/v/${billNumber}`)
    await page.getByText('Genuine · live').waitFor()
    expect(await barriersOn(page)).to.deep.equal([])
    expect((await page.locator('main').innerText()).replaceAll(/（[^）]*）|洛阳陆港多式联运有限公司/g, '')).not.to.match(/\p{Script=Han}/u)
    await page.context().close()
  })
})
