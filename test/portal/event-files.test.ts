import { expect } from 'chai'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { barriersOn, openPortal, type Portal } from './browser.ts'

const fixtures = join(import.meta.dirname, '../fixtures/intake')
/** Pictures of the screens, where somebody wants to look at them. */
const pictures = process.env['YIDAN_PICTURES']

describe('Events from a file, on the screens', function () {
  let portal: Portal, page: Page

  before(async function () {
    portal = await openPortal(this, { clock: () => new Date('2026-11-22T00:00:00Z') })
    page = await portal.personAt('terminal-manager')
  })
  after(async () => {
    await portal?.close()
  })
  const picture = async (name: string): Promise<void> => {
    if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
  }

  it('are found from the containers, and a file is answered line by line', async () => {
    await page.goto(`${portal.platform.url}/track`)
    await page.getByRole('link', { name: '导入事件文件' }).click()
    await page.getByRole('heading', { name: '导入事件文件' }).waitFor()
    expect(await barriersOn(page)).to.deep.equal([])
    await picture('event-files-empty')
    await page.locator('input[type=file]').setInputFiles(join(fixtures, 'terminal-moves.csv'))
    const status = page.getByRole('status').filter({ hasText: '下载错误清单' })
    await status.getByText('记入 3').waitFor()
    expect(await status.innerText()).to.match(/搁置 1[\s\S]*未接收 3/)
    const faults = page.getByRole('region', { name: '未接收的行' })
    expect(await faults.getByRole('row').nth(1).innerText()).to.match(/5[\s\S]*箱号[\s\S]*校验位不符 — 如前十位无误/)
    expect(await barriersOn(page)).to.deep.equal([])
    await picture('event-files-1440')
  })

  it('shows only what was put aside, and leads to the desk', async () => {
    await page.getByRole('button', { name: /^搁置 1/ }).click()
    const rows = page.getByRole('region', { name: '事件' }).getByRole('row')
    expect(await rows.count()).to.equal(2)
    expect(await rows.nth(1).innerText()).to.include('进场之前已装车')
    expect(await page.getByRole('link', { name: '去异常台' }).getAttribute('href')).to.equal('/exceptions?kind=IMPOSSIBLE')
  })

  it('gives the faults as a file for Excel', async () => {
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: '下载错误清单' }).click()
    const saved = await download
    expect(saved.suggestedFilename()).to.equal('faults-terminal-moves.csv')
    const text = await readFile(await saved.path(), 'utf8')
    expect(text.split('\r\n')).to.have.length(6)
    expect(text).to.match(/^\uFEFF行,列,代码/)
  })

  it('says what is no such file, and tells segments of an interchange', async () => {
    await page.locator('input[type=file]').setInputFiles({ name: 'x.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4') })
    await page.getByRole('alert').waitFor()
    await page.locator('input[type=file]').setInputFiles(join(fixtures, 'coarri.edi'))
    await page.getByText('HUAYANG BRIDGE 0123E').first().waitFor()
    await page.getByText('段 9').first().waitFor()
    expect(await page.getByRole('alert').count()).to.equal(0)
  })

  it('is used on a phone, and in English', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.evaluate(() => { window.scrollTo(0, 0) })
    expect(await barriersOn(page)).to.deep.equal([])
    await picture('event-files-390')
    const english = await portal.personAt('terminal-manager', { language: 'en' })
    await english.goto(`${portal.platform.url}/event-files`)
    await english.locator('input[type=file]').setInputFiles(join(fixtures, 'rail-list.csv'))
    await english.getByText('Train list').waitFor()
    await english.getByText('6 taken').waitFor()
  })
})
