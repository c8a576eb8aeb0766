import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import { dataFolder, readDotEnv, root } from '../../api/launch/places.mjs'
import { preparePackages } from '../../api/launch/prepare.mjs'
import { endWith, say, Stop } from '../../api/launch/say.mjs'
import { fabricFolder } from './folder.mjs'
import { organisationNamed, organisations } from './topology.mjs'

/** @type {Readonly<Record<string, (dir: string, options: Readonly<Record<string, string | boolean | undefined>>) => Promise<void>>>} */
const commands = { up, down, status, reset, doctor, upgrade, enrol, revoke }

/**
 * One of the commands on a network. Ends with 1 and one clear message when it cannot be done.
 * @param {string} name
 * @param {readonly string[]} args
 */
export async function runCommand(name, args) {
  try {
    process.chdir(root)
    readDotEnv()
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (command === undefined) throw new Stop(`There is no command ${name === '' ? 'without a name' : name}.`, [`npm run fabric:${Object.keys(commands).join(' | ')}`])
    const { values } = parse(args)
    await preparePackages(dataFolder(process.env))
    await command(fabricFolder(values.dir === undefined ? process.env : { ...process.env, FABRIC_DIR: values.dir }), values)
  } catch (error) {
    await endWith(error)
  }
}

/** @param {readonly string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        dir: { type: 'string' }, 'with-bare': { type: 'boolean' }, yes: { type: 'boolean' }, org: { type: 'string' }, name: { type: 'string' }, role: { type: 'string' },
        days: { type: 'string' }, serial: { type: 'string' }, version: { type: 'string' }, chaincode: { type: 'string' },
      },
    })
  } catch (error) {
    throw new Stop(error instanceof Error ? error.message : String(error), ['Options come after --, as in: npm run fabric:up -- --dir /path --with-bare'])
  }
}

/** @param {string} dir @param {Readonly<Record<string, string | boolean | undefined>>} options */
async function up(dir, options) {
  const { bareChaincode, titleChaincode, upNetwork } = await import('./network.mjs')
  const { findBinaries } = await import('./binaries.mjs')
  const { readRecord } = await import('./folder.mjs')
  const { stagedTitle } = await import('./chaincodes.mjs')
  await findBinaries(process.env)
  const begun = Date.now()
  const seconds = () => `${((Date.now() - begun) / 1000).toFixed(1)} s`
  const name = process.env['NETWORK'] || 'yidan-local'
  const hasTitle = readRecord(dir)?.chaincodes.some((one) => one.name === 'title')
  if (!hasTitle) say('  preparing the chaincode')
  const wanted = [...(hasTitle ? [] : [await titleChaincode()]), ...(options['with-bare'] ? [bareChaincode()] : [])]
  const { connection, chaincodes } = await upNetwork({ dir, name, chaincodes: wanted, say: (line) => say(`  ${seconds().padStart(6)}  ${line}`) })
  say(`\nFabric runs after ${seconds()}, in the background. Stop it with npm run fabric:down.\n\n    ${connection}\n`)
  const running = chaincodes.find((one) => one.name === 'title')
  const title = stagedTitle()
  if (running !== undefined && title !== null && running.code !== title.code) say(`The chaincode on the channel is ${running.version} (${running.code.slice(0, 12)}…), not the ${title.version} (${title.code?.slice(0, 12)}…) of these sources.\n  → Put it in its place: npm run fabric:upgrade\n`)
}

/** @param {string} dir */
async function down(dir) {
  const { downNetwork } = await import('./network.mjs')
  say((await downNetwork({ dir, say })) ? 'Stopped. Everything is kept for the next start.' : `No Fabric network runs in ${place(dir)}.`)
}

/** @param {string} dir */
async function status(dir) {
  const { networkStatus } = await import('./network.mjs')
  const rows = await networkStatus({ dir })
  say(['node', 'process', 'port', 'height', ''].map(column).join(''))
  for (const { name, pid, port, height, isLeader } of rows) say([name, pid ?? 'down', port, height ?? (/^(peer|orderer)\./.test(name) ? '?' : ''), isLeader ? 'leader' : ''].map(column).join('').trimEnd())
  if (rows.some(({ pid }) => pid === null)) process.exitCode = 1
}

/** @param {string | number} text @param {number} place */
function column(text, place) {
  return String(text).padEnd(place === 0 ? 18 : 10)
}

