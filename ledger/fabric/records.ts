import { z } from 'zod'
import type { LogEntry, Subject } from '../domain/index.ts'
import type { LedgerRecord } from '../port.ts'
import type { ParsedBlock, ParsedTransaction } from './blocks.ts'
import type { Head } from './contract.ts'

/** What this side keeps of a block: what its transactions recorded, and what became of each. */
export interface BlockNews {
  readonly number: number
  readonly outcomes: readonly TransactionOutcome[]
  readonly records: readonly LedgerRecord[]
}

/** A block as it comes, with the heads that were written, in order: too much to be kept for every follower. */
export interface FreshBlock extends BlockNews {
  readonly heads: readonly { readonly subject: Subject; readonly head: Head }[]
}

export interface TransactionOutcome {
  readonly txId: string
  /** Validation code; 0 is valid. */
  readonly code: number
  readonly block: number
  readonly records: readonly LedgerRecord[]
}

type ReadTransaction = Pick<ParsedTransaction, 'txId' | 'code' | 'writes'>

/** Of an envelope that was sent twice the second copy has this code; it says nothing about the first. */
export const duplicateTxId = 9

const places = 2 ** 10, perBlock = places * 2 ** 10

/** Position = block × 2²⁰ + place in the block × 2¹⁰ + n-th record of the transaction. */
export function positionOf({ block, place, nth }: { readonly block: number; readonly place: number; readonly nth: number }): number {
  return block * perBlock + place * places + nth
}

/** The block a position lies in. */
export function blockOf(position: number): number {
  return Math.floor(position / perBlock)
}

/** The last position that lies before a block, for whoever has seen all before it. */
export function positionBefore(block: number): number {
  return Math.max(block * perBlock - 1, 0)
}

const RecordValue = z.object({ records: z.array(z.object({ commandId: z.string(), entries: z.array(z.object({ subject: z.string(), seq: z.int(), hash: z.string() }).loose()) })), recordedAt: z.string() })
/** Title or party are the chaincode's own writing, checked where they were decided. */
const HeadValue = z.object({ stream: z.array(z.unknown()), endorsers: z.array(z.string()).optional() }).loose()

/** @throws Error when a valid transaction of the chaincode has a record that is none: then this software and the chaincode differ */
export function newsOf(block: Pick<ParsedBlock, 'number'> & { readonly transactions: readonly ReadTransaction[] }, chaincode: string): FreshBlock {
  const outcomes = block.transactions.map((transaction, place) => ({
    txId: transaction.txId, code: transaction.code, block: block.number, records: transaction.code === 0 ? recordsOf(transaction, { block: block.number, place, chaincode }) : [],
  }))
  const valid = block.transactions.filter(({ code }) => code === 0)
  const heads = valid.flatMap(({ writes }) => writes.flatMap(({ namespace, key, value }) => {
    const subject = namespace === chaincode ? (attributeOf('bill', key) ?? attributeOf('party', key)) : null
    if (subject === null || value.length === 0) return []
    return [{ subject: subject as Subject, head: HeadValue.parse(jsonOf(value)) as unknown as Head }]
  }))
  return { number: block.number, outcomes, records: outcomes.flatMap(({ records }) => records), heads }
}

function recordsOf({ txId, writes }: ReadTransaction, { block, place, chaincode }: { block: number; place: number; chaincode: string }): readonly LedgerRecord[] {
  const written = writes.find(({ namespace, key }) => namespace === chaincode && attributeOf('record', key) === txId)
  if (!written) return []
  const { records, recordedAt } = RecordValue.parse(jsonOf(written.value)) as unknown as { records: readonly { commandId: LedgerRecord['commandId']; entries: readonly LogEntry[] }[]; recordedAt: LedgerRecord['recordedAt'] }
  return records.map(({ commandId, entries }, nth) => ({ position: positionOf({ block, place, nth }), commandId, entries, recordedAt }))
}

/** The one attribute of a composite key of this kind (U+0000 kind U+0000 attribute U+0000), or null. */
function attributeOf(kind: string, key: string): string | null {
  const [before, found, attribute, after, ...more] = key.split('\u0000')
  return before === '' && found === kind && after === '' && more.length === 0 ? (attribute ?? null) : null
}

function jsonOf(value: Uint8Array): unknown {
  return JSON.parse(Buffer.from(value).toString('utf8'))
}
