import type { CommandOutcome, PartyStream } from '@yidan/api/contract'
import { actions, hasAdministrator, noHash, noticePeriod, signingText, type ArgsOf, type KeyId, type Party, type PersonTag, type SignedCommand } from '@yidan/ledger'
import { keyIdOf, signCommand, verifySignature, type Signer } from '@yidan/ledger/signing'
import { faultOf } from '../http/faults.ts'
import type { Language } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import type { Ports } from '../ports.ts'
import { recordOnLedger } from '../recording.ts'
import type { Directory } from './directory.ts'
import { lastUses } from './key-use.ts'
import type { CompanyRecord } from './store.ts'

type KeyPorts = Pick<Ports, 'ledger' | 'registrar' | 'feed' | 'clock'>

/** Whoever acts on keys: the person's tag, and whether they are an administrator of the company. */
export interface KeyKeeper {
  readonly tag: PersonTag
  readonly isAdministrator: boolean
}

/** A company's keys, and the head that its next key command continues. */
export async function partyStream({ ports, directory, company }: { ports: Pick<Ports, 'ledger' | 'database'>; directory: Directory; company: CompanyRecord }): Promise<PartyStream> {
  const party = await ports.ledger.party(company.partyId)
  const keys = Object.values(party?.keys ?? {})
  const keyIds = keys.map(({ keyId }) => keyId)
  const [names, uses] = await Promise.all([directory.keyHolders(keyIds), lastUses(ports.database, keyIds)])
  return {
    network: ports.ledger.network, partyId: company.partyId, seq: party?.seq ?? 0, headHash: party?.headHash ?? noHash,
    keyLoss: party?.keyLoss == null ? null : { since: party.keyLoss.since, noticeEndsAt: new Date(Date.parse(party.keyLoss.since) + noticePeriod).toISOString() },
    keys: keys.map(({ keyId, partyId, publicKey, purposes, person, registeredAt, revoked }) => ({
      keyId, partyId, publicKey, purposes: [...purposes], person, personName: names.get(keyId) ?? null, registeredAt, revokedAt: revoked?.at ?? null, revocationReason: revoked?.reason ?? null, lastUsedAt: uses.get(keyId)?.toISOString() ?? null,
    })),
  }
}

/** Keeps a command until whoever must sign along has done so. */
export type KeepForSignature = (signed: SignedCommand) => Promise<CommandOutcome>

/**
 * A new key. The company's first administrator's key is countersigned by the registrar; after that an administrator's key signs along:
 * in the same command, by the demo's own administrator, or later. The registrar's own people begin beside the key of this server, which
 * countersigns until the first of them has an administrator's key.
 * @throws Problem `forbidden` for somebody else's key or an administrator's key for who is none, `approval-missing` while the company has no administrator's key
 * @throws Refusal of the ledger
 */
export async function registerKey({ ports, company, keeper, signed, demoAdministrator, keep, language }: {
  ports: KeyPorts; company: CompanyRecord; keeper: KeyKeeper; signed: SignedCommand; demoAdministrator: Signer | null; keep: KeepForSignature; language: Language
}): Promise<CommandOutcome> {
  const { key } = argsOf('registerKey', signed, company, language)
  if (key.person !== keeper.tag || (key.purposes.includes('admin') && !keeper.isAdministrator)) throw new Problem('forbidden')
  const [party, earlier] = await Promise.all([ports.ledger.party(company.partyId), ports.ledger.status(signed.command)])
  if (earlier.state === 'recorded' || (party !== null && isCountersigned(signed, party))) return recordOnLedger(ports, signed)
  if (party === null || !hasAdministrator(party)) {
    if (!keeper.isAdministrator) throw new Problem('approval-missing')
    return recordOnLedger(ports, await alsoSigned(signed, ports.registrar))
  }
  if (isServerAlone(party, ports)) {
    if (!keeper.isAdministrator || !key.purposes.includes('admin')) throw new Problem('approval-missing')
    return recordOnLedger(ports, await alsoSigned(signed, ports.registrar))
  }
  if (demoAdministrator !== null) return recordOnLedger(ports, await alsoSigned(signed, demoAdministrator))
  await checkProof(signed, key)
  return keep(signed)
}

