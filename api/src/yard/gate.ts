import { releaseText, type ContainerNumber, type PartyId, type Title } from '@yidan/ledger'
import { sha256Hex } from '@yidan/ledger/signing'
import type { GateVerdict as GateVerdictSchema } from '@yidan/api/contract'
import type { z } from 'zod'
import type { Caller } from '../access/caller.ts'
import { companyOf } from '../access/caller.ts'
import type { Language } from '../http/handlers.ts'
import type { Directory } from '../parties/directory.ts'
import type { Ports } from '../ports.ts'
import type { Box, TrackedBill, TrackingReader } from '../tracking/view.ts'
import { worded, type Reason } from './reasons.ts'
import { nextMove, reasonsToHold, type BoxAtGate } from './rules.ts'
import { readScan } from './scanned.ts'

export type GateVerdict = z.infer<typeof GateVerdictSchema>

export interface Gate {
  readonly ports: Pick<Ports, 'ledger' | 'clock'>
  readonly reader: TrackingReader
  readonly directory: Directory
  readonly caller: Caller
  readonly language: Language
}

/** RELEASE or HOLD for whatever was scanned or typed. The word comes from the ledger's own title, never from a view of it. */
export async function checkAtGate(gate: Gate, { code, container: chosen }: { code: string; container?: string | undefined }): Promise<GateVerdict> {
  const scanned = readScan(code)
  if (scanned.kind === 'nothing') return held(gate, [scanned.reason])
  const named = chosen === undefined ? null : readScan(chosen)
  if (named !== null && named.kind !== 'container') return held(gate, [named.kind === 'nothing' ? named.reason : { why: 'unreadable' }])
  if (scanned.kind === 'bill') return checkBill(gate, scanned, named?.container ?? null)
  if (scanned.kind === 'container') return checkBox(gate, scanned.container, null)
  return named === null ? held(gate, [{ why: 'code-without-box' }]) : checkBox(gate, named.container, scanned.code)
}

export async function checkBox(gate: Gate, container: ContainerNumber, code: string | null): Promise<GateVerdict> {
  const box = await gate.reader.box(container)
  const bill = box?.billId ? await gate.reader.bill(box.billId) : null
  const title = bill === null ? null : await gate.ports.ledger.read(bill._id)
  const shown = code === null || bill === null ? null : { hash: await sha256Hex(releaseText(bill._id, container, code)) }
  return verdictOn(gate, { at: atGate(container, box, bill, title), bill, reasons: reasonsToHold(atGate(container, box, bill, title), shown, gate.ports.clock()) })
}

async function checkBill(gate: Gate, { billNumber, hashStart }: { billNumber: string; hashStart: string | null }, chosen: ContainerNumber | null): Promise<GateVerdict> {
  const { reader, ports } = gate
  const bill = await reader.billByNumber(billNumber)
  if (bill === null) return held(gate, [{ why: 'unknown-bill' }])
  const title = await ports.ledger.read(bill._id)
  const docHash = title?.docHash ?? bill.docHash
  // The whole start of the hash that the QR carries must fit; an empty one is no proof.
  if (hashStart !== null && (hashStart.length < 16 || !docHash?.startsWith(hashStart))) return { ...(await held(gate, [{ why: 'forged' }])), billNumber }
  if (chosen !== null && !bill.containers.includes(chosen)) return { ...(await held(gate, [{ why: 'not-on-bill' }])), billNumber, container: chosen }
  const speaking = new Map((await reader.boxesOf(bill)).map((box) => [box._id, box]))
  const all = (bill.containers as readonly ContainerNumber[]).map((container) => {
    const at = atGate(container, speaking.get(container) ?? null, bill, title)
    return { at, reasons: reasonsToHold(at, null, ports.clock()) }
  })
  const boxes = all.map(({ at, reasons }) => ({ container: at.container, word: wordFor(reasons), gatedIn: !at.neverIn, delivered: title?.cargo[at.container]?.name === 'DELIVERED' }))
  const one = all.find(({ at }) => at.container === (chosen ?? (all.length === 1 ? at.container : null)))
  if (one) return { ...(await verdictOn(gate, { ...one, bill })), boxes }
  const open = all.filter(({ at }) => title?.cargo[at.container]?.name !== 'DELIVERED')
  const reasons = distinct((open.length > 0 ? open : all).flatMap((each) => each.reasons))
  return { ...(await held(gate, reasons)), word: wordFor(reasons), billNumber, boxes }
}

function atGate(container: ContainerNumber, box: Box | null, bill: TrackedBill | null, title: Title | null): BoxAtGate {
  const state = box?.state ?? null
  return {
    container, title, known: bill !== null, customsHold: state?.customsHold ?? false, sealMismatch: state?.sealMismatch ?? false, sealsFound: state?.seals ?? [],
    inYard: state?.movement === 'GATED_IN', neverIn: state === null || state.movement === 'EXPECTED',
  }
}

async function verdictOn(gate: Gate, { at, bill, reasons }: { at: BoxAtGate; bill: TrackedBill | null; reasons: readonly Reason[] }): Promise<GateVerdict> {
  const { ports, caller } = gate
  const { title, container } = at
  const word = wordFor(reasons)
  const box = bill?.boxes.find(({ number }) => number === container)
  const mayDeliver = title !== null && word === 'RELEASE' && delivers(caller, title)
  return {
    word, reasons: await wordsOf(gate, reasons), container, billNumber: bill?.billNumber ?? null, sizeType: box?.sizeType ?? null, seals: [...(box?.seals ?? [])], asOf: ports.clock().toISOString(),
    next: nextMove(at, word === 'HOLD'), deliver: mayDeliver ? { subject: title.billId, head: { seq: title.seq, hash: title.headHash }, network: ports.ledger.network } : null, boxes: [],
  }
}

/** The ledger lets terminals and the bill's own carrier deliver. */
function delivers(caller: Caller, title: Title): boolean {
  const company = companyOf(caller)
  return company !== null && (company.roles.includes('terminal') || company.partyId === title.carrier)
}

async function held(gate: Gate, reasons: readonly Reason[]): Promise<GateVerdict> {
  const { ports } = gate
  return { word: 'HOLD', reasons: await wordsOf(gate, reasons), container: null, billNumber: null, sizeType: null, seals: [], asOf: ports.clock().toISOString(), next: 'none', deliver: null, boxes: [] }
}

/** In the caller's language, parties by their names. */
async function wordsOf({ directory, language }: Gate, reasons: readonly Reason[]): Promise<GateVerdict['reasons']> {
  const named = await Promise.all(reasons.map(async (reason): Promise<Reason> => {
    const by = reason.values?.['by']
    if (by === undefined) return reason
    const company = await directory.byParty(by as PartyId)
    return { ...reason, values: { ...reason.values, by: (language === 'en' ? company?.nameEn : null) ?? company?.name ?? by } }
  }))
  return named.map((reason) => worded(reason, language))
}

function wordFor(reasons: readonly Reason[]): GateVerdict['word'] {
  return reasons.length === 0 ? 'RELEASE' : 'HOLD'
}

function distinct(reasons: readonly Reason[]): Reason[] {
  return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()]
}
