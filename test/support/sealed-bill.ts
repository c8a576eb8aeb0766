import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canonicalJson, type BillDocument } from '@yidan/ledger'
import type { BillPrint } from '../../api/src/documents/index.ts'
import { SealAuthority } from '../../api/src/documents/index.ts'

/** A seal authority in a folder that goes away with `close`. */
export async function aSealAuthority(): Promise<{ authority: SealAuthority; directory: string; close(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'yidan-seal-'))
  const authority = await SealAuthority.open({ directory })
  return { authority, directory, close: () => rm(directory, { recursive: true, force: true }) }
}

export const issuedAt = '2026-11-24T04:12:30.000Z'

export function hashOf(document: BillDocument): string {
  return createHash('sha256').update(canonicalJson(document)).digest('hex')
}

/** What is printed at the issue of a document. */
export async function sealedPrint(authority: SealAuthority, document: BillDocument, changes: Partial<BillPrint> = {}): Promise<BillPrint & { issuance: NonNullable<BillPrint['issuance']> }> {
  const docHash = hashOf(document)
  const signatories = ['王建国 Wang Jianguo', '李敏 Li Min']
  const network = 'yidan-test'
  const publicUrl = changes.publicUrl ?? 'https://bills.example.cn'
  const sealed = await authority.seal({ document, docHash, issuedAt, network, signatories })
  const address = await authority.address({ carrier: document.carrier, network, publicUrl, statement: { billNumber: document.billNumber, state: 'AS_ISSUED', seq: 0, at: issuedAt, hashStart: docHash.slice(0, 32) } })
  return { document, mark: 'ORIGINAL', publicUrl, ...changes, issuance: { network, docHash, issuedAt, signatories, ...sealed, address } }
}
