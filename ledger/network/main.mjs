// npm run fabric:…: node ledger/network/main.mjs COMMAND [OPTIONS]. Nothing is loaded that an old Node could not parse before its version was checked.
import { refuseOldNode } from '../../api/launch/node-version.mjs'

refuseOldNode()
import('./commands.mjs').then(function (commands) {
  return commands.runCommand(process.argv[2] || '', process.argv.slice(3))
})
