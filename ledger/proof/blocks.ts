import { canonicalJson, type LogEntry, type Party, type PartyId, type PersonTag, type Title } from '../domain/index.ts'
import type { FabricProof, Organisation, ProvenStream } from '../port.ts'
import { attributeOf, parseBlock, parseEnvelope, type ParsedBlock, type ParsedEnvelope } from '../fabric/blocks.ts'
import type { Authorities } from './authorities.ts'
import type { Findings } from './report.ts'
import type { Founding, StreamEvidence } from './streams.ts'
import { positionOf } from '../fabric/records.ts'

/** What Fabric vouches for: blocks under the orderers, transactions under the peers, heads under two organisations. */

/** So many organisations must have signed for the same. */
export const quorum = 2

interface Given {
  readonly proof: FabricProof
  readonly authorities: Authorities
  readonly findings: Findings
}

export interface FabricEvidence {
  readonly founding: Founding | null
  readonly streams: readonly StreamEvidence[]
  readonly vouchers: readonly string[]
  /** When the head's peers were asked, by the asker's clock. */
  readonly askedAt: string | null
  readonly links: number
}

/** Checks everything about blocks, transactions and statements; what comes back is only as good as the findings. */
export function takeEvidence(given: Given): FabricEvidence {
  const { proof } = given
  const blocks = readBlocks(given)
  const links = checkLinks(given, blocks)
  const constitution = statementOf(given, proof.constitution, ['constitution'])
  const streams = [proof, ...proof.parties].map((stream) => streamEvidence(given, blocks, stream))
  return { founding: foundingOf(given, constitution?.answer), streams: streams.map(({ evidence }) => evidence), vouchers: streams[0]?.vouchers ?? [], askedAt: streams[0]?.askedAt ?? null, links }
}

function readBlocks({ proof, findings }: Given): ReadonlyMap<number, ParsedBlock> {
  const blocks = new Map<number, ParsedBlock>()
  for (const [index, text] of proof.blocks.entries()) {
    try {
      const block = parseBlock(Buffer.from(text, 'base64'))
      findings.refuseUnless(!blocks.has(block.number), 'block-links', `block ${block.number} is there twice`)
      blocks.set(block.number, block)
    } catch {
      findings.fault('data-hash', `the ${index + 1}. block cannot be read`)
    }
  }
  for (const { number, holdsItsData } of blocks.values()) findings.refuseUnless(holdsItsData, 'data-hash', `the transactions of block ${number} are not those its header names`)
  return blocks
}

/** Where two blocks follow each other the later names the earlier one's hash. */
function checkLinks({ findings }: Given, blocks: ReadonlyMap<number, ParsedBlock>): number {
  const pairs = [...blocks.values()].flatMap((block) => {
    const before = blocks.get(block.number - 1)
    return before ? [{ block, before }] : []
  })
  for (const { block, before } of pairs) findings.refuseUnless(block.previousHash === before.hash, 'block-links', `block ${block.number} does not follow the block ${before.number} that is given`)
  return pairs.length
}

function streamEvidence(given: Given, blocks: ReadonlyMap<number, ParsedBlock>, stream: ProvenStream): { evidence: StreamEvidence; vouchers: readonly string[]; askedAt: string | null } {
  const { findings } = given
  const { subject, entries, places } = stream
  findings.refuseUnless(entries.length === places.length, 'inclusion', `${short(subject)}: ${entries.length} entries have ${places.length} places`)
  const placed = entries.flatMap((entry, index) => {
    const position = placeOf(given, blocks, entry, places[index])
    return position === null ? [] : [position]
  })
  const statement = statementOf(given, stream.attestation, ['read', canonicalJson(subject)])
  const head = headOf(given, subject, statement?.answer)
  if (head && statement) checkComplete({ findings, stream, head, placed, statement, chaincode: given.proof.chaincode })
  return {
    evidence: { subject, head: head && { title: head.title ?? null, party: head.party ?? null }, entries: placed.map(({ entry, position, block, txId }) => ({ entry, position, block, txId })) },
    vouchers: statement?.vouchers ?? [], askedAt: statement?.at ?? null,
  }
}

