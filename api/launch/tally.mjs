/**
 * What a lane of the test run came to.
 * @typedef {{ passed: number, failed: number, skipped: number, ended: boolean, faults: readonly string[], skips: readonly string[], slowest: readonly string[] }} Tally
 */

/**
 * Adds up the lines of a report.
 * @param {string} report one JSON line per test, and one at the end
 * @returns {Tally}
 */
export function tallyOf(report) {
  const lines = report.split('\n').filter((line) => line.endsWith('}')).map((line) => JSON.parse(line))
  const having = (/** @type {string} */ result) => lines.filter((line) => line.result === result)
  return {
    passed: having('passed').length,
    failed: having('failed').length,
    skipped: having('skipped').length,
    ended: having('end').length > 0,
    faults: having('failed').map(({ title, file, error }) => `${title}\n  ${file ?? ''}\n  ${String(error).replaceAll('\n', '\n  ')}`),
    skips: having('skipped').map(({ title, reason }) => `${title}: ${reason}`),
    slowest: having('passed').filter(({ ms }) => ms > 5_000).sort((one, other) => other.ms - one.ms).slice(0, 5).map(({ title, ms }) => `${(ms / 1000).toFixed(1)} s ${title}`),
  }
}

/**
 * The one line a test run ends with.
 * @param {readonly Pick<Tally, 'passed' | 'failed' | 'skipped'>[]} tallies
 */
export function closingLine(tallies) {
  const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ key) => tallies.reduce((total, tally) => total + tally[key], 0)
  const skipped = sum('skipped')
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`
}

/** Whether a run may be called good: nothing failed, and something ran. @param {readonly Pick<Tally, 'passed' | 'failed'>[]} tallies */
export function isGood(tallies) {
  return tallies.every(({ failed }) => failed === 0) && tallies.some(({ passed }) => passed > 0)
}
