import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { DraftView } from '@yidan/api/contract'
import { aBooking, boxesOn, issuedBill, peopleFor, type People } from '../bills/a-bill.ts'
import { boxesIn, fiftyWagons, forty, scan, toTashkent } from '../trains/a-train.ts'
import { barriersOn, openPortal, type Portal } from './browser.ts'

/** `YIDAN_PICTURES=folder` keeps pictures and prints of what was tested. */
const pictures = process.env['YIDAN_PICTURES']

describe('Sharing a journey, on the screens', function () {
  let portal: Portal, people: People, shipper: Page, draft: DraftView
  let billNumber = '', box = '', link = '', shipperPortal: Server

  before(async function () {
    portal = await openPortal(this)
    people = await peopleFor(portal.platform, 'tractors')
    const issued = await issuedBill(portal.platform, people, await aBooking('tractors'))
    ;({ billNumber, draft } = issued)
    box = boxesOn(draft)[0]?.number ?? ''
    shipper = await portal.personAt('shipper-machinery')
  })
  after(async () => {
    shipperPortal?.close()
    await portal?.close()
  })

  async function picture(page: Page, name: string): Promise<void> {
    if (pictures === undefined) return
    await mkdir(pictures, { recursive: true })
    await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
  }
  /** A browser that never saw the platform: no session, no cookie. */
  const stranger = (width: number): Promise<Page> => portal.aStranger({ viewport: { width, height: 844 } })
  async function report(code: string): Promise<void> {
    const { refused } = await people.clerk.client.call('sendEvents', { body: [{ eventType: 'EQUIPMENT', eventID: randomUUID(), eventDateTime: new Date().toISOString(), eventClassifierCode: 'ACT', equipmentEventTypeCode: code, equipmentReference: box, emptyIndicatorCode: 'LADEN' }] })
    expect(refused).to.deep.equal([])
  }
  /** The link as the platform under test is reached, not as its public address says. */
  const here = (address: string): string => address.replace('http://yidan.test', portal.platform.url)
  async function makeLink(page: Page, label: string): Promise<{ link: string; frame: string }> {
    await page.getByRole('button', { name: '分享', exact: true }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('给谁').fill(label)
    await dialog.getByRole('button', { name: '生成链接' }).click()
    await dialog.getByRole('img', { name: '链接的二维码' }).waitFor()
    const codes = dialog.locator('code')
    return { link: here((await codes.nth(0).getAttribute('title')) ?? ''), frame: (await codes.nth(1).getAttribute('title')) ?? '' }
  }

  it('the shipper makes a link to a box: to copy, as a QR, as a frame', async () => {
    await shipper.goto(`${portal.platform.url}/containers/${box}`)
    await shipper.getByText('已进场').first().waitFor()
    await shipper.getByRole('button', { name: '分享', exact: true }).click()
    await shipper.getByRole('button', { name: '生成链接' }).waitFor()
    expect(await barriersOn(shipper)).to.deep.equal([])
    await picture(shipper, 'dialog-form-1440')
    await shipper.keyboard.press('Escape')
    await shipper.getByRole('dialog').waitFor({ state: 'hidden' })
    const made = await makeLink(shipper, '山东客户')
    link = made.link
    expect(link).to.match(/\/s#[\w-]{43}$/)
    expect(made.frame).to.match(/^<iframe src="http:\/\/yidan\.test\/embed#[\w-]{43}"/)
    expect(await barriersOn(shipper)).to.deep.equal([])
    await picture(shipper, 'dialog-made-1440')
    await shipper.getByRole('button', { name: '好了' }).click()
  })

  it('somebody without an account follows it on a phone, live, without a word about goods or parties', async () => {
    const guest = await stranger(390)
    const asked: string[] = []
    guest.on('request', (request) => asked.push(`${request.url()} ${request.headers()['referer'] ?? ''}`))
    await guest.goto(link)
    await guest.getByRole('heading', { name: box }).waitFor()
    await guest.getByText('实时更新中').waitFor()
    expect(await barriersOn(guest)).to.deep.equal([])
    await picture(guest, 'guest-390')
    await report('LOAD')
    await guest.getByText('已装载').first().waitFor()
    await guest.locator('ol.line li', { hasText: '装载' }).getByText('新', { exact: true }).waitFor()
    const text = await guest.locator('main').innerText()
    for (const secret of [billNumber, boxesOn(draft)[0]?.seal ?? '', draft.carrier.name ?? 'carrier', draft.document?.containers[0]?.cargo[0]?.goods ?? 'goods']) expect(text).to.not.contain(secret)
    const token = link.split('#')[1] ?? ''
    expect(asked.filter((line) => line.includes(token))).to.deep.equal([])
    const wide = await stranger(1440)
    await wide.goto(link)
    await wide.getByRole('button', { name: 'English' }).click()
    await wide.getByText('shared by').waitFor()
    expect(await barriersOn(wide)).to.deep.equal([])
    await picture(wide, 'guest-1440-en')
    await guest.context().close()
    await wide.context().close()
  })

  it('a page of another site shows it in a frame, and can frame nothing else of the platform', async () => {
    const token = link.split('#')[1] ?? ''
    shipperPortal = createServer((_request, answer) => answer.setHeader('content-type', 'text/html').end(`<!doctype html><html lang="en"><title>Portal</title><h1>Our portal</h1><iframe id="good" src="${portal.platform.url}/embed#${token}" width="380" height="600" title="box"></iframe><iframe id="bad" src="${portal.platform.url}/s#${token}" width="380" height="300" title="page"></iframe></html>`))
    shipperPortal.listen(0, '127.0.0.1')
    await once(shipperPortal, 'listening')
    const page = await stranger(1000)
    await page.goto(`http://127.0.0.1:${(shipperPortal.address() as AddressInfo).port}/`)
    const frame = page.frameLocator('#good')
    await frame.getByRole('heading', { name: box }).waitFor()
    expect(await frame.locator('a').evaluateAll((links) => links.map((one) => (one as HTMLAnchorElement).target))).to.deep.equal(['_blank'])
    expect(await page.frameLocator('#bad').locator('main').count()).to.equal(0)
    await picture(page, 'embedded')
    const alone = await stranger(390)
    await alone.goto(`${portal.platform.url}/embed#${token}`)
    await alone.getByRole('heading', { name: box }).waitFor()
    expect(await barriersOn(alone)).to.deep.equal([])
    await alone.context().close()
    await page.context().close()
  })

  it('a bill’s journey and a train are shared from their own pages', async () => {
    const train = draft.document?.legs.find((leg) => leg.mode === 'rail')?.trainNumber ?? ''
    for (const [path, title] of [[`/bills/${billNumber}`, billNumber], [`/trains/${train}`, train]] as const) {
      await shipper.goto(portal.platform.url + path)
      await shipper.getByRole('button', { name: '分享', exact: true }).first().waitFor()
      const made = await makeLink(shipper, '')
      await shipper.getByRole('button', { name: '好了' }).click()
      const guest = await stranger(390)
      await guest.goto(made.link)
      await guest.getByRole('heading', { name: title, level: 1 }).waitFor()
      await guest.getByText(box).first().waitFor()
      expect(await barriersOn(guest), path).to.deep.equal([])
      await picture(guest, `guest-${path.split('/')[1]}-390`)
      await guest.context().close()
    }
  })

  it('the sharer sees who opened what, takes a link back, and the open page says so at once', async () => {
    const guest = await stranger(390)
    await guest.goto(link)
    await guest.getByText('实时更新中').waitFor()
    await shipper.goto(`${portal.platform.url}/shares`)
    const row = shipper.locator('tbody tr', { hasText: '山东客户' })
    await row.getByText('有效', { exact: true }).waitFor()
    expect(await row.getByText(/[3-9] 次/).count()).to.equal(1)
    expect(await barriersOn(shipper)).to.deep.equal([])
    await picture(shipper, 'shares-1440')
    await row.getByRole('button', { name: /^收回/ }).click()
    await row.getByRole('button', { name: /^确定收回/ }).click()
    await row.getByText('已收回').waitFor()
    await guest.getByRole('heading', { name: '链接已被收回' }).waitFor()
    expect(await guest.locator('main').innerText()).to.not.contain('已装载')
    expect(await barriersOn(guest)).to.deep.equal([])
    await picture(guest, 'over-390')
    await guest.goto('about:blank')
    await guest.goto(`${portal.platform.url}/s#${'x'.repeat(43)}`)
    await guest.getByRole('heading', { name: '链接无效' }).waitFor()
    await guest.context().close()
    const phone = await portal.personAt('shipper-machinery', { width: 390, language: 'en' })
    await phone.goto(`${portal.platform.url}/shares?state=active`)
    await phone.getByText(billNumber).waitFor()
    expect(await barriersOn(phone)).to.deep.equal([])
    await picture(phone, 'shares-390-en')
    await phone.goto(`${portal.platform.url}/containers/${box}`)
    await phone.getByRole('button', { name: 'Share', exact: true }).click()
    await phone.getByRole('button', { name: 'Make the link' }).click()
    await phone.getByRole('img', { name: 'QR code of the link' }).waitFor()
    expect(await barriersOn(phone)).to.deep.equal([])
    await picture(phone, 'dialog-made-390-en')
  })

  it('the container’s journey prints on A4 with its moment and who printed it, and no navigation', async () => {
    await shipper.goto(`${portal.platform.url}/containers/${box}`)
    await shipper.getByText('已装载').first().waitFor()
    await shipper.emulateMedia({ media: 'print' })
    expect(await shipper.locator('.print-head').innerText()).to.match(/数据截至 \d{4}-.*打印人：赵外贸/s)
    for (const navigation of await shipper.locator('header, nav, button').all()) expect(await navigation.isVisible()).to.equal(false)
    await print(shipper, 'print-container')
    await shipper.emulateMedia({ media: 'screen' })
  })

  it('the composition and the loading list print, every wagon and box a line', async () => {
    const terminal = portal.platform.client(await portal.platform.signInAs('terminal-manager'))
    const { run } = await terminal.call('planTrain', { body: { service: 'X8206', plan: toTashkent } })
    const wagons = fiftyWagons([forty(box)])
    await terminal.call('composeTrain', { params: { run, call: 1 }, body: { revision: 1, wagons } })
    await scan(terminal, { code: 'LOAD', boxes: boxesIn(wagons).slice(0, 40), at: new Date().toISOString(), service: 'X8206' })
    const yard = await portal.personAt('terminal-manager')
    for (const [what, title] of [['composition', '编组单'], ['loading', '装车清单']] as const) {
      await yard.goto(`${portal.platform.url}/train-runs/${run}/print/${what}?call=1`)
      await yard.getByRole('heading', { name: title }).waitFor()
      await yard.getByText(box).waitFor()
      const printed = await yard.locator('tbody').innerText()
      for (const container of boxesIn(wagons)) expect(printed).to.contain(container)
      expect(await barriersOn(yard)).to.deep.equal([])
      await picture(yard, `print-${what}-screen`)
      await print(yard, `print-${what}`)
    }
  })

  async function print(page: Page, name: string): Promise<void> {
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: false })
    const sizes = [...pdf.toString('latin1').matchAll(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/g)].map(([, width, height]) => [Math.round(Number(width)), Math.round(Number(height))])
    expect(sizes.length).to.be.greaterThan(0)
    for (const [width = 0, height = 0] of sizes) expect([Math.abs(width - 595) <= 1, Math.abs(height - 842) <= 1], `${width} × ${height}`).to.deep.equal([true, true])
    if (pictures !== undefined) await writeFile(join(pictures, `${name}.pdf`), pdf)
  }
})