interface Placed { readonly entry: LogEntry; readonly position: number; readonly block: number; readonly place: number; readonly txId: string }

/** The entry stands in a transaction of that block, endorsed by two organisations, ordered by an orderer. */
function placeOf({ proof, authorities, findings }: Given, blocks: ReadonlyMap<number, ParsedBlock>, entry: LogEntry, at: ProvenStream['places'][number] | undefined): Placed | null {
  const name = `entry ${entry.seq} of ${short(entry.subject)}`
  const block = at && blocks.get(at.block)
  const place = block ? block.transactions.findIndex(({ txId }) => txId === at.txId) : -1
  const transaction = block?.transactions[place]
  if (!at || !block || !transaction) {
    findings.fault('inclusion', `${name} is in none of the blocks`)
    return null
  }
  findings.refuseUnless(transaction.isNamedTruly && transaction.channel === proof.channel, 'inclusion', `the transaction of ${name} is not one of channel ${proof.channel}`)
  const byOrderer = block.orderers.map((signature) => authorities.faultOf(signature, { role: 'orderer', at: entry.recordedAt }))
  findings.refuseUnless(byOrderer.includes(null), 'orderer-signature', `block ${block.number}: ${byOrderer[0] ?? 'no orderer signed it'}`)
  signersOf({ authorities, findings }, transaction, { code: 'endorsements', at: entry.recordedAt, name: `the transaction of ${name}` })
  findings.refuseUnless(transaction.call?.chaincode === proof.chaincode, 'endorsements', `the transaction of ${name} is of chaincode ${transaction.call?.chaincode ?? 'none'}`)
  const nth = recordIn(transaction, entry, proof.chaincode)
  findings.refuseUnless(nth >= 0, 'records', `its transaction did not write ${name} as it is given`)
  return { entry, block: block.number, place, txId: at.txId, position: positionOf({ block: block.number, place, nth: Math.max(nth, 0) }) }
}

/** Organisations whose peers signed this very answer to this very question. */
function signersOf({ authorities, findings }: Pick<Given, 'authorities' | 'findings'>, envelope: ParsedEnvelope, { code, at, name }: { code: 'endorsements' | 'attestation'; at: string; name: string }): readonly string[] {
  findings.refuseUnless(envelope.answersItsProposal, code, `${name}: what the peers signed is the answer to something else`)
  const judged = envelope.endorsements.map((endorsement) => ({ organisation: endorsement.organisation, fault: authorities.faultOf(endorsement, { role: 'peer', at }) }))
  const good = [...new Set(judged.flatMap(({ organisation, fault }) => (fault === null ? [organisation] : [])))]
  const [bad] = judged.flatMap(({ fault }) => fault ?? [])
  findings.refuseUnless(good.length >= quorum, code, `${name} is signed by peers of ${good.length} organisation${good.length === 1 ? '' : 's'}${good.length === 1 ? ` (${good.join()})` : ''}, not of ${quorum}${bad === undefined ? '' : `: ${bad}`}`)
  return good
}

/** The n-th record of this transaction is the one with this entry, and holds no other of its stream; −1 when there is none. */
function recordIn({ txId, writes }: ParsedEnvelope, entry: LogEntry, chaincode: string): number {
  const written = writes.filter(({ namespace, key }) => namespace === chaincode && attributeOf('record', key) === txId)
  const [only] = written
  const { records } = (only && written.length === 1 ? jsonOf(only.value) : null) as { records?: unknown } | null ?? {}
  if (!Array.isArray(records)) return -1
  return (records as readonly ({ entries?: unknown } | null)[]).findIndex((record) => {
    const own = Array.isArray(record?.entries) ? (record.entries as readonly (LogEntry | null)[]).filter((one) => one?.subject === entry.subject) : []
    return own.length === 1 && canonicalJson(own[0]) === canonicalJson(entry)
  })
}

