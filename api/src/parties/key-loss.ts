import { createHash, randomBytes } from 'node:crypto'
import type { CommandOutcome } from '@yidan/api/contract'
import { canonicalJson, draftCommand, noHash, refuseUnless, uuidv7, type Command, type Hash, type Instant, type PartyId, type PersonTag, type SignedCommand } from '@yidan/ledger'
import { signCommand } from '@yidan/ledger/signing'
import { z } from 'zod'
import { faultOf } from '../http/faults.ts'
import type { Language } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import type { Ports } from '../ports.ts'
import { recordOnLedger } from '../recording.ts'
import { openText, sealText } from '../vault/cipher.ts'
import { argsOf, checkProof, type KeepForSignature } from './keys.ts'
import type { CompanyRecord, PartyPaperRecord, PartyStore } from './store.ts'

/**
 * A company that lost its signing keys, or fears that somebody has them: from the report on nothing it signs passes. It reports with any
 * key it still has; with none left the operator does, as registrar, once it has made sure who asks. It gets back to work with a new
 * key after the notice period, by two people of the registrar, or by withdrawing the report with one of them.
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

/** What was kept, for those who are to make sure of it. @throws Problem `not-found`, also when the company's data key was erased */
export async function lossStatement({ ports, store, hash }: { ports: Pick<Ports, 'vault'>; store: PartyStore; hash: Hash }): Promise<{ companyId: CompanyRecord['_id']; by: string; text: string; at: Date }> {
  const kept = await store.partyPapers.findOne({ _id: hash }).lean<PartyPaperRecord>()
  const key = kept === null ? null : await ports.vault.keyFor(`company:${kept.companyId}`)
  if (kept === null || key === null) throw new Problem('not-found')
  const { by, text } = Statement.parse(JSON.parse(openText(kept.sealed, { key, about: hash })))
  return { companyId: kept.companyId, by, text, at: kept.at }
}

const Statement = z.object({ by: z.string(), text: z.string() })

/** @throws Problem `commitment-unknown`, `invalid-request` @throws Refusal of the ledger */
export async function reportKeyLoss({ ports, store, company, signed, language }: { ports: LossPorts; store: PartyStore; company: CompanyRecord; signed: SignedCommand; language: Language }): Promise<CommandOutcome> {
  const { referenceHash } = argsOf('reportKeyLoss', signed, company, language)
  await refuseUnlessKept(store, company, referenceHash)
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

interface Returning {
  readonly ports: LossPorts
  readonly company: CompanyRecord
  /** The administrator who asks. */
  readonly signer: PersonTag
  readonly signed: SignedCommand
  readonly keep: KeepForSignature
  readonly language: Language
}

/**
 * A new administrator's key in place of all that were lost. What the ledger would refuse anyway is refused before two people are asked.
 * @throws Problem `forbidden` for somebody else's key, `invalid-request`, `commitment-unknown`, `proof-of-possession-missing`, `key-id-mismatch`, `bad-signature`
 * @throws Refusal `no-key-loss-report`, `notice-period-running`, `key-exists`, `stale-sequence`, `stale-head`
 */
export async function rebindKeys({ ports, store, company, signer, signed, keep, language }: Returning & { readonly store: PartyStore }): Promise<CommandOutcome> {
  const { key, evidenceHash } = argsOf('rebindKeys', signed, company, language)
  if (key.person !== signer) throw new Problem('forbidden')
  // With less the company could not act on its bills, or not approve its people's keys.
  if (!(['admin', 'title'] as const).every((purpose) => key.purposes.includes(purpose))) throw new Problem('invalid-request', {}, [faultOf({ pointer: '/command/args/key/purposes', code: 'not-right', language })])
  await refuseUnlessKept(store, company, evidenceHash)
  await checkProof(signed, key)
  return unlessRecorded(ports, signed, keep)
}

/** @throws Problem `forbidden` for somebody else's key, `invalid-request` @throws Refusal `unknown-key`, `key-revoked`, `key-lacks-purpose`, `no-key-loss-report`, `stale-sequence`, `stale-head` */
export async function withdrawKeyLossReport({ ports, company, signer, signed, keep, language }: Returning): Promise<CommandOutcome> {
  argsOf('withdrawKeyLossReport', signed, company, language)
  const { keyId } = signed.command
  const key = (await ports.ledger.party(company.partyId))?.keys[keyId]
  refuseUnless(key !== undefined, 'unknown-key', { keyId })
  if (key.person !== signer) throw new Problem('forbidden', { keyId })
  refuseUnless(key.revoked === null, 'key-revoked', { keyId })
  refuseUnless(key.purposes.includes('admin'), 'key-lacks-purpose', { keyId, purpose: 'admin' })
  return unlessRecorded(ports, signed, keep)
}

/** Sent again because the answer was lost: the ledger gives the first receipt, and says so if it was another command. */
async function unlessRecorded(ports: LossPorts, signed: SignedCommand, keep: KeepForSignature): Promise<CommandOutcome> {
  if ((await ports.ledger.status(signed.command)).state === 'recorded') return recordOnLedger(ports, signed)
  await refuseIfStale(ports, signed.command)
  return keep(signed)
}

/** Signatures on what continues an old entry would be gathered for nothing. */
async function refuseIfStale({ ledger }: Pick<Ports, 'ledger'>, { subject, expects, prevHash }: Command): Promise<void> {
  const { seq, headHash } = (await ledger.party(subject as PartyId)) ?? { seq: 0, headHash: noHash }
  refuseUnless(expects === seq, 'stale-sequence', { expects, have: seq })
  refuseUnless(prevHash === headHash, 'stale-head', { have: headHash })
}

async function refuseUnlessKept(store: PartyStore, company: CompanyRecord, hash: Hash): Promise<void> {
  const known = (await store.partyPapers.exists({ _id: hash, companyId: company._id })) !== null
  if (!known) throw new Problem('commitment-unknown')
}
