// npm start: from a fresh clone to one address. Nothing is loaded that an old Node could not parse before its version was checked.
import { refuseOldNode } from './node-version.mjs'

refuseOldNode()
import('./run-start.mjs').then(function (launcher) {
  return launcher.runStart()
})
