import { expect } from 'chai'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { create, toBuffer } from 'qrcode'
import type { DraftView } from '@yidan/api/contract'
import { aBooking, aDraft, approve, boxesOn, issuedBill, peopleFor, send, type People } from '../bills/a-bill.ts'
import { barriersOn, makeKey, openPortal, type Portal } from './browser.ts'


describe('The gate, on a phone', function () {
  this.timeout(240_000)
  let portal: Portal, people: People, phone: Page, folder: string

  before(async function () {
    portal = await openPortal(this)
    folder = await mkdtemp(join(tmpdir(), 'yidan-gate-'))
    people = await peopleFor(portal.platform, 'tractors')
    phone = await portal.personAt('terminal-gate', { width: 390 })
  })
  after(async () => {
    await portal?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  const field = (page: Page) => page.getByRole('textbox', { name: '箱号、提单号或提货码' })
  async function ask(page: Page, code: string): Promise<void> {
    if (new URL(page.url()).pathname !== '/gate') await page.goto(`${portal.platform.url}/gate`)
    await field(page).fill(code)
    await field(page).press('Enter')
  }
  const nextTruck = (page: Page) => page.getByRole('button', { name: '下一辆' }).click()
  const verdict = (page: Page) => page.getByRole('dialog')

  it('says why there is no camera, and helps with the number while it is typed', async () => {
    await phone.goto(`${portal.platform.url}/gate`)
    await phone.getByText('不能使用摄像头，请在下面输入。').waitFor()
    await field(phone).fill('CSQU3054384')
    await phone.getByText('校验位不符，应为 3').waitFor()
    await field(phone).fill('CSQU3054383')
    await phone.getByText('箱号正确').waitFor()
    expect(await barriersOn(phone)).to.deep.equal([])
    const small = await phone.evaluate(() => [...document.querySelectorAll<HTMLElement>('main button, main input:not([type=file])')].filter((element) => element.getBoundingClientRect().height < 47.5).map((element) => element.outerHTML.slice(0, 80)))
    expect(small).to.deep.equal([])
  })

  it('a box that nobody announced is held over the whole screen, with the reason', async () => {
    await ask(phone, 'CSQU3054383')
    await phone.getByText('扣留').first().waitFor()
    const area = await verdict(phone).evaluate((element) => ({ width: element.clientWidth, height: element.clientHeight, colour: getComputedStyle(element).backgroundColor }))
    expect(area.width).to.equal(390)
    expect(area.height).to.equal(900)
    expect(area.colour).to.equal('rgb(155, 23, 23)')
    expect(await verdict(phone).innerText()).to.include('H09')
    expect(await barriersOn(phone)).to.deep.equal([])
    await nextTruck(phone)
  })

  it('takes an announced box in with its seal; a second phone that does the same changes nothing and says so', async () => {
    const draft = await send(people, await aDraft(people, await aBooking('tractors', { count: 1 })))
    await approve(people, draft)
    const [box] = boxesOn(draft)
    const second = await portal.personAt('terminal-manager', { width: 390 })
    for (const page of [phone, second]) {
      await ask(page, box!.number)
      await page.getByText('可以收进场').waitFor()
    }
    await phone.getByLabel('封志号').fill('WRONG01')
    await phone.getByText('与提单上的封志不符').waitFor()
    await phone.getByLabel('封志号').fill(box!.seal)
    await phone.getByRole('button', { name: '登记进场' }).click()
    await phone.getByText('已登记进场').waitFor()
    await second.getByRole('button', { name: '登记进场' }).click()
    await second.getByText('这次进出已经登记过，没有改变任何记录。').waitFor()
    const { timeline } = await people.terminal.client.call('container', { params: { container: box!.number } })
    expect(timeline.filter(({ code }) => code === 'GTIN')).to.have.length(1)
    await nextTruck(phone)
    await second.context().close()
  })

  let draft: DraftView
  it('holds the box of a bill that is not surrendered, read from a photo of its QR', async () => {
    const issued = await issuedBill(portal.platform, people, await aBooking('tractors', { count: 2 }))
    ;({ draft } = issued)
    const photo = join(folder, 'qr.png')
    await writeFile(photo, await toBuffer(`https://yidan.example/v/${issued.billNumber}?h=${draft.docHash?.slice(0, 16)}`, { width: 600, margin: 4 }))
    await phone.locator('input[type=file]').setInputFiles(photo)
    await phone.getByText('选择箱子').waitFor()
    expect(await barriersOn(phone)).to.deep.equal([])
    await phone.getByRole('button', { name: boxesOn(draft)[0]!.number }).click()
    await phone.getByText('提单尚未交单提货').waitFor()
    await nextTruck(phone)
  })

  it('lets it out against its release code, signed with the gate person’s own key', async () => {
    const { shipper, clerk } = people
    const billNumber = draft.billNumber!
    await shipper.record({ action: 'requestSurrender', bill: billNumber, args: { purpose: 'delivery', reason: null } })
    const { releases } = await clerk.client.call('prepareRelease', { params: { billNumber }, body: { days: 14 } })
    await clerk.record({ action: 'acceptSurrender', bill: billNumber, args: { freight: 'prepaid', releases: releases as never } })
    const { items } = await shipper.client.call('releaseCodes', { params: { billNumber } })
    const [first, other] = items
    // The code says nothing of its box; with the wrong box it is refused.
    await ask(phone, first!.code)
    await phone.getByLabel('请输入要提的箱号').fill(other!.container)
    await phone.getByRole('button', { name: '用提货码核对此箱' }).click()
    await phone.getByText('放货码不正确').waitFor()
    await nextTruck(phone)
    await ask(phone, first!.code)
    await phone.getByLabel('请输入要提的箱号').fill(first!.container)
    await phone.getByRole('button', { name: '用提货码核对此箱' }).click()
    await phone.getByText('放行').first().waitFor()
    expect(await barriersOn(phone)).to.deep.equal([])
    await makeKey(phone)
    await phone.getByRole('button', { name: '签名放行出场' }).click()
    await phone.getByText('已登记出场').waitFor()
    const title = await portal.platform.ports.ledger.read(draft.billId!)
    expect(title?.cargo[first!.container]?.name).to.equal('DELIVERED')
    expect(title?.cargo[other!.container]?.name).to.equal('RELEASED')
    await nextTruck(phone)
    await ask(phone, first!.container)
    await phone.getByText('放货码已使用').waitFor()
    await nextTruck(phone)
  })

  it('says clearly that the network is away, and answers when it is back', async () => {
    await phone.context().setOffline(true)
    await ask(phone, 'CSQU3054383')
    await phone.getByText('连不上网络').waitFor()
    await phone.context().setOffline(false)
    await phone.getByRole('button', { name: '重试' }).click()
    await phone.getByText('扣留').first().waitFor()
    await nextTruck(phone)
  })

  it('reads the QR with the camera by its own decoder, under the page’s security policy', async () => {
    const film = join(folder, 'qr.y4m')
    await writeFile(film, filmOf(`https://yidan.example/v/${draft.billNumber}?h=${draft.docHash?.slice(0, 16)}`))
    const browser = await chromium.launch({ executablePath: process.env['YIDAN_CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`] })
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
    const { cookie } = await portal.platform.signInAs('terminal-gate')
    const [name = '', value = ''] = cookie.split('=')
    await context.addCookies([{ name, value, url: portal.platform.url }])
    const page = await context.newPage()
    await page.goto(`${portal.platform.url}/gate`)
    await page.getByText('选择箱子').waitFor({ timeout: 60_000 })
    expect(await page.getByRole('dialog').innerText()).to.include(draft.billNumber!)
    await browser.close()
  })
})

/** A film of one picture for the browser's fake camera: YUV4MPEG2, grey. */
function filmOf(text: string): Buffer {
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  const width = 640, height = 480, step = Math.floor(400 / modules.size), left = Math.floor((width - modules.size * step) / 2), top = Math.floor((height - modules.size * step) / 2)
  const grey = Buffer.alloc(width * height, 235)
  for (let y = 0; y < modules.size * step; y += 1) for (let x = 0; x < modules.size * step; x += 1) if (modules.get(Math.floor(y / step), Math.floor(x / step)) !== 0) grey[(y + top) * width + x + left] = 16
  const frame = Buffer.concat([Buffer.from('FRAME\n'), grey, Buffer.alloc((width * height) / 2, 128)])
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), frame, frame])
}
