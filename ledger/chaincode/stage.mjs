// Stages what a chaincode process runs into dist/ and names its code: node ledger/chaincode/stage.mjs
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const here = import.meta.dirname
const dist = join(here, 'dist')
/** What the staged files load besides Node's own modules. */
const packages = ['@hyperledger/fabric-protos', 'fabric-shim', 'json-canonicalize', 'zod']
const workshop = join(here, '../../.yidan')

/**
 * Compiles the rules and the contract to CommonJS. The code's name is a SHA-256 over every staged file and the versions of the packages
 * they need: two organisations that staged the same sources run the same code. What was staged before stays until all of it is there.
 * @returns {Promise<{ program: string, version: string, code: string }>} the program for plain `node`, and what `version` answers
 */
export async function stageChaincode() {
  const staged = join(workshop, `chaincode-${process.pid}`)
  await mkdir(staged, { recursive: true })
  try {
    const named = await compile(staged)
    await rm(dist, { recursive: true, force: true })
    await rename(staged, dist)
    return { program: join(dist, 'chaincode/index.js'), ...named }
  } finally {
    await rm(staged, { recursive: true, force: true })
  }
}

/** @param {string} folder @returns {Promise<{ version: string, code: string }>} */
async function compile(folder) {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  await promisify(execFile)(process.execPath, [tsc, '-p', here, '--outDir', folder]).catch((error) => {
    throw new Error(`The chaincode cannot be staged:\n${error.stdout}`, { cause: error })
  })
  const ledger = JSON.parse(await readFile(join(here, '../package.json'), 'utf8'))
  const { version } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'))
  const hash = createHash('sha256').update(JSON.stringify(packages.map((name) => [name, ledger.dependencies[name] ?? ledger.devDependencies[name]])))
  for (const file of (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.js')).sort()) hash.update(`${file.replaceAll(sep, '/')}\0`).update(await readFile(join(folder, file))).update('\0')
  const code = hash.digest('hex')
  await writeFile(join(folder, 'package.json'), '{ "type": "commonjs" }\n')
  await writeFile(join(folder, 'chaincode/code.json'), `${JSON.stringify({ version, code })}\n`)
  return { version, code }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { program, version, code } = await stageChaincode()
  process.stdout.write(`${relative(process.cwd(), program)} version ${version} code ${code}\n`)
}
