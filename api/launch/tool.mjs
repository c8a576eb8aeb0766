// Runs one of the project's TypeScript programs from its source: node api/launch/tool.mjs PROGRAM [ARGUMENTS].
import { refuseOldNode } from './node-version.mjs'

refuseOldNode()
import('./run-tool.mjs').then(function (tool) {
  return tool.runTool(process.argv[2] || '', process.argv.slice(3))
})
