import { existsSync } from 'node:fs'

/**
 * A Chromium that starts here: CHROMIUM_PATH, the system's, else the one that comes as an npm package.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ path: string } | { missing: string }>}
 */
export async function findChromium(env) {
  const refusals = []
  for (const candidate of [env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']) {
    if (candidate === undefined || !existsSync(candidate)) continue
    const fault = await startFault(candidate)
    if (fault === null) return { path: candidate }
    refusals.push(`${candidate} does not start (${fault})`)
  }
  try {
    const { default: chromium } = await import('@sparticuz/chromium')
    const path = await chromium.executablePath()
    const fault = await startFault(path)
    if (fault === null) return { path }
    refusals.push(`@sparticuz/chromium does not start (${fault})`)
  } catch (error) {
    refusals.push(`@sparticuz/chromium: ${error instanceof Error ? error.message : String(error)}`)
  }
  return { missing: `no Chromium here: ${refusals.join('; ')}` }
}

/** Started and asked for a page, as the tests of the screens do: one that serves them well may still never end a `--dump-dom`. @param {string} path */
async function startFault(path) {
  const { chromium } = await import('playwright-core')
  try {
    const browser = await chromium.launch({ executablePath: path, args: ['--no-sandbox'], timeout: 30_000 })
    await browser.newPage().finally(() => browser.close())
    return null
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  }
}
