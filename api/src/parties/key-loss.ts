import { createHash, randomBytes } from 'node:crypto'
import type { CommandOutcome } from '@yidan/api/contract'
import { canonicalJson, draftCommand, noHash, uuidv7, type Hash, type Instant, type SignedCommand } from '@yidan/ledger'
import { signCommand } from '@yidan/ledger/signing'
import { faultOf } from '../http/faults.ts'
import type { Language } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import type { Ports } from '../ports.ts'
import { recordOnLedger } from '../recording.ts'
import { sealText } from '../vault/cipher.ts'
import type { CompanyRecord, PartyStore } from './store.ts'

/**
 * A company that lost its signing keys, or fears that somebody has them: from the report on nothing it signs passes. It reports with any
 * key it still has; with none left the operator does, as registrar, once it has made sure who asks.
 */
type LossPorts = Pick<Ports, 'ledger' | 'registrar' | 'feed' | 'vault' | 'clock'>

/** Keeps what was reported, sealed with the company's data key; the answer is the salted hash that the report on the ledger names. */
export async function keepLossStatement({ ports, store, company, by, text }: { ports: LossPorts; store: PartyStore; company: CompanyRecord; by: string; text: string }): Promise<Hash> {
  const key = await ports.vault.keyFor(`company:${company._id}`)
  if (key === null) throw new Problem('not-found')
  const statement = canonicalJson({ schema: 'yidan.key-loss/1', companyId: company._id, salt: randomBytes(16).toString('hex'), by, text })
  const hash = createHash('sha256').update(statement).digest('hex') as Hash
  await store.partyPapers.create({ _id: hash, companyId: company._id, sealed: sealText(statement, { key, about: hash }), at: ports.clock() })
  return hash
}

/** @throws Problem `commitment-unknown`, `invalid-request` @throws Refusal of the ledger */
export async function reportKeyLoss({ ports, store, company, signed, language }: { ports: LossPorts; store: PartyStore; company: CompanyRecord; signed: SignedCommand; language: Language }): Promise<CommandOutcome> {
  const { action, subject, party, args } = signed.command
  const faults = [
    ...(action === 'reportKeyLoss' ? [] : [faultOf({ pointer: '/command/action', code: 'wrong-action', language, values: { expected: 'reportKeyLoss' } })]),
    ...(subject === company.partyId ? [] : [faultOf({ pointer: '/command/subject', code: 'wrong-subject', language })]),
    ...(party === company.partyId ? [] : [faultOf({ pointer: '/command/party', code: 'wrong-subject', language })]),
  ]
  if (faults.length > 0) throw new Problem('invalid-request', {}, faults)
  await refuseUnlessKept(store, company, args['referenceHash'])
  return recordOnLedger(ports, signed)
}

/** By the operator for a company that has no key left. @throws Refusal of the ledger */
export async function reportKeyLossFor({ ports, store, company, by, text }: { ports: LossPorts; store: PartyStore; company: CompanyRecord; by: string; text: string }): Promise<CommandOutcome> {
  const referenceHash = await keepLossStatement({ ports, store, company, by, text })
  const { ledger, registrar } = ports
  const party = await ledger.party(company.partyId)
  const now = ports.clock()
  const command = draftCommand({
    network: ledger.network, action: 'reportKeyLoss', subject: company.partyId, head: { seq: party?.seq ?? 0, hash: party?.headHash ?? noHash }, party: ledger.registrar, keyId: registrar.keyId,
    commandId: uuidv7({ now: now.getTime(), random: randomBytes(10) }), at: now.toISOString() as Instant, notAfter: new Date(now.getTime() + 3_600_000).toISOString() as Instant, args: { referenceHash },
  })
  return recordOnLedger(ports, await signCommand(command, registrar))
}

async function refuseUnlessKept(store: PartyStore, company: CompanyRecord, hash: unknown): Promise<void> {
  const known = typeof hash === 'string' && (await store.partyPapers.exists({ _id: hash as Hash, companyId: company._id })) !== null
  if (!known) throw new Problem('commitment-unknown')
}
