// npm run demo: the main job as a story, against BASE_URL, the server that runs from this folder, or one started for it.
import { refuseOldNode } from './node-version.mjs'

refuseOldNode()
import('./with-server.mjs').then(function (server) {
  return server.runAgainstServer('test/demo/main.ts', { lasting: true })
})
