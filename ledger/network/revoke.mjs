import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { run } from '../../api/launch/run.mjs'
import { Stop } from '../../api/launch/say.mjs'
import { findBinaries } from './binaries.mjs'
import { revocationList, revokedIn } from './certificates.mjs'
import { peerHeight } from './channel.mjs'
import { placesIn, recordOf } from './folder.mjs'
import { peerCommand } from './lifecycle.mjs'
import { ordererOptions } from './node-settings.mjs'
import { channel, organisations } from './topology.mjs'

/** Of the channel's configuration, as configtxlator words it, what is touched here. @typedef {{ channel_group: { groups: { Application: { groups: Record<string, { values: { MSP: { value: { config: { revocation_list?: string[] } } } } }> } } } }} ChannelConfig */

/**
 * Puts a certificate on its organisation's revocation list in the channel's configuration. Until it stands there, nothing on the network
 * knows of a revocation. The organisation's own administrator signs; no other organisation is asked.
 * @param {{ dir: string, organisation: import('./topology.mjs').Organisation, serial: string, say?: (line: string) => void }} options `serial` in hexadecimal
 */
export async function revokeCertificate({ dir: given, organisation, serial, say = () => undefined }) {
  const dir = resolve(given)
  const site = { dir, binaries: await findBinaries(process.env), basePort: recordOf(dir).basePort }
  const draft = mkdtempSync(join(dir, 'revocation-'))
  try {
    say('Fetching the channel’s configuration')
    const block = join(draft, 'config.block')
    await succeed(peerCommand(site, organisation, ['channel', 'fetch', 'config', block, '-c', channel, ...ordererOptions(site, organisation)]), 'fetch the configuration')
    const decoded = await translate(site, draft, ['proto_decode', '--type', 'common.Block', '--input', block], 'config.json')
    /** @type {ChannelConfig} */
    const config = JSON.parse(decoded).data.data[0].payload.data.config
    writeFileSync(join(draft, 'before.json'), JSON.stringify(config))
    const msp = config.channel_group.groups.Application.groups[organisation.mspId]?.values.MSP.value.config
    if (msp === undefined) throw new Stop(`${organisation.mspId} is not in the channel.`)
    const known = (msp.revocation_list ?? []).flatMap((list) => revokedIn(Buffer.from(list, 'base64').toString()))
    const wanted = plainSerial(serial)
    if (known.some((entry) => plainSerial(entry.serial) === wanted)) throw new Stop(`The certificate ${serial} of ${organisation.mspId} is on its revocation list already.`)
    const { caCertificate, caKey } = placesIn(dir).peerOrganisation(organisation)
    msp.revocation_list = [Buffer.from(await revocationList({ certificate: caCertificate, key: caKey }, [...known, { serial: wanted, at: new Date() }])).toString('base64')]
    writeFileSync(join(draft, 'after.json'), JSON.stringify(config))
    say(`Signing the change as administrator of ${organisation.mspId}`)
    const envelope = await changeEnvelope(site, draft)
    const heights = await Promise.all(organisations.map((one) => peerHeight(site, one)))
    await succeed(peerCommand(site, organisation, ['channel', 'update', '-f', envelope, '-c', channel, ...ordererOptions(site, organisation)]), 'change the configuration')
    say('Waiting until every peer has it')
    const until = Date.now() + 15_000
    for (const [index, one] of organisations.entries()) {
      const before = heights[index]
      while (before !== null && before !== undefined && ((await peerHeight(site, one)) ?? 0) <= before && Date.now() < until) await pause(100)
    }
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/** The difference of the two configurations, ready to be signed. @param {import('./node-settings.mjs').Site} site @param {string} draft */
async function changeEnvelope(site, draft) {
  const file = (/** @type {string} */ name) => join(draft, name)
  for (const state of ['before', 'after']) await translate(site, draft, ['proto_encode', '--type', 'common.Config', '--input', file(`${state}.json`)], `${state}.pb`)
  await translate(site, draft, ['compute_update', '--channel_id', channel, '--original', file('before.pb'), '--updated', file('after.pb')], 'update.pb')
  const update = JSON.parse(await translate(site, draft, ['proto_decode', '--type', 'common.ConfigUpdate', '--input', file('update.pb')], 'update.json'))
  writeFileSync(file('envelope.json'), JSON.stringify({ payload: { header: { channel_header: { channel_id: channel, type: 2 } }, data: { config_update: update } } }))
  await translate(site, draft, ['proto_encode', '--type', 'common.Envelope', '--input', file('envelope.json')], 'envelope.pb')
  return file('envelope.pb')
}

/** @param {import('./node-settings.mjs').Site} site @param {string} draft @param {readonly string[]} args @param {string} output */
async function translate({ binaries }, draft, args, output) {
  await succeed(run(join(binaries, 'configtxlator'), [...args, '--output', join(draft, output)], { limitMs: 20_000 }), `run configtxlator ${args[0]}`)
  return readFileSync(join(draft, output), 'utf8')
}

/** @param {Promise<{ code: number, output: string }>} work @param {string} what */
async function succeed(work, what) {
  const { code, output } = await work
  if (code !== 0) throw new Stop(`It was not possible to ${what}: ${output.trim().split('\n').slice(-2).join(' ')}`, ['See what the whole network says: npm run fabric:doctor'])
}

/** The same number, however it was written. @param {string} serial */
function plainSerial(serial) {
  const digits = serial.replaceAll(':', '').toLowerCase().replace(/^0+/, '')
  return digits.length % 2 === 0 ? digits : `0${digits}`
}
