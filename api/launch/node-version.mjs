// Read before anything else, by any Node there may be: only syntax that an old one can parse.

// The oldest Node this runs on; package.json `engines` says the same.
var oldestMajor = 20
var oldestMinor = 19

/**
 * What is wrong with this version of Node, with the way out; null when nothing is.
 * @param {string} version
 * @returns {string | null}
 */
export function nodeFault(version) {
  var parts = version.split('.').map(Number)
  var major = parts[0] || 0
  var minor = parts[1] || 0
  var isOld = major < oldestMajor || (major === oldestMajor && minor < oldestMinor)
  if (!isOld) return null
  return (
    'This is Node ' + version + '; Yidan needs Node ' + oldestMajor + '.' + oldestMinor + ' or newer.\n' +
    '  → Install a newer Node (https://nodejs.org, or your version manager: nvm install 20), then run the same command again.'
  )
}

export function refuseOldNode() {
  var fault = nodeFault(process.versions.node)
  if (fault === null) return
  console.error('\n' + fault + '\n')
  process.exit(1)
}