/** @throws Problem `forbidden` for another person's key, unless an administrator asks @throws Refusal of the ledger */
export async function revokeKey({ ports, company, keeper, keyId, signed, language }: { ports: KeyPorts; company: CompanyRecord; keeper: KeyKeeper; keyId: string; signed: SignedCommand; language: Language }): Promise<CommandOutcome> {
  const args = argsOf('revokeKey', signed, company, language)
  if (args.keyId !== keyId) throw new Problem('invalid-request', {}, [faultOf({ pointer: '/command/args/keyId', code: 'wrong-key', language })])
  const key = (await ports.ledger.party(company.partyId))?.keys[args.keyId]
  if (key === undefined) throw new Problem('not-found')
  if (!keeper.isAdministrator && key.person !== keeper.tag) throw new Problem('forbidden')
  return recordOnLedger(ports, signed)
}

/** The command's arguments, when it is this action on this company's own stream. */
export function argsOf<N extends 'registerKey' | 'revokeKey' | 'reportKeyLoss' | 'rebindKeys' | 'withdrawKeyLossReport'>(action: N, { command }: SignedCommand, company: CompanyRecord, language: Language): ArgsOf<N> {
  const faults = [
    ...(command.action === action ? [] : [faultOf({ pointer: '/command/action', code: 'wrong-action', language, values: { expected: action } })]),
    ...(command.subject === company.partyId ? [] : [faultOf({ pointer: '/command/subject', code: 'wrong-subject', language })]),
    ...(command.party === company.partyId ? [] : [faultOf({ pointer: '/command/party', code: 'wrong-subject', language })]),
  ]
  if (faults.length > 0) throw new Problem('invalid-request', {}, faults)
  const parsed = actions[action].args.safeParse(command.args)
  if (parsed.success) return parsed.data as ArgsOf<N>
  throw new Problem('malformed-command', {}, parsed.error.issues.map(({ path }) => faultOf({ pointer: ['/command/args', ...path.map(String)].join('/'), code: 'not-right', language })))
}

/** Whether nobody but this server's own key could approve a key of the registrar. */
function isServerAlone(party: Party, { ledger, registrar }: KeyPorts): boolean {
  const others = Object.fromEntries(Object.entries(party.keys).filter(([keyId]) => (keyId as KeyId) !== registrar.keyId)) as Party['keys']
  return party.partyId === ledger.registrar && !hasAdministrator({ ...party, keys: others })
}

function isCountersigned({ command, signatures }: SignedCommand, party: Party): boolean {
  return signatures.some(({ keyId }) => {
    const key = keyId === command.keyId ? undefined : party.keys[keyId]
    return key?.revoked === null && key.purposes.includes('admin')
  })
}

async function alsoSigned(signed: SignedCommand, signer: Signer): Promise<SignedCommand> {
  const { signatures } = await signCommand(signed.command, signer)
  return { command: signed.command, signatures: [...signed.signatures.filter(({ keyId }) => keyId !== signer.keyId), ...signatures] }
}

/** What waits for another's signature is worth his time: the new key has signed for itself. */
export async function checkProof({ command, signatures }: SignedCommand, key: ArgsOf<'registerKey'>['key']): Promise<void> {
  const own = signatures.find(({ keyId }) => keyId === key.keyId)
  if (command.keyId !== key.keyId || own === undefined) throw new Problem('proof-of-possession-missing')
  if ((await keyIdOf(new Uint8Array(Buffer.from(key.publicKey, 'base64')))) !== key.keyId) throw new Problem('key-id-mismatch')
  if (!(await verifySignature({ publicKey: key.publicKey, text: signingText(command), value: own.value }))) throw new Problem('bad-signature')
}
