import { appendFileSync } from 'node:fs'
import Mocha from 'mocha'

const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING, EVENT_RUN_END } = Mocha.Runner.constants

/** Mocha's report as one JSON line per event in the file YIDAN_REPORT names, for `npm test` to add up. */
export default class LineReporter {
  /** @param {Mocha.Runner} runner */
  constructor(runner) {
    const file = process.env['YIDAN_REPORT'] ?? ''
    /** @param {object} line */
    const write = (line) => appendFileSync(file, `${JSON.stringify(line)}\n`)
    runner.on(EVENT_TEST_PASS, (test) => write({ result: 'passed', title: test.fullTitle(), ms: test.duration ?? 0 }))
    runner.on(EVENT_TEST_FAIL, (test, error) => write({ result: 'failed', title: test.fullTitle(), file: test.file, error: wordsOf(error) }))
    runner.on(EVENT_TEST_PENDING, (test) => write({ result: 'skipped', title: test.fullTitle(), reason: reasonOf(test) }))
    runner.on(EVENT_RUN_END, () => write({ result: 'end' }))
  }
}

/** @param {unknown} error */
function wordsOf(error) {
  if (!(error instanceof Error)) return String(error)
  const difference = 'expected' in error && 'actual' in error && typeof error.actual !== 'object' ? `\n  actual: ${String(error.actual)}\n  expected: ${String(error.expected)}` : ''
  return `${error.stack ?? error.message}${difference}`
}

/**
 * Why a test was skipped: `skipReason`, set on it or on a suite around it (see skip-because.ts).
 * @param {Mocha.Test} test
 */
function reasonOf(test) {
  /** @type {Mocha.Test | Mocha.Suite | undefined} */
  let at = test
  while (at !== undefined) {
    if ('skipReason' in at && typeof at.skipReason === 'string') return at.skipReason
    at = at.parent
  }
  return 'no reason given'
}
