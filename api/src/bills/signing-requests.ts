import type { CommandOutcome, SigningRequest } from '@yidan/api/contract'
import { canonicalJson, missingSignatures, parseCommand, Refusal, refuseUnless, signingText, type CommandId, type Cosigner, type Instant, type Signature, type SignedCommand, type SigningKey, type Subject } from '@yidan/ledger'
import { verifySignature } from '@yidan/ledger/signing'
import { ensure } from '../access/abilities.ts'
import { companyOf, type Caller } from '../access/caller.ts'
import { Problem } from '../http/problem.ts'
import { recordOnLedger } from '../recording.ts'
import { confidentialTexts } from './commitments.ts'
import { refuseUnlessOwnKey } from './receipts.ts'
import { nameOf, ownCompany, partiesNamedIn, partyNames, type BillDesk } from './desk.ts'
import { ledgerViewFor } from './ledger-view.ts'
import { isDuplicateKey, type RequestRecord } from './store.ts'

/**
 * Keeps a command that others must sign too. The same command again gives the request as it stands. Also for keys of a party
 * (`why: 'administrator'`). @throws Refusal `bad-signature`, `command-id-reused`, `command-expired`
 */
export async function keepForSignature(desk: BillDesk, { caller, signed, wanted }: { caller: Caller; signed: SignedCommand; wanted: readonly Cosigner[] }): Promise<SigningRequest> {
  const { ports, store } = desk
  const { command, signatures } = signed
  await refuseUnlessSignaturesFit(desk, signed)
  const now = ports.clock()
  refuseUnless(Date.parse(command.notAfter) > now.getTime(), 'command-expired', { notAfter: command.notAfter })
  refuseUnless(Date.parse(command.notAfter) - Date.parse(command.at) <= longestLife, 'expiry-too-far', { notAfter: command.notAfter })
  const record: RequestRecord = {
    _id: command.commandId, signed: { command, signatures }, subject: command.subject, wanted, parties: [...new Set([command.party, ...wanted.map(({ party }) => party)])],
    startedBy: nameOf(caller), startedAt: now, expiresAt: new Date(command.notAfter), state: 'open', refusedBecause: null,
  }
  await store.ready()
  try {
    await store.requests.insertOne(record, { writeConcern: { w: 'majority' } })
    return await requestView(desk, record)
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
  const known = await store.requests.findOne({ _id: command.commandId })
  refuseUnless(known !== null && canonicalJson(known.signed.command) === canonicalJson(command), 'command-id-reused', { commandId: command.commandId })
  return requestView(desk, known)
}

const longestLife = 7 * 86_400_000

interface Joining {
  readonly caller: Caller
  readonly commandId: CommandId
  readonly signature: Signature
  /** What the platform asks once more before the ledger does. @throws Refusal, Problem */
  readonly beforeRecording: (signed: SignedCommand) => Promise<void>
}

/** Adds the caller's signature; the last one that is needed sends the command to the ledger. Two people at once are both counted. */
export async function addSignature(desk: BillDesk, { caller, commandId, signature, beforeRecording }: Joining): Promise<CommandOutcome> {
  const { ports, store } = desk
  const request = await openRequest(desk, caller, commandId)
  if (request.state === 'recorded') return recorded(desk, request.signed)
  refuseUnlessOpen(request, ports.clock())
  const key = await refuseUnlessOwnKey(desk, caller, signature.keyId)
  refuseUnless(key.revoked === null, 'key-revoked', { keyId: key.keyId })
  refuseUnless(await verifySignature({ publicKey: key.publicKey, text: signingText(request.signed.command), value: signature.value }), 'bad-signature', { keyId: key.keyId })
  await refuseUnlessWanted(desk, request, key)
  // Who was an administrator may still hold the key of one: the right is asked for again.
  if (request.wanted.some(({ why }) => why === 'administrator')) ensure(caller, 'approve-key', { type: 'company', companyId: ownCompany(caller).id })
  // The key stands in the filter, so the same signature sent twice at once is kept once.
  await store.requests.updateOne({ _id: commandId, state: 'open', 'signed.signatures.keyId': { $ne: key.keyId } }, { $push: { 'signed.signatures': signature } }, { writeConcern: { w: 'majority' } })
  const signed = (await store.requests.findOne({ _id: commandId })) ?? request
  const wanted = await stillWanted(desk, signed.signed)
  if (wanted.length > 0) {
    await store.requests.updateOne({ _id: commandId, state: 'open' }, { $set: { wanted } })
    return { outcome: 'awaiting-signature', request: await requestView(desk, { ...signed, wanted }) }
  }
  return complete(desk, signed, beforeRecording)
}

/** Refused by a rule, the request is closed with the code; when the ledger cannot be reached it stays open to be tried again. */
async function complete(desk: BillDesk, request: RequestRecord, beforeRecording: Joining['beforeRecording']): Promise<CommandOutcome> {
  try {
    const isRecorded = async (): Promise<boolean> => (await desk.ports.ledger.status(request.signed.command)).state === 'recorded'
    if (!(await isRecorded())) {
      await beforeRecording(request.signed).catch(async (error: unknown) => {
        // The same last signature, sent twice at once: the other one has recorded it meanwhile, and that is what this one finds in its way.
        if (!(await isRecorded())) throw error
      })
    }
    const outcome = await recorded(desk, request.signed)
    // Pending, it stays open: whoever asks again learns what became of it.
    if (outcome.outcome === 'recorded') await close(desk, request, { state: 'recorded', wanted: [] })
    return outcome
  } catch (error) {
    if (error instanceof Refusal) await close(desk, request, { state: 'refused', refusedBecause: error.code, wanted: [] })
    throw error
  }
}

async function recorded(desk: BillDesk, signed: SignedCommand): Promise<CommandOutcome> {
  return recordOnLedger(desk.ports, signed, await confidentialTexts(desk, signed))
}

async function close({ store }: BillDesk, { _id }: RequestRecord, change: Partial<RequestRecord>): Promise<void> {
  await store.requests.updateOne({ _id, state: 'open' }, { $set: change }, { writeConcern: { w: 'majority' } })
}

/** Only the company that started it. */
export async function withdrawRequest(desk: BillDesk, caller: Caller, commandId: CommandId): Promise<void> {
  const request = await openRequest(desk, caller, commandId)
  if (request.signed.command.party !== ownCompany(caller).partyId) throw new Problem('forbidden')
  const { matchedCount } = await desk.store.requests.updateOne({ _id: commandId, state: 'open' }, { $set: { state: 'withdrawn' } })
  if (matchedCount === 0) throw new Problem('signing-request-closed')
}

/** Requests that the caller's company started or is wanted for, newest first. */
export async function listRequests(desk: BillDesk, caller: Caller, state: 'open' | 'all'): Promise<SigningRequest[]> {
  const { ports, store } = desk
  const { partyId } = ownCompany(caller)
  const found = await store.requests.find({ parties: partyId, ...(state === 'open' ? { state: 'open' as const, expiresAt: { $gt: ports.clock() } } : {}) }).sort({ startedAt: -1 }).limit(200).toArray()
  return Promise.all(found.map((record) => requestView(desk, record)))
}

/** Open requests that wait for this very person: another person of the same party, or anybody of a party that is wanted. */
export async function requestsWaitingFor({ ports, store }: BillDesk, caller: Caller): Promise<RequestRecord[]> {
  const company = companyOf(caller)
  if (company === null) return []
  const open = await store.requests.find({ state: 'open', expiresAt: { $gt: ports.clock() }, 'wanted.party': company.partyId }).sort({ startedAt: -1 }).limit(100).toArray()
  if (caller.kind !== 'person') return open
  const keys = await Promise.all(open.map(({ signed }) => Promise.all(signed.signatures.map(({ keyId }) => ports.ledger.key(keyId)))))
  return open.filter((_, index) => !keys[index]?.some((key) => key?.person === caller.person.tag))
}

async function openRequest({ store }: BillDesk, caller: Caller, commandId: CommandId): Promise<RequestRecord> {
  const request = await store.requests.findOne({ _id: commandId })
  if (!request?.parties.includes(ownCompany(caller).partyId)) throw new Problem('not-found')
  return request
}

function refuseUnlessOpen({ state, expiresAt }: RequestRecord, now: Date): void {
  if (state !== 'open') throw new Problem('signing-request-closed', { state })
  refuseUnless(expiresAt > now, 'command-expired', { notAfter: expiresAt.toISOString() })
}

/** Not a signature that is there already, nor of a person or party that nobody asked. */
async function refuseUnlessWanted({ ports }: BillDesk, { signed, wanted }: RequestRecord, key: SigningKey): Promise<void> {
  const signers = await Promise.all(signed.signatures.map(({ keyId }) => ports.ledger.key(keyId)))
  if (signers.some((signer) => signer?.keyId === key.keyId)) return
  const fits = wanted.some(({ party, why }) => {
    if (party !== key.partyId) return false
    if (why === 'administrator') return key.purposes.includes('admin')
    return key.purposes.includes('title') && (why !== 'second-person' || !signers.some((signer) => signer?.person === key.person))
  })
  if (!fits) throw new Problem('signature-not-wanted')
}

async function stillWanted(desk: BillDesk, signed: SignedCommand): Promise<readonly Cosigner[]> {
  const parsed = parseCommand(signed)
  return missingSignatures({ parsed, view: await ledgerViewFor(desk, parsed), now: desk.ports.clock().toISOString() as Instant })
}

async function refuseUnlessSignaturesFit({ ports }: BillDesk, { command, signatures }: SignedCommand): Promise<void> {
  refuseUnless(new Set(signatures.map(({ keyId }) => keyId)).size === signatures.length, 'duplicate-signature')
  const introduced = introducedKey(command)
  for (const { keyId, value } of signatures) {
    const key = introduced?.keyId === keyId ? introduced : await ports.ledger.key(keyId)
    refuseUnless(key !== null, 'unknown-key', { keyId })
    refuseUnless(await verifySignature({ publicKey: key.publicKey, text: signingText(command), value }), 'bad-signature', { keyId })
  }
}

/** A key that is bound by the very command is not on the ledger yet: it comes along. */
function introducedKey({ action, args }: SignedCommand['command']): Pick<SigningKey, 'keyId' | 'publicKey'> | null {
  const key = action === 'registerKey' || action === 'rebindKeys' ? (args['key'] as Partial<SigningKey> | undefined) : undefined
  return key?.keyId !== undefined && key.publicKey !== undefined ? { keyId: key.keyId, publicKey: key.publicKey } : null
}

export async function requestView(desk: BillDesk, record: RequestRecord): Promise<SigningRequest> {
  const { ports, store } = desk
  const { signed, wanted, startedBy, startedAt, expiresAt, refusedBecause } = record
  const inArgs = partiesNamedIn(signed.command.args)
  const [bill, named] = await Promise.all([billNumberOf(store, signed.command.subject), partyNames(desk.directory, [signed.command.party, ...inArgs, ...wanted.map(({ party }) => party)])])
  const expired = record.state === 'open' && expiresAt <= ports.clock()
  return {
    commandId: record._id, command: signed.command, signatures: [...signed.signatures], wanted: wanted.map(({ party, why }) => ({ party: named(party), why })),
    billNumber: bill, startedBy, party: named(signed.command.party), names: inArgs.map(named), startedAt: startedAt.toISOString(), expiresAt: expiresAt.toISOString(), state: expired ? 'expired' : record.state, refusedBecause,
  }
}

async function billNumberOf({ bills }: BillDesk['store'], subject: Subject): Promise<SigningRequest['billNumber']> {
  return subject.startsWith('b') ? ((await bills.findOne({ _id: subject }, { projection: { billNumber: 1 } }))?.billNumber ?? null) : null
}
