// npm run bench: figures of this machine, against BASE_URL or a server of its own with an empty database.
import { refuseOldNode } from './node-version.mjs'

refuseOldNode()
Promise.all([import('./with-server.mjs'), import('./api-process.mjs')]).then(function ([server, api]) {
  // Much of what is measured runs in the bench's own process.
  return server.runAgainstServer('test/bench/main.ts', { lasting: false, flags: api.collectorFlags })
})
