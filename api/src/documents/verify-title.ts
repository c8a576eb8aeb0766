import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import type { BillProof } from '@yidan/api/contract'
import type { BillDocument, PartyId, PartyOnBill } from '@yidan/ledger'
import { checkProof, type ProofReport, type Roots } from '@yidan/ledger/proof'
import { z } from 'zod'
import type { FileVerdict } from './verify-file.ts'

/** A bill's file and the evidence of its title, checked together: nobody is asked. */
export interface TitleVerdict {
  /** genuine: the file is the document the ledger names, and title to it is proven under roots the asker trusts. */
  readonly verdict: 'genuine' | 'not-shown'
  readonly file: FileVerdict
  readonly proof: ProofReport
  /** Whether the proven title is that of the document in the file; null when there is none to compare. */
  readonly sameBill: boolean | null
  readonly names: readonly PartyName[]
}

/** Who a party of the ledger is, and how one knows. */
export interface PartyName {
  readonly partyId: PartyId
  readonly name: string
  /** 统一社会信用代码, LEI or VAT number; null where only the name is known. */
  readonly identifier: string | null
  /**
   * document: the sealed document names it with this ledger id. opened: the commitment on the ledger is to this identifier, and the
   * document or whoever gave the proof adds the name. It says `told` where the name alone was added and nothing of it can be checked.
   */
  readonly from: 'document' | 'opened' | 'told'
}

const Names = z.object({ names: z.array(z.object({ partyId: z.string(), name: z.string().max(400), kind: z.enum(['creditCode', 'lei', 'vat']), identifier: z.string().max(40), salt: z.string().max(100) })).max(1_000) })

/** @param evidence the answer of `GET /bills/{no}/proof`, or the ledger's proof itself */
export function verifyTitle({ file, evidence, roots }: { readonly file: FileVerdict; readonly evidence: unknown; readonly roots: Roots }): TitleVerdict {
  const bundle = typeof evidence === 'object' && evidence !== null && 'ledger' in evidence ? evidence : null
  const proof = checkProof(bundle ? bundle.ledger : evidence, roots)
  const { document, docHash } = file
  const sameBill = document === undefined || docHash === undefined || proof.title === null ? null : proof.title.billId === document.billId && proof.title.docHash === docHash
  // The seal needs no certificate of its own here: the issuer's registered keys signed this very hash on the ledger.
  const isWhole = file.verdict === 'genuine' || file.verdict === 'consistent' || file.verdict === 'unsealed'
  const names = Names.safeParse(bundle)
  return { verdict: isWhole && sameBill === true && proof.verdict === 'proven' ? 'genuine' : 'not-shown', file, proof, sameBill, names: namesOf({ proof, document: sameBill === true ? document : undefined, openings: names.success ? names.data.names : [] }) }
}

function namesOf({ proof, document, openings }: { proof: ProofReport; document: BillDocument | undefined; openings: readonly { partyId: string; name: string; kind: BillProof['names'][number]['kind']; identifier: string; salt: string }[] }): readonly PartyName[] {
  const onBill = document ? partiesOn(document) : []
  return proof.parties.flatMap(({ partyId, identityHash }): PartyName[] => {
    const named = onBill.find((party) => party.partyId === partyId)
    const opening = openings.find((one) => one.partyId === partyId)
    const opens = opening !== undefined && createHash('sha256').update(`${opening.salt}:${opening.kind}:${opening.identifier}`).digest('hex') === identityHash
    if (named) return [{ partyId, name: named.name, identifier: named.creditCode ?? named.lei ?? named.vat ?? (opens ? opening.identifier : null), from: 'document' }]
    if (opening === undefined) return []
    const same = opens ? onBill.find((party) => party[opening.kind] === opening.identifier) : undefined
    return [{ partyId, name: same?.name ?? opening.name, identifier: opens ? opening.identifier : null, from: opens ? 'opened' : 'told' }]
  })
}

function partiesOn({ carrier, shipper, consignee, notifyParties }: BillDocument): readonly PartyOnBill[] {
  const order = 'toOrderOf' in consignee ? (typeof consignee.toOrderOf === 'string' ? [] : [consignee.toOrderOf]) : [consignee]
  return [carrier, shipper, ...order, ...notifyParties]
}

/**
 * Whom the asker trusts, from a folder of PEM files: each certificate file is the root of the organisation it is named after
 * (`BankMSP.pem`), each public key is that of a service which keeps an embedded ledger.
 * @throws Error when the folder cannot be read
 */
export async function readRoots(folder: string): Promise<Roots> {
  const organisations: Record<string, string> = {}, serviceKeys: string[] = []
  for (const name of (await readdir(folder)).filter((file) => extname(file) === '.pem').sort()) {
    const pem = await readFile(join(folder, name), 'utf8')
    if (pem.includes('BEGIN PUBLIC KEY')) serviceKeys.push(pem)
    else organisations[basename(name, '.pem')] = pem
  }
  return { organisations, serviceKeys }
}
