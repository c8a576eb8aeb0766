import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { step } from './say.mjs'

/**
 * A Fabric network on this machine that was brought up for this start. One that ran before is left running.
 * @typedef {{ stop(): Promise<void>, forget(): Promise<void> }} RunningFabric
 */

/**
 * Brings up the network behind a profile of this machine: from nothing, or what does not run of it.
 * @param {{ profile: string, network: string }} ledger
 * @returns {Promise<RunningFabric | null>} null where others run the network
 */
export async function startFabric({ profile, network }) {
  if (!isOurs(profile)) return null
  const dir = dirname(profile)
  // Only who wants a network loads what runs one.
  const { downNetwork, networkStatus, resetNetwork, upNetwork } = await import('../../ledger/network/network.mjs')
  const before = await networkStatus({ dir }).catch(() => [])
  const ranAlready = before.some(({ pid }) => pid !== null)
  await step(`Bringing up the Fabric network in ${dir}`, (note) => upNetwork({ dir, name: network, say: note }))
  return {
    async stop() {
      if (!ranAlready) await downNetwork({ dir })
    },
    async forget() {
      await resetNetwork({ dir })
    },
  }
}

/** Made here, or to be made: a profile that says it is local, or none yet. @param {string} profile */
function isOurs(profile) {
  if (!existsSync(profile)) return process.env['FABRIC_PROFILE'] === undefined || process.env['FABRIC_PROFILE'] === ''
  try {
    return JSON.parse(readFileSync(profile, 'utf8'))['local'] === true
  } catch {
    return false
  }
}
