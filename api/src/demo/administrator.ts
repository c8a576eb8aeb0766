import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { draftCommand, uuidv7, type Instant, type PartyId, type PersonTag } from '@yidan/ledger'
import { makeSigner, signCommand, signerFromPkcs8, type Signer } from '@yidan/ledger/signing'
import type { Ports } from '../ports.ts'

/**
 * In the demo, each demo company has one administrator who is this server: it countersigns the keys that visitors make, so that nobody has
 * to wait for another visitor. Its key is good for administering keys only, never for title, and acts for demo companies while the demo is on.
 */
interface Kept { readonly _id: PartyId; readonly sealedKey: string }
type DemoPorts = Pick<Ports, 'database' | 'ledger' | 'registrar' | 'clock' | 'settings'>

/** The demo administrator of a company, or null: not a demo company, or the demo is off. */
export async function demoAdministratorOf({ settings, database }: Pick<DemoPorts, 'database' | 'settings'>, partyId: PartyId): Promise<Signer | null> {
  if (!settings.demo) return null
  const kept = await keptKeys({ database }).findOne({ _id: partyId })
  return kept && signerFromPkcs8(unseal(kept.sealedKey, settings.secretKey))
}

/** Makes the administrator of a demo company, or finishes one that was cut short. */
export async function makeDemoAdministrator(ports: DemoPorts, partyId: PartyId): Promise<void> {
  const known = await demoAdministratorOf(ports, partyId)
  const signer = known ?? (await keepNew(ports, partyId))
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

async function keepNew({ database, settings }: DemoPorts, partyId: PartyId): Promise<Signer> {
  const signer = await makeSigner({ extractable: true })
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', signer.pair.privateKey))
  await keptKeys({ database }).insertOne({ _id: partyId, sealedKey: seal(pkcs8, settings.secretKey) })
  return signer
}

function keptKeys({ database }: Pick<DemoPorts, 'database'>) {
  return database.getClient().db(database.name).collection<Kept>('demo_administrators')
}

function seal(bytes: Uint8Array, key: Buffer): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const sealed = Buffer.concat([cipher.update(bytes), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
}

function unseal(text: string, key: Buffer): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(text, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAuthTag(bytes.subarray(12, 28))
  return new Uint8Array(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]))
}
