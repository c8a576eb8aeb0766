import { canonicalJson, type BillId, type Hash, type PartyId } from '@yidan/ledger'
import { randomBytes } from 'node:crypto'
import { openText, sealText } from './sealed-text.ts'
import { sha256Of, type BillDesk } from './desk.ts'

/** A secret that the ledger knows by a salted hash only: pledge terms and registry filings. Encrypted at rest. */
export interface CommitmentRecord {
  readonly _id: Hash
  readonly billId: BillId
  readonly kind: 'terms' | 'filing'
  readonly by: PartyId
  readonly sealed: string
  readonly at: Date
}

type Opened = Readonly<Record<string, unknown>>

/** Keeps the content and gives the hash over salt and content that is signed. */
export async function commit({ ports, store }: BillDesk, { billId, kind, by, content }: { billId: BillId; kind: CommitmentRecord['kind']; by: PartyId; content: Opened }): Promise<Hash> {
  const text = canonicalJson({ schema: `yidan.${kind}/1`, billId, salt: randomBytes(16).toString('hex'), content })
  const hash = sha256Of(text) as Hash
  const record: CommitmentRecord = { _id: hash, billId, kind, by, sealed: sealText(text, { key: ports.settings.secretKey, about: hash }), at: ports.clock() }
  await store.commitments.replaceOne({ _id: hash }, record, { upsert: true, writeConcern: { w: 'majority' } })
  return hash
}

export async function commitmentIsKnown({ store }: BillDesk, { billId, hash, kind }: { billId: BillId; hash: Hash; kind: CommitmentRecord['kind'] }): Promise<boolean> {
  return (await store.commitments.findOne({ _id: hash, billId, kind })) !== null
}

/** The content behind a hash, or null when it was never kept here or cannot be opened with the platform's key. */
export async function openCommitment({ ports, store }: BillDesk, hash: Hash): Promise<Opened | null> {
  const record = await store.commitments.findOne({ _id: hash })
  if (record === null) return null
  try {
    const text = openText(record.sealed, { key: ports.settings.secretKey, about: hash })
    return sha256Of(text) === hash ? (JSON.parse(text) as { content: Opened }).content : null
  } catch (error) {
    ports.log.error({ err: error, hash }, 'a commitment cannot be opened: is SECRET_KEY another one?')
    return null
  }
}
