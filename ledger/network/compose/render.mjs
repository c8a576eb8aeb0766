// Writes the two files that containers make their channel of, from the same sources as fabric:up: node ledger/network/compose/render.mjs
import { writeFileSync } from 'node:fs'
import { containerAddresses } from '../addresses.mjs'
import { renderConfigtx } from '../configtx.mjs'
import { renderCryptoConfig } from '../crypto-config.mjs'

const head = '# Written by ledger/network/compose/render.mjs. Change topology.mjs, configtx.mjs or crypto-config.mjs, not this.\n'

/** @type {Readonly<Record<string, string>>} */
export const rendered = {
  'configtx.yaml': head + renderConfigtx(containerAddresses),
  'crypto-config.yaml': head + renderCryptoConfig(),
}

if (process.argv[1]?.endsWith('render.mjs')) for (const [name, text] of Object.entries(rendered)) writeFileSync(new URL(name, import.meta.url), text)
