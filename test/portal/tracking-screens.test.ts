import type { BillTracking } from '@yidan/api/contract'
import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { simulatedClock } from '../simulate/clock.ts'
import { begins, simulate } from '../simulate/fortnight.ts'
import { barriersOn, openPortal, type Portal } from './browser.ts'

/** Pictures of the screens, where somebody wants to look at them. */
const pictures = process.env['YIDAN_PICTURES']
/** In the night in which one train waits with an impossible report, one is late, one has lost a seal and a vessel has left. */
const days = 6 + 14 / 24

/** Screens by their address, what shows that they are there, and what is done first. */
interface Screen { readonly name: string; readonly path: string; readonly shows: string; readonly first?: (page: Page) => Promise<void> }

describe('Every screen of tracking, with a week of trains behind it', function () {
  this.timeout(600_000)
  let portal: Portal, exceptions: Readonly<Record<string, string>>, box: string

  before(async function () {
    const clock = simulatedClock(begins)
    portal = await openPortal(this, { clock: () => clock.now(), settings: { sessionDays: 90 } })
    const { differences } = await simulate({ platform: portal.platform, clock, speed: Infinity, days, tell: () => undefined })
    expect(differences).to.deep.equal([])
    const operator = portal.platform.client(await portal.platform.signInAs('operator'))
    await operator.call('createWebhook', { body: { url: 'https://example.com/yidan/events', label: '运输管理系统 TMS', events: ['equipment', 'exception'] } }).catch(() => undefined)
    const { items } = await operator.call('exceptions', { query: { limit: 100, state: 'open' } })
    exceptions = Object.fromEntries(items.map(({ kind, id }) => [kind, id]))
    box = items.find(({ kind }) => kind === 'SEAL')?.container ?? ''
    expect(Object.keys(exceptions)).to.include.members(['SEAL', 'IMPOSSIBLE', 'LATE'])
  })
  after(async () => {
    await portal?.close()
  })

  const click = (name: RegExp) => async (page: Page): Promise<void> => {
    await page.getByRole('button', { name }).first().click()
    await page.getByRole('dialog').waitFor()
  }
  const screens = (): Screen[] => [
    { name: 'containers', path: '/track', shows: 'a[href^="/containers/"]' },
    { name: 'containers-none', path: '/track?q=ZZZZ', shows: '.empty' },
    { name: 'container', path: `/containers/${box}`, shows: 'h1' },
    { name: 'train', path: '/trains/X8206', shows: 'h1' },
    { name: 'trains', path: '/train-runs', shows: 'a[href^="/train-runs/X"]' },
    { name: 'plan-run', path: '/train-runs/new', shows: 'form' },
    { name: 'train-run', path: '/train-runs/X8206.2026-11-26', shows: 'li.wagon' },
    { name: 'corridors', path: '/corridors', shows: 'svg' },
    { name: 'desk', path: '/exceptions', shows: '.list-side a' },
    { name: 'exception-seal', path: `/exceptions/${exceptions['SEAL']}`, shows: '.history li' },
    { name: 'exception-late', path: `/exceptions/${exceptions['LATE']}`, shows: '.history li' },
    { name: 'exception-assign', path: `/exceptions/${exceptions['SEAL']}`, shows: '.history li', first: click(/^(指派|Assign)$/) },
    { name: 'exception-close', path: `/exceptions/${exceptions['SEAL']}`, shows: '.history li', first: click(/^(关闭|Close)$/) },
    { name: 'put-aside', path: `/exceptions/${exceptions['IMPOSSIBLE']}`, shows: '.history li' },
    { name: 'put-aside-reject', path: `/exceptions/${exceptions['IMPOSSIBLE']}`, shows: '.history li', first: click(/^(驳回|Reject)$/) },
    { name: 'notices', path: '/notices', shows: '.list li' },
    { name: 'account', path: '/account', shows: '#notices table' },
  ]

  for (const [width, language] of [[1440, 'zh-CN'], [390, 'en']] as const) {
    it(`is without barriers and no wider than ${width} px, in ${language}`, async () => {
      const page = await portal.personAt('operator', { width, language })
      await page.clock.setFixedTime(portal.platform.ports.clock())
      const found: Record<string, string[]> = {}
      for (const { name, path, shows, first } of screens()) {
        await page.goto(`${portal.platform.url}${path}`)
        await page.locator(`${shows} >> visible=true`).first().waitFor()
        await page.locator('.bone').first().waitFor({ state: 'detached' })
        await first?.(page)
        const barriers = await barriersOn(page)
        if (barriers.length > 0) found[name] = barriers
        if (pictures) await page.screenshot({ path: join(pictures, `${name}-${width}.png`), fullPage: first === undefined })
      }
      expect(found).to.deep.equal({})
    })
  }

  it('what happened to twenty boxes one after another is one line, and each of them when asked for or printed', async () => {
    const page = await portal.personAt('operator')
    const unloaded = page.locator('.line > li', { hasText: /卸载\s*× 20/ }).locator('details', { hasText: '20 条逐一列出' }).first()
    const opened = async (): Promise<void> => {
      await page.goto(`${portal.platform.url}/bills/LYLG2611000001M`)
      await unloaded.waitFor()
    }
    await opened()
    expect(await barriersOn(page)).to.deep.equal([])
    const [first] = await unloaded.locator('li').all()
    expect(await first?.isVisible()).to.equal(false)
    await unloaded.locator('summary').click()
    expect(await unloaded.locator('li').count()).to.equal(20)
    expect(await first?.isVisible()).to.equal(true)
    if (pictures) await page.screenshot({ path: join(pictures, 'bill-of-twenty-boxes.png'), fullPage: true })
    await opened()
    await page.evaluate(() => { window.dispatchEvent(new Event('beforeprint')) })
    await first?.waitFor({ state: 'visible' })
  })

  it('a long timeline is shown from its end, and whole when asked for or printed', async () => {
    const page = await portal.personAt('operator')
    const lines = page.locator('.line > li')
    // No journey of this week is so long: the answer is the server's, told over eighty times, half a day apart.
    await page.route(/\/api\/v1\/bills\/[^/]+\/tracking/, async (route) => {
      const answer = await route.fetch()
      const view = (await answer.json()) as BillTracking
      const [first] = view.timeline
      const timeline = Array.from({ length: 80 }, (_, index) => ({ ...first, eventID: `told-${index}`, at: new Date(Date.parse(first?.at ?? '') - (80 - index) * 43_200_000).toISOString() }))
      await route.fulfill({ response: answer, json: { ...view, timeline: [...timeline, ...view.timeline] } })
    })
    const opened = async (): Promise<number> => {
      await page.goto(`${portal.platform.url}/bills/LYLG2611000001M`)
      await page.getByRole('button', { name: /^显示较早的 \d+ 条$/ }).waitFor()
      expect(await barriersOn(page)).to.deep.equal([])
      return lines.count()
    }
    const shown = await opened()
    expect(await lines.last().innerText(), 'its end is there').to.contain('Santos')
    await page.getByRole('button', { name: /^显示较早的/ }).click()
    const whole = await lines.count()
    expect(whole).to.be.greaterThan(shown + 20)
    expect(await opened()).to.equal(shown)
    await page.evaluate(() => { window.dispatchEvent(new Event('beforeprint')) })
    await page.getByRole('button', { name: /^显示较早的/ }).waitFor({ state: 'detached' })
    expect(await lines.count()).to.equal(whole)
  })

  it('a train number that has run for a year is shown with what it did last, and with what was before when asked for', async () => {
    const clerk = portal.platform.client(await portal.platform.signInAs('operator'))
    const weeks = Array.from({ length: 40 }, (_, week) => begins.getTime() - (week + 1) * 7 * 86_400_000)
    const told = weeks.flatMap((left) => [['DEPA', left, 'CNLYA'], ['ARRI', left + 2 * 86_400_000, 'CNQDP']] as const)
    const { refused } = await clerk.call('sendEvents', { body: told.map(([code, time, place]) => ({
      eventType: 'TRANSPORT', eventID: randomUUID(), eventDateTime: new Date(time).toISOString(), eventClassifierCode: 'ACT', transportEventTypeCode: code, transportCall: { modeOfTransport: 'RAIL', carrierServiceCode: 'X7001', UNLocationCode: place },
    })) })
    expect(refused).to.deep.equal([])
    const page = await portal.personAt('operator')
    await page.goto(`${portal.platform.url}/trains/X7001`)
    const earlier = page.getByRole('button', { name: '显示更早的记录' }), lines = page.locator('.line > li')
    await earlier.waitFor()
    expect(await lines.count()).to.equal(50)
    expect(await barriersOn(page)).to.deep.equal([])
    await earlier.press('Enter')
    await earlier.waitFor({ state: 'detached' })
    expect(await lines.count()).to.equal(80)
  })
})
