import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PartyId, PersonTag } from '@yidan/ledger'
import { openEmbeddedLedger, type EmbeddedLedgerOptions } from '@yidan/ledger/embedded'
import { fileIdentity, openFabricLedger, ProfileFault, readProfile, WrongNetwork, type GatewayIdentity, type Profile } from '@yidan/ledger/fabric'
import { LedgerUnavailable, type Ledger } from '@yidan/ledger/port'
import type { Signer } from '@yidan/ledger/signing'
import { fileSigner } from '@yidan/ledger/signing/file'
import type { Config, LedgerConfig } from './config.ts'
import { openLedgerOutbox } from './ledger-outbox-store.ts'
import type { Ports } from './ports.ts'
import { StartFault } from './start-fault.ts'

type Given = Pick<Ports, 'database' | 'vault' | 'registrar' | 'clock' | 'log'> & Pick<EmbeddedLedgerOptions, 'progress'>

/**
 * The ledger that the configuration chooses.
 * @throws StartFault when it cannot be opened for a reason outside this software; JournalDamaged, LedgerLocked
 */
export async function openLedger(config: Config, given: Given): Promise<Ledger> {
  const { ledger } = config
  if (ledger.kind === 'fabric') return openOnFabric(ledger, given)
  const { directory, network } = ledger
  return openEmbeddedLedger({ directory, network, registrar: registrarOf(given.registrar), serviceKey: await serviceKeyIn(config.keysDir), clock: given.clock, ...(given.progress && { progress: given.progress }) })
}

async function openOnFabric(config: Extract<LedgerConfig, { kind: 'fabric' }>, { database, vault, registrar, clock, log }: Given): Promise<Ledger> {
  try {
    const profile = await readProfile(config.profile)
    const outbox = await openLedgerOutbox({ database, vault, clock })
    const code = config.code === 'any' ? null : (config.code ?? profile.code)
    return await openFabricLedger({ profile, identity: await identityFor(profile, config), network: config.network, registrar: registrarOf(registrar), code, outbox, clock, log })
  } catch (error) {
    throw faultOf(error, config.profile)
  }
}

async function identityFor(profile: Profile, { organisation, identity, profile: path }: Extract<LedgerConfig, { kind: 'fabric' }>): Promise<GatewayIdentity> {
  const name = organisation ?? profile.organisations.find(({ role }) => role === 'operator')?.id
  if (name === undefined || !profile.organisations.some(({ id }) => id === name)) throw new StartFault(`${name ?? 'An operator'} is none of the network’s organisations.`, [`Name one of ${profile.organisations.map(({ id }) => id).join(', ')} in FABRIC_ORG.`])
  const files = identity ?? profile.clients.get(name)
  if (files === undefined) throw new StartFault(`There is no certificate for ${name} to send with.`, ['Name its files in FABRIC_CERTIFICATE and FABRIC_KEY.', `Or put them into ${path}.`])
  return fileIdentity({ organisation: name, ...files })
}

function faultOf(error: unknown, profile: string): unknown {
  if (error instanceof ProfileFault) return new StartFault(error.message, ['Bring a network up on this machine: npm run fabric:up', 'Or name another one: FABRIC_PROFILE=/path/to/connection.json'], { cause: error })
  if (error instanceof WrongNetwork) return new StartFault(error.message, ['Point FABRIC_PROFILE at the network these data belong to.', 'A network for trying things out begins anew with: npm run fabric:reset', 'Where another chaincode is wanted on purpose: FABRIC_CODE=any'], { cause: error })
  if (error instanceof LedgerUnavailable) return new StartFault(`The Fabric network does not answer (${error.message}).`, ['See what is the matter: npm run fabric:status', `The network is described in ${profile}.`], { cause: error })
  return error
}

/** The registrar's own entry on the ledger follows from its key, so that one key file is all there is to keep. */
function registrarOf({ publicKey }: Signer): EmbeddedLedgerOptions['registrar'] {
  const tagOf = (what: string): string => createHash('sha256').update(`${what} ${publicKey}`).digest('hex').slice(0, 32)
  return { partyId: PartyId.parse(`p${tagOf('registrar')}`), person: PersonTag.parse(`u${tagOf('registrar person')}`), publicKey }
}

/** PEM of the key that signs journal lines; made at the first start. */
async function serviceKeyIn(keysDir: string): Promise<string> {
  const file = join(keysDir, 'ledger-service.pem')
  await fileSigner(file)
  return readFile(file, 'utf8')
}
