import {
  canonicalJson, evolveParty, evolveTitle, isTitleEvent, noHash, parseCommand, readsOf, Refusal, run, signingText, type BillId, type Instant, type KeyId, type LedgerView, type LogEntry, type ParsedCommand, type Party, type PartyId, type PersonTag, type Subject, type Title,
} from '../domain/index.ts'
import { nodeChecks, sha256 } from '../signing/node-checks.ts'
import { LedgerState } from '../embedded/state.ts'
import type { Findings, ProvenStep } from './report.ts'

/** What the entries themselves say, on whichever ledger they are: hash chain, signatures, and the rules run again over them. */

export interface StreamEvidence {
  readonly subject: Subject
  /** In the order of the stream; positions grow with time over all streams. */
  readonly entries: readonly { readonly entry: LogEntry; readonly position: number; readonly block: number; readonly txId: string | null }[]
  /** The head as the ledger's keepers signed it; null where they sign none. */
  readonly head: { readonly title: Title | null; readonly party: Party | null } | null
}

/** What the ledger was founded on. */
export interface Founding {
  readonly network: string
  readonly registrar: { readonly partyId: PartyId; readonly person: PersonTag; readonly publicKey: string }
  readonly organisations: readonly string[]
}

export interface Replayed {
  readonly title: Title | null
  readonly parties: readonly Party[]
  readonly chain: readonly ProvenStep[]
  /** Entries that the rules gave again, and those that came with acts on bills that are not part of this proof. */
  readonly decided: number
  readonly undecided: number
}

/** Checks the streams, the bill's first, and replays them in the ledger's order. */
export function replay({ founding, streams, findings }: { founding: Founding; streams: readonly StreamEvidence[]; findings: Findings }): Replayed {
  const [main] = streams
  findings.refuseUnless(new Set(streams.map(({ subject }) => subject)).size === streams.length, 'entry-chain', 'a stream is there twice')
  for (const stream of streams) checkChain(stream, founding.network, findings)
  const ledger = new Replay(founding, new Set(streams.map(({ subject }) => subject)), findings)
  for (const act of actsIn(streams)) ledger.take(act)
  for (const stream of streams) checkHead(stream, ledger.state, findings)
  const parties = streams.flatMap(({ subject }) => (subject.startsWith('p') ? (ledger.state.party(subject as PartyId) ?? []) : []))
  return {
    title: main?.subject.startsWith('b') ? ledger.state.bill(main.subject as BillId) : null, parties, decided: ledger.decided, undecided: ledger.undecided,
    chain: (main?.entries ?? []).map(({ entry, block, txId }) => ({
      seq: entry.seq, action: entry.signed.command.action, events: entry.events.map(({ type }) => type), party: entry.signed.command.party, signers: ledger.signersOf(entry), recordedAt: entry.recordedAt, block, txId, hash: entry.hash,
    })),
  }
}

/** Each entry has its own hash, continues the one before, and its command was meant for exactly that place on this network. */
function checkChain({ subject, entries }: StreamEvidence, network: string, findings: Findings): void {
  let before = { hash: noHash as string, position: 0, recordedAt: '' }
  for (const [index, { entry, position }] of entries.entries()) {
    const { hash, ...body } = entry
    const { command } = entry.signed
    const faults = [
      entry.subject === subject && entry.seq === index + 1 ? null : 'is not the next one',
      entry.prevHash === before.hash ? null : 'does not continue the entry before',
      hashOf(body) === hash ? null : 'has another hash than it says',
      command.network === network ? null : `was signed for ${command.network}`,
      command.subject !== subject || (command.expects === index && command.prevHash === entry.prevHash) ? null : 'was signed for another place',
      entry.recordedAt >= before.recordedAt && position > before.position ? null : 'is older than the entry before',
    ].filter((fault) => fault !== null)
    for (const fault of faults) findings.fault('entry-chain', `entry ${entry.seq} of ${subject.slice(0, 9)} ${fault}`)
    before = { hash, position, recordedAt: entry.recordedAt }
  }
}

function hashOf(body: Omit<LogEntry, 'hash'>): string | null {
  try {
    return sha256(canonicalJson(body))
  } catch {
    return null
  }
}

/** All entries that one command made, as far as they are given. */
interface Act { readonly position: number; readonly entries: readonly LogEntry[] }

function actsIn(streams: readonly StreamEvidence[]): readonly Act[] {
  const byPosition = new Map<number, LogEntry[]>()
  for (const { entries } of streams) for (const { entry, position } of entries) byPosition.set(position, [...(byPosition.get(position) ?? []), entry])
  return [...byPosition].map(([position, entries]) => ({ position, entries })).sort((one, other) => one.position - other.position)
}

/** The ledger as it was before each act, as far as the given streams tell. */
class Replay {
  readonly state: LedgerState
  readonly #view: LedgerView
  readonly #known: ReadonlySet<Subject>
  readonly #findings: Findings
  readonly #signers = new Map<LogEntry, ProvenStep['signers']>()
  decided = 0
  undecided = 0

