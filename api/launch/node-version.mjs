// Read before anything else, by any Node there may be: only syntax that an old one can parse.

/** The oldest Node this runs on; package.json `engines` says the same. */
export var oldestNode = [20, 19]

/** What is wrong with this version of Node, with the way out; null when nothing is. */
export function nodeFault(version) {
  var parts = version.split('.').map(Number)
  var isOld = parts[0] < oldestNode[0] || (parts[0] === oldestNode[0] && parts[1] < oldestNode[1])
  if (!isOld) return null
  return (
    'This is Node ' + version + '; Yidan needs Node ' + oldestNode.join('.') + ' or newer.\n' +
    '  → Install a newer Node (https://nodejs.org, or your version manager: nvm install 20), then run the same command again.'
  )
}

export function refuseOldNode() {
  var fault = nodeFault(process.versions.node)
  if (fault === null) return
  console.error('\n' + fault + '\n')
  process.exit(1)
}
