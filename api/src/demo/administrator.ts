import { randomBytes } from 'node:crypto'
import { draftCommand, uuidv7, type Instant, type PartyId, type PersonTag } from '@yidan/ledger'
import { makeSigner, signCommand, signerFromPkcs8, type Signer } from '@yidan/ledger/signing'
import type { Ports } from '../ports.ts'
import { open, seal } from '../vault/cipher.ts'
import type { KeyName } from '../vault/vault.ts'

/**
 * In the demo, each demo company has one administrator who is this server: it countersigns the keys that visitors make, so that nobody has
 * to wait for another visitor. Its key is good for administering keys only, never for title, and acts for demo companies while the demo is on.
 */
interface Kept { readonly _id: PartyId; readonly sealedKey: string }
type DemoPorts = Pick<Ports, 'database' | 'vault' | 'ledger' | 'registrar' | 'clock' | 'settings'>
const demoKey: KeyName = 'system:demo'

/**
 * The demo administrator of a company, or null: not a demo company, the demo is off, or new keys were bound and this one ended with the
 * old. For the registrar's people it is the server's own key, which is an administrator's there anyway.
 */
export async function demoAdministratorOf(ports: DemoPorts, partyId: PartyId): Promise<Signer | null> {
  const { settings, ledger, registrar } = ports
  if (!settings.demo) return null
  const signer = partyId === ledger.registrar ? registrar : await keptSigner(ports, partyId)
  return signer !== null && (await ledger.key(signer.keyId))?.revoked === null ? signer : null
}

async function keptSigner({ database, vault }: Pick<DemoPorts, 'database' | 'vault'>, partyId: PartyId): Promise<Signer | null> {
  const kept = await keptKeys({ database }).findOne({ _id: partyId })
  return kept && signerFromPkcs8(new Uint8Array(open(Buffer.from(kept.sealedKey, 'base64'), { key: await theKey({ vault }), about: partyId })))
}

/** Makes the administrator of a demo company, or finishes one that was cut short. */
export async function makeDemoAdministrator(ports: DemoPorts, partyId: PartyId): Promise<void> {
  const signer = (await keptSigner(ports, partyId)) ?? (await keepNew(ports, partyId))
  if ((await ports.ledger.key(signer.keyId)) !== null) return
  const party = await ports.ledger.party(partyId)
  if (party === null) throw new Error('a company is registered before its administrator')
  const now = ports.clock()
  const command = draftCommand({
    network: ports.ledger.network, action: 'registerKey', subject: partyId, head: { seq: party.seq, hash: party.headHash }, party: partyId, keyId: signer.keyId, commandId: uuidv7({ now: now.getTime(), random: randomBytes(10) }),
    at: now.toISOString() as Instant, notAfter: new Date(now.getTime() + 3_600_000).toISOString() as Instant,
    args: { key: { keyId: signer.keyId, publicKey: signer.publicKey, algorithm: 'ES256', person: `u${randomBytes(16).toString('hex')}` as PersonTag, purposes: ['admin'] } },
  })
  await ports.ledger.submit(await signCommand(command, signer, ports.registrar))
}

async function keepNew({ database, vault }: DemoPorts, partyId: PartyId): Promise<Signer> {
  const signer = await makeSigner({ extractable: true })
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', signer.pair.privateKey))
  await keptKeys({ database }).insertOne({ _id: partyId, sealedKey: seal(pkcs8, { key: await theKey({ vault }), about: partyId }).toString('base64') })
  return signer
}

function keptKeys({ database }: Pick<DemoPorts, 'database'>) {
  return database.getClient().db(database.name).collection<Kept>('demo_administrators')
}

async function theKey({ vault }: Pick<DemoPorts, 'vault'>): Promise<Buffer> {
  const key = await vault.keyFor(demoKey)
  if (key === null) throw new Error('the key of the demo was erased')
  return key
}
