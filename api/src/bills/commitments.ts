import { canonicalJson, contentsText, fixedPartText, Hash, type BillDocument, type BillId, type ContainerNumber, type ContainerOnBill, type PartyId, type SignedCommand, type Title } from '@yidan/ledger'
import type { TitlePaper } from '@yidan/api/contract'
import { randomBytes } from 'node:crypto'
import { Problem } from '../http/problem.ts'
import { openText, sealText } from '../vault/cipher.ts'
import { sha256Of, type BillDesk } from './desk.ts'
import { billKey } from './store.ts'

/** A secret that the ledger knows by a salted hash only: pledge terms, registry filings, what is in the boxes. Encrypted at rest. */
export interface CommitmentRecord {
  readonly _id: Hash
  readonly billId: BillId
  readonly kind: 'terms' | 'filing' | 'contents' | 'fixed' | 'statement' | `paper-${TitlePaper['kind']}`
  readonly by: PartyId
  /** Who besides `by` may read it; absent or null: whoever its kind is for. */
  readonly readers?: readonly PartyId[] | null
  readonly sealed: string
  readonly at: Date
}

type Opened = Readonly<Record<string, unknown>>

/** Keeps the content and gives the hash over salt and content that is signed. */
export async function commit(desk: BillDesk, { billId, kind, by, readers = null, content }: { billId: BillId; kind: CommitmentRecord['kind']; by: PartyId; readers?: readonly PartyId[] | null; content: Opened }): Promise<Hash> {
  const made = sealedRecord(desk, { billId, kind, by, key: await keyOf(desk, billId), text: canonicalJson({ schema: `yidan.${kind}/1`, billId, salt: newSalt(), content }) })
  const record: CommitmentRecord = readers === null ? made : { ...made, readers }
  await desk.store.commitments.replaceOne({ _id: record._id }, record, { upsert: true, writeConcern: { w: 'majority' } })
  return record._id
}

export async function commitmentIsKnown({ store }: BillDesk, { billId, hash, kind }: { billId: BillId; hash: Hash; kind: CommitmentRecord['kind'] }): Promise<boolean> {
  return (await store.commitments.findOne({ _id: hash, billId, kind })) !== null
}

/** What the ledger is told of a document's goods: one commitment for each box, and one to what a switched bill must repeat. */
export interface GoodsCommitments {
  readonly contents: readonly { readonly container: ContainerNumber; readonly contentsHash: Hash }[]
  readonly fixedPartHash: Hash
}

/**
 * Commits to the goods of a document. Where the bill it replaces has the very same contents under a salt that is kept here, its commitment
 * stays as it is, so that the ledger can see that nothing has changed (T-13).
 */
export async function commitGoods(desk: BillDesk, { document, by, replaced = null }: { document: BillDocument; by: PartyId; replaced?: Pick<Title, 'contents' | 'fixedPartHash'> | null }): Promise<GoodsCommitments> {
  const { billId, containers } = document
  const made: CommitmentRecord[] = []
  const key = await keyOf(desk, billId)
  const goods = async (kind: 'contents' | 'fixed', before: Hash | null | undefined, textWith: (salt: string) => string): Promise<Hash> => {
    const salt = before ? await saltBehind(desk, before) : null
    if (before && salt !== null && sha256Of(textWith(salt)) === before) return before
    const record = sealedRecord(desk, { billId, kind, by, key, text: textWith(newSalt()) })
    made.push(record)
    return record._id
  }
  const contents = await Promise.all(containers.map(async (container) => ({ container: container.number, contentsHash: await goods('contents', replaced?.contents[container.number], (salt) => contentsText(container, salt)) })))
  const fixedPartHash = await goods('fixed', replaced?.fixedPartHash, (salt) => fixedPartText(document, salt))
  if (made.length > 0) await desk.store.commitments.bulkWrite(made.map((record) => ({ replaceOne: { filter: { _id: record._id }, replacement: record, upsert: true } })), { ordered: false, writeConcern: { w: 'majority' } })
  return { contents, fixedPartHash }
}

/** Whether the document says of the box what the ledger has a commitment to; null when the salt is not kept here. */
export async function contentsFit(desk: BillDesk, container: ContainerOnBill, contentsHash: Hash): Promise<boolean | null> {
  const salt = await saltBehind(desk, contentsHash)
  return salt === null ? null : sha256Of(contentsText(container, salt)) === contentsHash
}

async function saltBehind(desk: BillDesk, hash: Hash): Promise<string | null> {
  const text = await openedText(desk, hash)
  return text === null ? null : (JSON.parse(text) as { salt: string }).salt
}

function newSalt(): string {
  return randomBytes(16).toString('hex')
}

/** The data key of the bill that the secret is about. @throws Problem `bill-erased` */
async function keyOf({ ports }: BillDesk, billId: BillId): Promise<Buffer> {
  const key = await ports.vault.keyFor(billKey(billId))
  if (key === null) throw new Problem('bill-erased')
  return key
}

function sealedRecord({ ports }: BillDesk, { billId, kind, by, key, text }: { billId: BillId; kind: CommitmentRecord['kind']; by: PartyId; key: Buffer; text: string }): CommitmentRecord {
  const hash = sha256Of(text) as Hash
  return { _id: hash, billId, kind, by, sealed: sealText(text, { key, about: hash }), at: ports.clock() }
}

/** The content behind a hash, or null when it was never kept here, was erased or was changed. */
export async function openCommitment(desk: BillDesk, hash: Hash): Promise<Opened | null> {
  const text = await openedText(desk, hash)
  return text === null ? null : contentOf(text)
}

/** What a salted text says. */
export function contentOf(text: string): Opened {
  return (JSON.parse(text) as { content: Opened }).content
}

/** What a command's hash stands for that the organisation of the pledgee must know: the text of the terms. */
export async function confidentialTexts(desk: BillDesk, { command }: SignedCommand): Promise<readonly string[]> {
  const { success, data } = Hash.safeParse(command.args['termsHash'])
  const text = success ? await openedText(desk, data) : null
  return text === null ? [] : [text]
}

/** The salted text behind a hash, or null as above. */
export async function openedText({ ports, store }: BillDesk, hash: Hash): Promise<string | null> {
  const record = await store.commitments.findOne({ _id: hash })
  const key = record && (await ports.vault.keyFor(billKey(record.billId)))
  if (record === null || key === null) return null
  try {
    const text = openText(record.sealed, { key, about: hash })
    return sha256Of(text) === hash ? text : null
  } catch (error) {
    ports.log.error({ err: error, hash }, 'a commitment cannot be opened: it was changed in the database')
    return null
  }
}
