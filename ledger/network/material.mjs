import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../api/launch/run.mjs'
import { Stop } from '../../api/launch/say.mjs'
import { localAddresses } from './addresses.mjs'
import { renderConfigtx } from './configtx.mjs'
import { renderCryptoConfig } from './crypto-config.mjs'
import { placesIn } from './folder.mjs'
import { channel } from './topology.mjs'

const here = fileURLToPath(new URL('./', import.meta.url))

/**
 * Certificates, keys and the channel's first block: made once, and never again for the same network.
 * @param {{ dir: string, basePort: number, binaries: string }} options
 */
export async function makeMaterial({ dir, basePort, binaries }) {
  const places = placesIn(dir)
  for (const folder of [places.crypto, places.data, places.genesis]) rmSync(folder, { recursive: true, force: true })
  mkdirSync(places.config, { recursive: true })
  writeFileSync(join(dir, 'crypto-config.yaml'), renderCryptoConfig())
  writeFileSync(join(dir, 'configtx.yaml'), renderConfigtx(localAddresses(basePort)))
  await tool(join(binaries, 'cryptogen'), ['generate', `--config=${join(dir, 'crypto-config.yaml')}`, `--output=${places.crypto}`], dir)
  await tool(join(binaries, 'configtxgen'), ['-configPath', dir, '-profile', 'Titles', '-channelID', channel, '-outputBlock', places.genesis], dir)
}

/** The nodes' settings; written at every start, so that a newer version of them is taken up. @param {string} dir */
export function writeSettings(dir) {
  const { config } = placesIn(dir)
  const builder = join(dir, 'config', 'builder')
  mkdirSync(join(builder, 'bin'), { recursive: true })
  for (const script of ['detect', 'build', 'release']) {
    copyFileSync(join(here, 'builder/bin', script), join(builder, 'bin', script))
    chmodSync(join(builder, 'bin', script), 0o755)
  }
  writeFileSync(join(config, 'core.yaml'), readFileSync(join(here, 'config/core.yaml'), 'utf8').replace('path: /opt/hyperledger/ccaas_builder', `path: '${builder.replaceAll("'", "''")}'`))
  copyFileSync(join(here, 'config/orderer.yaml'), join(config, 'orderer.yaml'))
}

/** @param {string} program @param {readonly string[]} args @param {string} cwd */
async function tool(program, args, cwd) {
  const { code, output } = await run(program, args, { cwd, env: { ...process.env, FABRIC_CFG_PATH: cwd }, limitMs: 60_000 })
  if (code !== 0) throw new Stop(`${program} failed (${code}):\n  ${output.trim().split('\n').slice(-5).join('\n  ')}`)
}
