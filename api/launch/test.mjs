// npm test, and with --checks npm run check.
import { refuseOldNode } from './node-version.mjs'

refuseOldNode()
import('./run-tests.mjs').then(function (runner) {
  return runner.runTests({ checksOnly: process.argv[2] === '--checks' })
})
