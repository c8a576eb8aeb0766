import { createPublicKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { Hash, PartyId, PersonTag, type LogEntry } from '../domain/index.ts'
import { verifyLine } from '../embedded/journal.ts'
import { sha256 } from '../signing/node-checks.ts'
import { Entry, type EmbeddedTitleProof } from './form.ts'
import type { Findings } from './report.ts'
import type { Founding, StreamEvidence } from './streams.ts'

/** What the keeper of an embedded ledger vouches for. */

const Genesis = z.object({ position: z.literal(0), record: z.object({ network: z.string(), registrar: z.object({ partyId: PartyId, person: PersonTag, publicKey: z.string().max(500) }) }) })
const Line = z.object({ position: z.int().min(1), prev: Hash, record: z.object({ entries: z.array(Entry) }) })

/** The journal's lines, signed by the service; each holds all entries of one act. */
export function journalEvidence({ lines, subject, network }: EmbeddedTitleProof, key: KeyObject | null, findings: Findings): { founding: Founding | null; streams: readonly StreamEvidence[] } {
  const signed = lines.filter((line, index) => {
    const isSigned = key !== null && verifyLine({ text: line.line, signature: line.signature }, key)
    findings.refuseUnless(isSigned, 'service-signature', `the service did not sign line ${index + 1}`)
    return isSigned
  })
  const [first, ...rest] = signed.map(({ line }) => ({ body: jsonOf(line), hash: sha256(line) }))
  const genesis = Genesis.safeParse(first?.body)
  findings.refuseUnless(genesis.success && genesis.data.record.network === network, 'service-signature', 'the first line does not found this network')
  let before = { position: 0, hash: first?.hash ?? '' }
  const entries: { entry: LogEntry; position: number; block: number; txId: null }[] = []
  for (const { body, hash } of rest) {
    const line = Line.safeParse(body)
    const follows = line.success && line.data.position > before.position && (line.data.position > before.position + 1 || line.data.prev === before.hash)
    findings.refuseUnless(follows, 'service-signature', `a line does not follow line ${before.position}`)
    if (!line.success) continue
    const { position } = line.data
    before = { position, hash }
    entries.push(...(line.data.record.entries as unknown as LogEntry[]).map((entry) => ({ entry, position, block: position, txId: null })))
  }
  const known = partiesIn(entries.map(({ entry }) => entry))
  const streams = [subject, ...known].map((one) => ({ subject: one, head: null, entries: entries.filter(({ entry }) => entry.subject === one) }))
  return { founding: genesis.success ? { network, registrar: genesis.data.record.registrar, organisations: [] } : null, streams }
}

function partiesIn(entries: readonly LogEntry[]): readonly LogEntry['subject'][] {
  return [...new Set(entries.map(({ subject }) => subject))].filter((subject) => subject.startsWith('p'))
}

/** A SubjectPublicKeyInfo in base64, or null. */
export function keyIn(serviceKey: string): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.from(serviceKey, 'base64'), format: 'der', type: 'spki' })
  } catch {
    return null
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
