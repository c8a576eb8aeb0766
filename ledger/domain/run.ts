import type { z } from 'zod'
import { actions, type ActionName } from './actions/index.ts'
import type { Action, Cosigner, LedgerView, Reads, Signed } from './action.ts'
import { canonicalJson } from './canonical-json.ts'
import { SignedCommand, signingText, type Command } from './command.ts'
import { evolveParty, evolveTitle, isTitleEvent } from './evolve.ts'
import { subjectOf, type LedgerEvent } from './events.ts'
import { noHash, type BillId, type Hash, type Instant, type KeyId, type PartyId, type Subject } from './ids.ts'
import { Refusal, refuseUnless, type RefusalCode } from './refusal.ts'
import type { Party, SigningKey } from './registry.ts'
import type { Title } from './title.ts'

/** One transaction of the ledger: parse → check → decide → evolve. Pure; the same on every ledger. */

/** What only the surroundings can do: check an ES256 signature and name a key. */
export interface SignatureChecks {
  verify(given: { readonly publicKey: string; readonly text: string; readonly signature: string }): boolean
  /** The key id of a SubjectPublicKeyInfo (base64), or null when it is no P-256 key. */
  keyIdOf(publicKey: string): KeyId | null
}

/** One entry in the stream of one bill or party. `hash` is SHA-256 over the canonical form of all other fields. */
export interface LogEntry {
  readonly subject: Subject
  readonly seq: number
  readonly prevHash: Hash
  readonly signed: SignedCommand
  readonly events: readonly LedgerEvent[]
  /** Ledger time. */
  readonly recordedAt: Instant
  readonly hash: Hash
}

/** What a command changes: an entry in each stream it touches, and those streams' new state. */
export interface Outcome {
  readonly entries: readonly LogEntry[]
  readonly titles: readonly Title[]
  readonly parties: readonly Party[]
}

/** A command of the right form, with its action and arguments. */
export interface ParsedCommand {
  readonly signed: SignedCommand
  readonly action: Action
  readonly args: unknown
  /** The canonical text that the signatures are over. */
  readonly text: string
}

const minute = 60_000
/** How far a signer's clock may run ahead of the ledger's. */
const clockSkew = 2 * minute
/** How long a command may wait for its other signatures. */
const longestLife = 7 * 24 * 60 * minute

/** @throws Refusal `malformed-command` or `unknown-action`; never anything else, whatever comes in. */
export function parseCommand(input: unknown): ParsedCommand {
  const signed = SignedCommand.safeParse(input)
  refuseUnless(signed.success, 'malformed-command', { faults: faultsOf(signed.error, '') })
  const name = signed.data.command.action
  refuseUnless(Object.hasOwn(actions, name), 'unknown-action', { action: name })
  const action = actions[name as ActionName] as Action
  const args = action.args.safeParse(signed.data.command.args)
  refuseUnless(args.success, 'malformed-command', { faults: faultsOf(args.error, 'args.') })
  const text = canonicalText(signed.data.command)
  refuseUnless(text !== null, 'malformed-command', { faults: ['a text holds half a surrogate pair'] })
  return { signed: signed.data, action, args: args.data, text }
}

/** The first faults: enough to mend a client by, never a flood. */
function faultsOf(error: z.ZodError | undefined, prefix: string): readonly string[] {
  return (error?.issues ?? []).slice(0, 20).map((issue) => `${prefix}${issue.path.join('.')}: ${issue.message}`.slice(0, 200))
}

/** JSON can spell text that has no canonical form: then null. */
function canonicalText(command: Command): string | null {
  try {
    return signingText(command)
  } catch {
    return null
  }
}

/** What a ledger must load before `run`, besides what the command itself names (subject, party, signers' keys). */
export function readsOf({ signed, action, args }: ParsedCommand): Reads {
  return action.reads?.(signed.command, args) ?? {}
}

/**
 * Decides one command against the ledger's state.
 * @throws Refusal when a rule says no.
 */
export function run({ parsed, view, now, checks }: { parsed: ParsedCommand; view: LedgerView; now: Instant; checks: SignatureChecks }): Outcome {
  const { command } = parsed.signed
  refuseUnless(command.network === view.network, 'wrong-network', { network: command.network })
  checkTimes(command, now)
  checkHead(parsed, view)
  const signers = checkSignatures(parsed, view, checks)
  const signed: Signed<unknown> = { ...command, args: parsed.args, signers, now }
  for (const cosigner of parsed.action.cosigners?.(signed, view) ?? []) refuseUnless(isCosigned(signed, cosigner), refusalFor[cosigner.why])
  const events = parsed.action.decide(signed, view)
  return record({ signed: parsed.signed, events, view, now })
}

