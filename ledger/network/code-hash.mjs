import { createHash } from 'node:crypto'
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a compiler leaves beside the code and nobody runs. */
const notCode = /\.(map|d\.ts|d\.cts|tsbuildinfo)$/

/**
 * SHA-256, as hex, over the code below a folder: for every file, in the order of their paths, `path NUL sha256 LF`.
 * @param {string} folder
 */
export function codeHash(folder) {
  const whole = createHash('sha256')
  for (const path of filesBelow(folder, '')) whole.update(`${path}\0${createHash('sha256').update(readFileSync(join(folder, path))).digest('hex')}\n`)
  return whole.digest('hex')
}

/** Copies the code, and nothing but the code. @param {string} from @param {string} to */
export function copyCode(from, to) {
  cpSync(from, to, { recursive: true, dereference: true, filter: (source) => !notCode.test(source) && !source.endsWith('node_modules') })
}

/** @param {string} folder @param {string} below @returns {string[]} */
function filesBelow(folder, below) {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && !notCode.test(name))
    .flatMap((entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      return entry.isDirectory() ? filesBelow(folder, path) : [path]
    })
    .sort()
}