  constructor(founding: Founding, known: ReadonlySet<Subject>, findings: Findings) {
    const { network, registrar, organisations } = founding
    const state = new LedgerState(network, registrar.partyId)
    const founder = registrarParty(founding)
    if (founder) state.apply({ entries: [], titles: [], parties: [founder] }, 0)
    this.state = state
    this.#view = {
      network, registrar: registrar.partyId, organisations, bill: (id) => state.bill(id), party: (id) => state.party(id), key: (id) => state.key(id),
      liveBillOf: (container) => state.liveBillOf(container), billOfDocument: (docHash) => state.billOfDocument(docHash), sha256,
    }
    this.#known = known
    this.#findings = findings
  }

  signersOf(entry: LogEntry): ProvenStep['signers'] {
    return this.#signers.get(entry) ?? []
  }

  take({ position, entries }: Act): void {
    const [first] = entries
    if (!first) return
    const name = `entry ${first.seq} of ${first.subject.slice(0, 9)}`
    const parsed = parsedOf(first)
    this.#findings.refuseUnless(parsed !== null, 'rules', `${name} holds no command that the rules know`)
    if (parsed) {
      const signers = this.#checkSignatures(parsed, name)
      for (const entry of entries) this.#signers.set(entry, signers)
      this.#decide(parsed, entries, name)
    }
    this.#evolve(entries, position, name)
  }

  /** Every signature fits and is of a key that was registered and not revoked at that moment; the first is the acting party's. */
  #checkSignatures({ signed, action, args, text }: ParsedCommand, name: string): ProvenStep['signers'] {
    const { command, signatures } = signed
    const introduced = action.introduces?.(args)
    return signatures.map(({ keyId, value }, index) => {
      const known = this.state.key(keyId)
      const key = introduced?.keyId === keyId && known === null ? { ...introduced, partyId: command.party, revoked: null } : known
      const fault = key === null ? 'was not registered'
        : key.revoked !== null ? 'had been revoked'
        : nodeChecks.keyIdOf(key.publicKey) !== keyId ? 'is another key than its id says'
        : index === 0 && (keyId !== command.keyId || key.partyId !== command.party) ? 'is not of the acting party'
        : nodeChecks.verify({ publicKey: key.publicKey, text, signature: value }) ? null : 'gave another signature'
      if (fault !== null) this.#findings.fault('signatures', `${name}: the key ${keyId.slice(0, 9)} ${fault}`)
      return { keyId, party: key?.partyId ?? null, person: key?.person ?? null, ok: fault === null }
    })
  }

  /** The rules, run again, give the very entries. Acts that rest on bills which are not given are left to the ledger's keepers. */
  #decide(parsed: ParsedCommand, entries: readonly LogEntry[], name: string): void {
    const { bills = [] } = readsOf(parsed)
    if (![parsed.signed.command.subject, ...bills].every((subject) => this.#known.has(subject))) {
      this.undecided += entries.length
      return
    }
    try {
      const outcome = run({ parsed, view: this.#view, now: entries[0]?.recordedAt as Instant, checks: nodeChecks })
      for (const entry of entries) this.#findings.refuseUnless(outcome.entries.some(({ subject, hash }) => subject === entry.subject && hash === entry.hash), 'rules', `${name}: the rules give another result for its command`)
      this.decided += entries.length
    } catch (error) {
      this.#findings.fault('rules', `${name}: ${error instanceof Refusal ? `the rules refuse it (${error.code})` : 'the rules cannot decide it'}`)
    }
  }

  #evolve(entries: readonly LogEntry[], position: number, name: string): void {
    try {
      const titles: Title[] = [], parties: Party[] = []
      for (const entry of entries) {
        let title = this.state.bill(entry.subject as BillId), party = this.state.party(entry.subject as PartyId)
        for (const event of entry.events) {
          if (isTitleEvent(event)) title = evolveTitle(title, event, entry)
          else party = evolveParty(party, event, entry)
        }
        if (title) titles.push(title)
        if (party) parties.push(party)
      }
      this.state.apply({ entries, titles, parties }, position)
    } catch {
      this.#findings.fault('replay', `${name} cannot follow what came before it`)
    }
  }
}

function parsedOf({ signed }: LogEntry): ParsedCommand | null {
  try {
    const parsed = parseCommand(signed)
    return parsed.text === signingText(signed.command) ? parsed : null
  } catch {
    return null
  }
}

/** What the entries come to is what the ledger's keepers signed. */
function checkHead({ subject, head }: StreamEvidence, state: LedgerState, findings: Findings): void {
  if (head === null) return
  const replayed = subject.startsWith('b') ? state.bill(subject as BillId) : state.party(subject as PartyId)
  const attested = subject.startsWith('b') ? head.title : head.party
  findings.refuseUnless(canonicalJson(replayed) === canonicalJson(attested), 'replay', `the entries of ${subject.slice(0, 9)} come to another head than the one that was signed`)
}

/** The registrar as every ledger founds it. */
function registrarParty({ network, registrar: { partyId, person, publicKey } }: Founding): Party | null {
  const keyId = nodeChecks.keyIdOf(publicKey)
  if (keyId === null) return null
  const since = new Date(0).toISOString() as Instant
  return {
    partyId, seq: 0, headHash: noHash, roles: ['registrar'], identityHash: sha256(canonicalJson({ network, registrar: partyId })), host: null, keyLoss: null, updatedAt: since,
    keys: { [keyId]: { keyId, partyId, person, purposes: ['admin', 'title'], algorithm: 'ES256', publicKey, registeredAt: since, revoked: null } } satisfies Record<KeyId, Party['keys'][KeyId]>,
  }
}
