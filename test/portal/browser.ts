import { existsSync } from 'node:fs'
import { join } from 'node:path'
import axe, { type AxeResults } from 'axe-core'
import { chromium, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core'
import { skipBecause } from '../../api/launch/skip-because.ts'
import type { Settings } from '../../api/src/ports.ts'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { patience } from '../support/until.ts'

const webRoot = join(import.meta.dirname, '../../web-client/dist')
const candidates = [process.env['YIDAN_CHROMIUM'], process.env['CHROMIUM_PATH'], '/usr/bin/chromium']

/** The whole application with its screens, and a browser to look at them. */
export interface Portal {
  readonly platform: Platform
  /** Somebody who has never signed in, at a browser that never saw the platform, of a phone's width unless told otherwise. Nothing is opened yet. */
  aStranger(options?: BrowserContextOptions): Promise<Page>
  /** A person of the demo at a browser of their own, signed in as if on the sign-in screen, which has tests of its own. Faults of scripts in it are thrown by `close`. */
  personAt(account: string, options?: { readonly width?: number; readonly language?: 'zh-CN' | 'en' }): Promise<Page>
  close(): Promise<void>
}

/** Opens both, or skips the tests with the reason when there is no Chromium or no build of the screens. */
export async function openPortal(test: Mocha.Context, { clock = () => new Date(), settings = {} }: { readonly clock?: () => Date; readonly settings?: Partial<Settings> } = {}): Promise<Portal> {
  const executablePath = candidates.find((path) => path !== undefined && path !== '' && existsSync(path))
  const lacks = executablePath === undefined ? (process.env['YIDAN_NO_CHROMIUM'] ?? 'no Chromium: set CHROMIUM_PATH') : existsSync(join(webRoot, 'index.html')) ? null : 'the web client is not built: npm run build'
  if (lacks !== null) return skipBecause(test, lacks)
  const platform = await openPlatform({ settings: { webRoot, ...settings }, clock })
  const browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] })
  const contexts: BrowserContext[] = []
  const faults: string[] = []
  async function openContext(options: BrowserContextOptions): Promise<BrowserContext> {
    const context = await browser.newContext(options)
    context.setDefaultTimeout(patience)
    contexts.push(context)
    return context
  }
  return {
    platform,
    async aStranger(options = {}) {
      return (await openContext({ viewport: { width: 390, height: 844 }, locale: 'zh-CN', ...options })).newPage()
    },
    async personAt(account, { width = 1440, language = 'zh-CN' } = {}) {
      const context = await openContext({ viewport: { width, height: 900 }, locale: language, acceptDownloads: true, reducedMotion: 'reduce' })
      const { cookie } = await platform.signInAs(account)
      await context.addCookies(cookie.split('; ').map((pair) => ({ name: pair.slice(0, pair.indexOf('=')), value: pair.slice(pair.indexOf('=') + 1), url: platform.url })))
      if (language === 'en') await context.addInitScript(() => { if (localStorage.getItem('yidan.language') === null) localStorage.setItem('yidan.language', 'en') })
      const page = await context.newPage()
      page.on('pageerror', (error) => faults.push(`${account} at ${page.url()}: ${error.message}`))
      await page.goto(`${platform.url}/`)
      return page
    },
    async close() {
      await Promise.all(contexts.map((context) => context.close()))
      await browser.close()
      await platform.close()
      if (faults.length > 0) throw new Error(`scripts failed in the browser:\n${faults.join('\n')}`)
    },
  }
}

/** Until no part of the page says any more that it is still being read. */
export async function allRead(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null)
}

/** What WCAG 2.2 A and AA rules find on the page, worded; and whether it is wider than the screen. */
export async function barriersOn(page: Page): Promise<string[]> {
  await stillness(page)
  const dialog = '[aria-modal="true"]:not([style*="display: none"])'
  // What lies behind an open dialog is out of reach, and half covered.
  const isOpen = (await page.locator(dialog).filter({ visible: true }).count()) > 0
  const violations = await violationsIn(page, { ...(isOpen ? { include: [dialog] } : {}), exclude: [await moreOfTheSame(page)] })
  const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1)
  return [...violations, ...(isTooWide ? ['wider than the screen'] : [])]
}

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** Axe is brought into a page once, and tells of what it finds alone: with its whole report it takes twice as long. */
async function violationsIn(page: Page, context: { readonly include?: string[]; readonly exclude: string[] }): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  return page.evaluate(async ({ context, values }) => {
    const { violations } = await (window as unknown as { readonly axe: { run(context: object, options: object): Promise<AxeResults> } }).axe.run(context, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] })
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`))
  }, { context, values: rules })
}

/** A selector of rows and list items after six that were made alike: what is wrong with them is wrong with those. */
async function moreOfTheSame(page: Page): Promise<string> {
  const mark = 'data-more-of-the-same'
  await page.evaluate((name) => {
    for (const list of document.querySelectorAll('tbody, ul, ol')) {
      const items = [...list.children]
      const kinds = items.map((item) => [item, ...item.children].map(({ tagName, className }) => `${tagName} ${className}`).join())
      items.forEach((item, index) => item.toggleAttribute(name, index >= 6 && kinds.slice(index - 6, index).every((kind) => kind === kinds[index])))
    }
  }, mark)
  return `[${mark}]`
}

/** A dialog that is still fading in or out has the contrast of neither state. */
async function stillness(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  await page.waitForFunction(() => document.getAnimations().every((animation) => animation.playState !== 'running' || animation.effect?.getComputedTiming().iterations === Infinity))
}

/** Makes and registers the person's signing key where the page asks for one; gives the name of the backup file. */
export async function makeKey(page: Page): Promise<string> {
  const guide = page.getByRole('region', { name: /签名密钥|Signing key/ }).first()
  const fields = guide.locator('input[type=password]')
  await fields.first().waitFor()
  const backup = page.waitForEvent('download')
  await fields.nth(0).fill('correct horse battery')
  await fields.nth(1).fill('correct horse battery')
  await guide.locator('button[type=submit]').click()
  return (await backup).suggestedFilename()
}