interface Statement { readonly answer: unknown; readonly reads: ParsedEnvelope['reads']; readonly vouchers: readonly string[]; readonly at: string | null }

/** What peers of two organisations answered to this question. */
function statementOf({ proof, authorities, findings }: Given, text: string, question: readonly string[]): Statement | null {
  const name = `the statement on ${question.length === 1 ? 'the constitution' : short(String(question[1]).replaceAll('"', ''))}`
  let envelope: ParsedEnvelope
  try {
    envelope = parseEnvelope(Buffer.from(text, 'base64'))
  } catch {
    findings.fault('attestation', `${name} cannot be read`)
    return null
  }
  const isAnswerToIt = envelope.isNamedTruly && envelope.channel === proof.channel && envelope.call?.chaincode === proof.chaincode && canonicalJson(envelope.call.input) === canonicalJson(question)
  findings.refuseUnless(isAnswerToIt, 'attestation', `${name} answers another question: ${envelope.call?.input.join(' ').slice(0, 100) ?? 'none'}`)
  const vouchers = signersOf({ authorities, findings }, envelope, { code: 'attestation', at: envelope.at ?? '', name })
  return { answer: jsonOf(envelope.answer), reads: envelope.reads, vouchers, at: envelope.at }
}

interface AttestedHead { readonly title?: Title; readonly party?: Party; readonly stream?: readonly (readonly [commandId: string, txId: string])[] }

function headOf({ findings }: Given, subject: string, answer: unknown): AttestedHead | null {
  const head: AttestedHead | null = typeof answer === 'object' ? answer : null
  const own = subject.startsWith('b') ? head?.title?.billId : head?.party?.partyId
  findings.refuseUnless(own === subject, 'attestation', `the statement on ${short(subject)} holds no head of it`)
  return own === subject ? head : null
}

/** The head names exactly these entries, by command and transaction, and was written last where the last of them stands. */
function checkComplete({ findings, stream: { subject, entries, places }, head, placed, statement, chaincode }: { findings: Findings; stream: ProvenStream; head: AttestedHead; placed: readonly Placed[]; statement: Statement; chaincode: string }): void {
  const given = entries.map(({ signed }, index) => [signed.command.commandId, places[index]?.txId ?? ''])
  const attested = Array.isArray(head.stream) ? head.stream : []
  findings.refuseUnless(canonicalJson(attested) === canonicalJson(given), 'complete', `the head of ${short(subject)} names ${attested.length} entries, and not exactly the ${given.length} given`)
  const last = placed.at(-1), kind = subject.startsWith('b') ? 'bill' : 'party'
  const read = statement.reads.find(({ namespace, key }) => namespace === chaincode && attributeOf(kind, key) === subject)
  if (last) findings.refuseUnless(read?.version?.block === last.block && read.version.place === last.place, 'complete', `the head of ${short(subject)} was written in another transaction than its last entry`)
}

/** What the network was founded on. */
function foundingOf({ proof, findings }: Given, answer: unknown): Founding | null {
  const constitution: { network?: unknown; registrar?: { partyId?: PartyId; person?: PersonTag; publicKey?: string }; organisations?: readonly Organisation[] } | null = typeof answer === 'object' ? answer : null
  const { partyId, person, publicKey } = constitution?.registrar ?? {}
  if (!constitution || partyId === undefined || person === undefined || publicKey === undefined || !Array.isArray(constitution.organisations)) {
    findings.fault('attestation', 'the statement on the constitution holds none')
    return null
  }
  findings.refuseUnless(constitution.network === proof.network, 'attestation', `the network was founded as ${String(constitution.network)}, and the proof names ${proof.network}`)
  return { network: proof.network, registrar: { partyId, person, publicKey }, organisations: (constitution.organisations as readonly Organisation[]).map(({ id }) => id) }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return null
  }
}

/** Enough of a random id to find it again. */
export function short(subject: string): string {
  return subject.slice(0, 9)
}