/** Why an act would be refused if it were signed by all who must sign; null when it would go through. For screens and for waiting signatures. */
export function wouldRefuse({ command, view, now }: { command: Command; view: LedgerView; now: Instant }): Refusal | null {
  try {
    const parsed = parseCommand({ command, signatures: [{ keyId: command.keyId, value: 'A'.repeat(86) }] })
    refuseIfFrozen(parsed.action, command.party, view)
    parsed.action.decide({ ...command, args: parsed.args, signers: [], now }, view)
    return null
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

/** Whose signatures a command still lacks. The signatures it has are taken as they are; `run` checks them. */
export function missingSignatures({ parsed, view, now }: { parsed: ParsedCommand; view: LedgerView; now: Instant }): readonly Cosigner[] {
  const signers = parsed.signed.signatures.flatMap(({ keyId }) => view.key(keyId) ?? [])
  const signed: Signed<unknown> = { ...parsed.signed.command, args: parsed.args, signers, now }
  return (parsed.action.cosigners?.(signed, view) ?? []).filter((cosigner) => !isCosigned(signed, cosigner))
}

function checkTimes(command: Command, now: Instant): void {
  const at = Date.parse(command.at), until = Date.parse(command.notAfter), ledger = Date.parse(now)
  refuseUnless(at <= ledger + clockSkew, 'command-from-the-future', { at: command.at, now })
  refuseUnless(until > ledger, 'command-expired', { notAfter: command.notAfter, now })
  refuseUnless(until - at <= longestLife, 'expiry-too-far', { notAfter: command.notAfter })
}

/** The command continues exactly the entry its signer saw. */
function checkHead({ signed: { command }, action }: ParsedCommand, view: LedgerView): void {
  const isBill = command.subject.startsWith('b')
  refuseUnless(isBill === (action.subject === 'bill'), 'malformed-command', { faults: [`${action.name} is about a ${action.subject}`] })
  const stream = isBill ? view.bill(command.subject as BillId) : view.party(command.subject as PartyId)
  refuseUnless(command.expects === (stream?.seq ?? 0), 'stale-sequence', { expects: command.expects, have: stream?.seq ?? 0 })
  refuseUnless(command.prevHash === (stream?.headHash ?? noHash), 'stale-head', { have: stream?.headHash ?? noHash })
}

/** Every signature is by a live key and fits the canonical bytes; the first is the acting key's, and that key is the party's. */
function checkSignatures({ signed: { command, signatures }, action, args, text }: ParsedCommand, view: LedgerView, checks: SignatureChecks): readonly SigningKey[] {
  refuseUnless(signatures[0]?.keyId === command.keyId, 'unknown-key', { keyId: command.keyId })
  refuseUnless(new Set(signatures.map(({ keyId }) => keyId)).size === signatures.length, 'duplicate-signature')
  refuseUnless(view.party(command.party) !== null, 'unknown-party', { party: command.party })
  const introduced = introducedKey({ command, action, args, checks })
  return signatures.map(({ keyId, value }, index) => {
    const key = introduced?.keyId === keyId ? introduced : view.key(keyId)
    refuseUnless(key !== null, 'unknown-key', { keyId })
    refuseUnless(key.revoked === null, 'key-revoked', { keyId })
    refuseIfFrozen(action, key.partyId, view)
    if (index === 0) {
      refuseUnless(key.partyId === command.party, 'key-not-of-party', { keyId })
      refuseUnless(action.purpose === null || key.purposes.includes(action.purpose), 'key-lacks-purpose', { keyId, purpose: action.purpose })
    }
    refuseUnless(checks.verify({ publicKey: key.publicKey, text, signature: value }), 'bad-signature', { keyId })
    return key
  })
}

/** A party that reported its keys lost does nothing, and agrees to nothing, until it has new ones. */
function refuseIfFrozen(action: Action, party: PartyId, view: LedgerView): void {
  refuseUnless(action.whileFrozen === true || (view.party(party)?.keyLoss ?? null) === null, 'party-frozen', { party })
}

function introducedKey({ command, action, args, checks }: { command: Command; action: Action; args: unknown; checks: SignatureChecks }): SigningKey | null {
  if (!action.introduces) return null
  const key = action.introduces(args)
  refuseUnless(command.keyId === key.keyId, 'proof-of-possession-missing', { keyId: key.keyId })
  const actual = checks.keyIdOf(key.publicKey)
  refuseUnless(actual !== null, 'unsupported-algorithm')
  refuseUnless(actual === key.keyId, 'key-id-mismatch', { keyId: key.keyId })
  return { ...key, partyId: command.party, registeredAt: command.at, revoked: null }
}

const refusalFor: Readonly<Record<Cosigner['why'], RefusalCode>> = {
  'second-person': 'second-person-required', pledgee: 'pledgee-must-sign', pledgor: 'pledgor-must-sign', buyer: 'buyer-must-sign', assignee: 'assignee-must-sign', indemnifier: 'indemnifier-must-sign', carrier: 'carrier-must-sign', shipper: 'shipper-must-sign', holder: 'holder-must-sign', administrator: 'approval-missing',
}

function isCosigned(signed: Signed<unknown>, { party, why }: Cosigner): boolean {
  const keys = signed.signers.filter((key) => key.partyId === party && key.keyId !== signed.keyId)
  if (why === 'administrator') return keys.some((key) => key.purposes.includes('admin'))
  const titleKeys = signed.signers.filter((key) => key.partyId === party && key.purposes.includes('title'))
  return why === 'second-person' ? new Set(titleKeys.map((key) => key.person)).size >= 2 : titleKeys.length > 0
}

/** Puts the events into their streams: one entry a stream, chained to the stream's head. */
function record({ signed, events, view, now }: { signed: SignedCommand; events: readonly LedgerEvent[]; view: LedgerView; now: Instant }): Outcome {
  const entries: LogEntry[] = [], titles: Title[] = [], parties: Party[] = []
  for (const subject of new Set(events.map(subjectOf))) {
    const own = events.filter((event) => subjectOf(event) === subject)
    let title = subject.startsWith('b') ? view.bill(subject as BillId) : null
    let party = subject.startsWith('p') ? view.party(subject as PartyId) : null
    const before = title ?? party
    const body = { subject, seq: (before?.seq ?? 0) + 1, prevHash: before?.headHash ?? noHash, signed, events: own, recordedAt: now }
    const entry: LogEntry = { ...body, hash: view.sha256(canonicalJson(body)) }
    for (const event of own) {
      if (isTitleEvent(event)) title = evolveTitle(title, event, entry)
      else party = evolveParty(party, event, entry)
    }
    entries.push(entry)
    if (title) titles.push(title)
    if (party) parties.push(party)
  }
  return { entries, titles, parties }
}
