// npm run bench: figures of this machine, against BASE_URL or a server of its own with an empty database.
import { refuseOldNode } from './node-version.mjs'

refuseOldNode()
import('./with-server.mjs').then(function (server) {
  return server.runAgainstServer('test/bench/main.ts', { lasting: false })
})
