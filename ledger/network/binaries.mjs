import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { awaitLock } from '../../api/launch/lock.mjs'
import { cacheFolder, refuseUnwritable } from '../../api/launch/places.mjs'
import { run } from '../../api/launch/run.mjs'
import { Stop, step } from '../../api/launch/say.mjs'

export const fabricVersion = '2.5.9'
/** The release commit of v2.5.9; go.mod beside `binaries/` pins the module made of it. */
const fabricCommit = '7c3876255bf0'
const programs = ['peer', 'orderer', 'osnadmin', 'configtxgen', 'configtxlator', 'cryptogen']
const module = fileURLToPath(new URL('./binaries/', import.meta.url))
const oldestGo = [1, 22]
/** Packages that `go build -v` names, so that progress can be told. */
const packagesToBuild = 800

/**
 * The folder with Fabric's programs: FABRIC_BIN, else those built by an earlier start, else built now from the Go module proxy.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>}
 */
export async function findBinaries(env) {
  const given = env['FABRIC_BIN']
  if (given) return refuseIncomplete(given)
  const folder = join(cacheFolder(env), `fabric-${fabricVersion}`)
  if (isComplete(folder)) return folder
  const { go } = await findGo(env)
  refuseUnwritable(cacheFolder(env), 3_000)
  const lock = await awaitLock(join(cacheFolder(env), `fabric-${fabricVersion}.lock`), ({ pid }) => console.log(`Process ${pid} is building Fabric; waiting for it …`))
  try {
    if (!isComplete(folder)) await build(go, folder, env)
    return folder
  } finally {
    lock.release()
  }
}

/**
 * Why Fabric's programs cannot be had on this machine; null when they are there or can be built. For tests that must say why they skip.
 * @param {NodeJS.ProcessEnv} env
 */
export async function whyNoBinaries(env) {
  if (env['FABRIC_BIN'] || isComplete(join(cacheFolder(env), `fabric-${fabricVersion}`))) return null
  return findGo(env).then(() => null, (/** @type {unknown} */ error) => (error instanceof Error ? error.message.split('\n')[0] ?? 'no Go' : String(error)))
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} [usual] folders to look into after those of the PATH
 * @returns {Promise<{ go: string, version: string }>}
 */
export async function findGo(env, usual = ['/usr/local/go/bin']) {
  const name = process.platform === 'win32' ? 'go.exe' : 'go'
  const candidates = [...(env['PATH'] ?? '').split(delimiter).filter(Boolean), ...usual].map((folder) => join(folder, name)).filter((path) => existsSync(path))
  const seen = []
  for (const go of candidates) {
    const { code, output } = await run(go, ['version'], { limitMs: 10_000, env: { ...env, GOTOOLCHAIN: 'local' } })
    const [, major, minor] = /go(\d+)\.(\d+)/.exec(output) ?? []
    if (code === 0 && isNewEnough([Number(major), Number(minor)])) return { go, version: `${major}.${minor}` }
    seen.push(`${go} is ${major === undefined ? 'no Go that runs here' : `Go ${major}.${minor}`}`)
  }
  throw new Stop(`Fabric ${fabricVersion} is built from source once, and that needs Go ${oldestGo.join('.')} or newer; ${seen.length === 0 ? 'there is none on the PATH or in /usr/local/go/bin' : seen.join(', ')}.`, [
    'Install Go: https://go.dev/dl (unpack into /usr/local), or your system’s package if it is new enough (Debian 13: apt install golang-go).',
    `Or name a folder with Fabric’s own programs (${programs.join(', ')}): FABRIC_BIN=/path/to/fabric/bin npm run fabric:up`,
    'Or run it in containers, which need no Go: docker compose --profile fabric up',
    'Or stay with the embedded ledger, which needs none of this: npm start',
  ])
}

/** @param {readonly number[]} version */
function isNewEnough([major = 0, minor = 0]) {
  const [wantedMajor = 0, wantedMinor = 0] = oldestGo
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}

/** @param {string} folder */
function isComplete(folder) {
  return programs.every((program) => existsSync(join(folder, program)))
}

/** @param {string} folder */
function refuseIncomplete(folder) {
  const missing = programs.filter((program) => !existsSync(join(folder, program)))
  if (missing.length === 0) return folder
  throw new Stop(`FABRIC_BIN names ${folder}, where ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`, ['Name the bin folder of a Fabric 2.5 release.', 'Or leave FABRIC_BIN empty: they are then built from source.'])
}

/** @param {string} go @param {string} folder @param {NodeJS.ProcessEnv} env */
async function build(go, folder, env) {
  mkdirSync(cacheFolder(env), { recursive: true })
  const draft = mkdtempSync(join(cacheFolder(env), 'fabric-draft-'))
  const metadata = 'github.com/hyperledger/fabric/common/metadata'
  try {
    await step(`Building Fabric ${fabricVersion} from the Go module proxy into ${folder} (once for this user, one to four minutes)`, async (note) => {
      let downloaded = 0
      let compiled = 0
      const { code, output } = await run(
        go,
        ['build', '-v', '-trimpath', '-mod=readonly', '-buildvcs=false', '-ldflags', `-s -w -X ${metadata}.Version=${fabricVersion} -X ${metadata}.CommitSHA=${fabricCommit}`, '-o', `${draft}/`, ...programs.map((program) => `github.com/hyperledger/fabric/cmd/${program}`)],
        {
          cwd: module,
          // No C compiler is needed, no other Go is fetched, and nothing of the person's own Go settings changes what is built. A compiler that tidies up less often takes a fifth less time.
          env: { ...env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: 'off', GOGC: env['GOGC'] ?? '400' },
          limitMs: 30 * 60_000,
          onLine: (line) => {
            if (line.startsWith('go: downloading ')) downloaded += 1
            else compiled += 1
            note(compiled === 0 ? `${downloaded} modules fetched` : `${compiled} of about ${packagesToBuild} packages compiled`)
          },
        },
      )
      if (code !== 0) throw buildFault(output)
    })
    const { output } = await run(join(draft, 'peer'), ['version'], { limitMs: 10_000 })
    if (!output.includes(`Version: v${fabricVersion}`) && !output.includes(`Version: ${fabricVersion}`)) throw new Stop(`What was built does not run here: ${output.trim().split('\n')[0]}`)
    rmSync(folder, { recursive: true, force: true })
    renameSync(draft, folder)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/** @param {string} output */
function buildFault(output) {
  const last = output.trim().split('\n').filter((line) => !/^(go: downloading|[\w./-]+$)/.test(line)).slice(-4).join('\n  ')
  if (/dial tcp|no such host|i\/o timeout|connection refused|proxyconnect/i.test(output)) return new Stop(`The Go module proxy could not be reached:\n  ${last}`, ['Open the way to proxy.golang.org, or set GOPROXY to one you can reach, then start again.', 'Behind a proxy: set HTTPS_PROXY.'])
  if (/no space left on device/i.test(output)) return new Stop('The disk is full: Fabric could not be built.', ['Free 3 GB (Go keeps modules and its build cache), then start again.'])
  if (/SECURITY ERROR|checksum mismatch/i.test(output)) return new Stop(`What the Go module proxy sent is not what is known:\n  ${last}`, ['Do not go on with it. Try another GOPROXY; the hashes are in ledger/network/binaries/go.sum.'])
  return new Stop(`Fabric could not be built:\n  ${last}`, ['Put right what the lines say, then start again: what was compiled stays.'])
}
