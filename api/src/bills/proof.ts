import type { BillProof } from '@yidan/api/contract'
import type { LogEntry, PartyId } from '@yidan/ledger'
import { embeddedProofOf, type TitleProof } from '@yidan/ledger/proof'
import { Problem } from '../http/problem.ts'
import { partiesNamedIn, type BillDesk } from './desk.ts'
import type { OpenedBill } from './view.ts'

/**
 * The evidence of a bill's title, for whoever may read its chain: with it and the ledger keepers' roots a stranger needs us no more.
 * @throws Problem `not-found` while nothing of the bill is on the ledger
 */
export async function proofOfBill(desk: BillDesk, { record }: OpenedBill): Promise<BillProof> {
  const { ledger, clock } = desk.ports
  const proof = await takenFrom(desk, record._id, record.title.seq)
  if (proof === null) throw new Problem('not-found')
  const entries = await ledger.history(record._id)
  return {
    schema: 'yidan.proof/1', billNumber: record.billNumber, billId: record._id, docHash: record.title.docHash, madeAt: clock().toISOString(), ledger: { ...proof },
    // Of an erased bill the ids are left, as on the ledger.
    names: record.erased ? [] : [...(await desk.directory.openings(await partiesOf(desk, entries)))],
  }
}

async function takenFrom({ ports: { ledger } }: BillDesk, billId: OpenedBill['record']['_id'], seq: number): Promise<TitleProof | null> {
  if (ledger.kind === 'embedded') return embeddedProofOf(ledger, billId)
  const proof = await ledger.proof(billId, seq)
  return proof?.kind === 'fabric' ? proof : null
}

/** Those whom the chain of title names: who acted, who signed along, who got something. */
async function partiesOf({ ports: { ledger } }: BillDesk, entries: readonly LogEntry[]): Promise<readonly PartyId[]> {
  const named = partiesNamedIn(entries.map(({ signed, events }) => [signed.command.party, events]))
  const keys = await Promise.all([...new Set(entries.flatMap(({ signed }) => signed.signatures.map(({ keyId }) => keyId)))].map((keyId) => ledger.key(keyId)))
  return [...new Set([...named, ...keys.flatMap((key) => key?.partyId ?? [])])]
}
