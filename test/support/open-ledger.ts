import { openEmbeddedLedger, type EmbeddedLedger } from '@yidan/ledger/embedded'
import { generateKeyPairSync } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { aFolder } from './a-folder.ts'
import { anActor, type Actor } from './ledger-actors.ts'

export interface OpenedLedger {
  readonly ledger: EmbeddedLedger
  readonly registrar: Actor
  readonly directory: string
  /** Closes and opens again on the same folder, as after a restart. */
  reopen(): Promise<OpenedLedger>
  close(): Promise<void>
}

/** An embedded ledger in a folder of its own. */
export async function openTestLedger(given: { clock?: () => Date; registrar?: Actor } = {}): Promise<OpenedLedger> {
  const directory = await aFolder('yidan-ledger-')
  const serviceKey = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  return openOn(directory, { registrar: given.registrar ?? (await anActor()), serviceKey, clock: given.clock ?? (() => new Date()) })
}

async function openOn(directory: string, given: { registrar: Actor; serviceKey: string; clock: () => Date }): Promise<OpenedLedger> {
  const { registrar, serviceKey, clock } = given
  const ledger = await openEmbeddedLedger({ directory, network: 'test', registrar: { partyId: registrar.partyId, person: registrar.person, publicKey: registrar.signer.publicKey }, serviceKey, clock })
  return {
    ledger, registrar, directory,
    async reopen() {
      await ledger.close()
      return openOn(directory, given)
    },
    async close() {
      await ledger.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