/** @param {string} dir @param {Readonly<Record<string, string | boolean | undefined>>} options */
async function reset(dir, options) {
  const { readRecord } = await import('./folder.mjs')
  if (readRecord(dir) !== null && !options['yes']) {
    throw new Stop(`This deletes the network in ${place(dir)}: its keys, its blocks and every title on it. They cannot be had back.`, ['If that is what you want: npm run fabric:reset -- --yes'])
  }
  const { resetNetwork } = await import('./network.mjs')
  say((await resetNetwork({ dir, say })) ? `Deleted: ${place(dir)}` : `There is no Fabric network in ${place(dir)}.`)
}

/** @param {string} dir */
async function doctor(dir) {
  const { examine } = await import('./doctor.mjs')
  let worst = 0
  for (const { finding, text, cure } of await examine({ dir })) {
    say(`${{ good: '✓', warning: '!', bad: '✗' }[finding]} ${text}${cure === undefined ? '' : `\n    → ${cure}`}`)
    worst = Math.max(worst, finding === 'bad' ? 1 : 0)
  }
  process.exitCode = worst
}

/** @param {string} dir @param {Readonly<Record<string, string | boolean | undefined>>} options */
async function upgrade(dir, options) {
  const { bareChaincode, titleChaincode, upgradeChaincode } = await import('./network.mjs')
  const chaincode = options['chaincode'] === 'bare' ? bareChaincode() : await titleChaincode()
  const next = await upgradeChaincode({ dir, chaincode: { ...chaincode, ...(typeof options['version'] === 'string' ? { version: options['version'] } : {}) }, say })
  say(`\n${next.name} ${next.version} runs (definition ${next.sequence}, code ${next.code.slice(0, 12)}…). What is on the ledger stays.\nServers that were started before refuse a chaincode they do not know: start them again.`)
}

/** @param {string} dir @param {Readonly<Record<string, string | boolean | undefined>>} options */
async function enrol(dir, options) {
  const { recordOf } = await import('./folder.mjs')
  const identities = await import('./connection.mjs')
  recordOf(dir)
  const { name, role = 'gateway', days = '365' } = options
  const usage = 'npm run fabric:enrol -- --org BankMSP --name second-gateway --role gateway --days 365'
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9-]{0,40}$/.test(name)) throw new Stop('--name gives the files their name: small letters, digits and hyphens. It does not go into the certificate.', [usage])
  if (typeof role !== 'string' || !/^[a-z][a-z-]{0,30}$/.test(role)) throw new Stop('--role is a word of small letters, such as gateway.', [usage])
  if (!(Number(days) >= 1 && Number(days) <= 3_650)) throw new Stop('--days is a number from 1 to 3650.', [usage])
  const files = await identities.enrol({ dir, organisation: organisationOf(options, usage), name, role, days: Math.floor(Number(days)) })
  const { X509Certificate } = await import('node:crypto')
  const { readFileSync } = await import('node:fs')
  const certificate = new X509Certificate(readFileSync(files.certificate))
  say(`Certificate  ${place(files.certificate)}\nKey          ${place(files.privateKey)} (mode 0600)\nSubject      ${certificate.subject.replaceAll('\n', ', ')}\nSerial       ${certificate.serialNumber}\nValid to     ${certificate.validTo}`)
}

/** @param {string} dir @param {Readonly<Record<string, string | boolean | undefined>>} options */
async function revoke(dir, options) {
  const { revokeCertificate } = await import('./revoke.mjs')
  const usage = 'npm run fabric:revoke -- --org BankMSP --serial 4F…'
  if (typeof options['serial'] !== 'string' || !/^[0-9a-fA-F:]{2,}$/.test(options['serial'])) throw new Stop('--serial is the serial number of the certificate, in hexadecimal.', [usage])
  await revokeCertificate({ dir, organisation: organisationOf(options, usage), serial: options['serial'], say })
  say('Taken back: peers and orderers refuse it from now on.')
}

/** @param {Readonly<Record<string, string | boolean | undefined>>} options @param {string} usage */
function organisationOf(options, usage) {
  const organisation = organisationNamed(String(options['org'] ?? ''))
  if (organisation === undefined) throw new Stop(`--org is one of ${organisations.map(({ mspId }) => mspId).join(', ')}.`, [usage])
  return organisation
}

/** @param {string} path */
function place(path) {
  const short = relative(root, path)
  return short.startsWith('..') ? path : short
}
