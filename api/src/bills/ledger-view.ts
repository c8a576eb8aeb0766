import { readsOf, type BillId, type ContainerNumber, type Hash, type KeyId, type LedgerView, type ParsedCommand, type Party, type PartyId, type Reads, type SigningKey, type Title } from '@yidan/ledger'
import type { Nearby } from '@yidan/ledger/port'
import { sha256Of, type BillDesk } from './desk.ts'

/**
 * What the rules may look up for one command, loaded beforehand: for the dry run that says what the ledger would say. Whose signatures
 * it needs follows from the bill and the parties alone: no `reads` then. Bills, parties and keys are asked of the ledger, or of what is
 * nearby where the ledger decides it anew.
 */
export async function ledgerViewFor({ ports, store }: BillDesk, parsed: ParsedCommand, reads: Reads = readsOf(parsed), asked: Pick<Nearby, 'read' | 'party' | 'key'> = ports.ledger): Promise<LedgerView> {
  const { command, signatures } = parsed.signed
  const bills = [...(command.subject.startsWith('b') ? [command.subject as BillId] : []), ...(reads.bills ?? [])]
  const [titles, keys, live, papers] = await Promise.all([
    Promise.all(bills.map((billId) => asked.read(billId))),
    Promise.all(signatures.map(({ keyId }) => asked.key(keyId))),
    reads.containers?.length ? store.bills.find({ containers: { $in: [...reads.containers] }, live: true }, { projection: { containers: 1 } }).toArray() : [],
    reads.documents?.length ? store.bills.find({ 'title.docHash': { $in: [...reads.documents] }, issuedAt: { $ne: null } }, { projection: { 'title.docHash': 1 } }).toArray() : [],
  ])
  const partyIds = new Set<PartyId>([command.party, ...(reads.parties ?? []), ...titles.flatMap((title) => (title === null ? [] : [title.carrier, title.shipper]))])
  if (command.subject.startsWith('p')) partyIds.add(command.subject as PartyId)
  const parties = await Promise.all([...partyIds].map((partyId) => asked.party(partyId)))
  return viewOver({
    network: ports.ledger.network, registrar: ports.ledger.registrar, organisations: ports.ledger.organisations.map(({ id }) => id),
    titles: titles.filter((title) => title !== null), parties: parties.filter((party) => party !== null), keys: keys.filter((key) => key !== null),
    liveBills: new Map(live.flatMap((record) => record.containers.map((container): [ContainerNumber, BillId] => [container, record._id]))),
    documents: new Map(papers.map((record): [Hash, BillId] => [record.title.docHash, record._id])),
  })
}

export interface Known {
  readonly network: string
  readonly registrar: PartyId
  readonly organisations: readonly string[]
  readonly titles: readonly Title[]
  readonly parties: readonly Party[]
  readonly keys?: readonly SigningKey[]
  readonly liveBills?: ReadonlyMap<ContainerNumber, BillId>
  readonly documents?: ReadonlyMap<Hash, BillId>
}

export function viewOver({ network, registrar, organisations, titles, parties, keys = [], liveBills, documents }: Known): LedgerView {
  const titleById = new Map(titles.map((title) => [title.billId, title]))
  const partyById = new Map(parties.map((party) => [party.partyId, party]))
  const keyById = new Map<KeyId, SigningKey>([...parties.flatMap((party) => Object.values(party.keys)), ...keys].map((key) => [key.keyId, key]))
  return {
    network, registrar, organisations,
    bill: (billId) => titleById.get(billId) ?? null,
    party: (partyId) => partyById.get(partyId) ?? null,
    key: (keyId) => keyById.get(keyId) ?? null,
    liveBillOf: (container) => liveBills?.get(container) ?? null,
    billOfDocument: (docHash) => documents?.get(docHash) ?? null,
    sha256: (text) => sha256Of(text) as Hash,
  }
}
