import type { SearchHit } from '@yidan/api/contract'
import { checkContainerNumber } from '@yidan/ledger'
import type { z } from 'zod'
import { may } from '../access/abilities.ts'
import type { Caller } from '../access/caller.ts'
import { literally } from '../http/literal.ts'
import { ownCompany, type BillDesk } from './desk.ts'
import { draftsOf } from './draft-list.ts'
import { matching, visibleTo } from './list.ts'
import { plainNumber } from './rules/typed.ts'
import type { DraftRecord } from './store.ts'

type Hit = z.infer<typeof SearchHit>
const perKind = 10

/** Any number or name: bills, drafts, boxes, trains and vessels, seals, companies; only what the caller may see. */
export async function searchAll(desk: BillDesk, caller: Caller, q: string): Promise<Hit[]> {
  await desk.store.ready()
  const [bills, drafts, companies] = await Promise.all([billHits(desk, caller, q), draftHits(desk, caller, q), companyHits(desk, q)])
  return [...bills, ...drafts, ...companies]
}

async function billHits(desk: BillDesk, caller: Caller, q: string): Promise<Hit[]> {
  const texts = [...new Set([q.trim(), plainNumber(q) ?? '', ...numbersMeant(q)])].filter((text) => text !== '')
  const records = await desk.store.bills.find({ $and: [visibleTo(caller), { $or: await Promise.all(texts.map((text) => matching(desk, text))) }] }).sort({ updatedAt: -1 }).limit(perKind).toArray()
  const starts = texts.map((text) => text.toUpperCase())
  const isMeant = (token: string): boolean => starts.some((start) => token.startsWith(start))
  const hits = records.flatMap(({ billNumber, facts, containers, title, live, erased }): Hit[] => {
    if (billNumber !== null && erased) return [{ kind: 'bill', label: billNumber, path: `/bills/${billNumber}`, detail: title.state.name }]
    if (billNumber === null || facts === null) return []
    const bill: Hit = { kind: 'bill', label: billNumber, path: `/bills/${billNumber}`, detail: `${title.state.name} · ${facts.bookingNumber} · ${facts.from} → ${facts.to}` }
    const boxes = live ? containers.filter(isMeant).map((number): Hit => ({ kind: 'container', label: number, path: `/containers/${number}`, detail: billNumber })) : []
    const sealed = facts.seals.flatMap((seal, index): Hit[] => (isMeant(seal.toUpperCase()) && containers[index] ? [{ kind: 'container', label: containers[index], path: `/containers/${containers[index]}`, detail: `${seal} · ${billNumber}` }] : []))
    const trains = facts.services.filter((service) => isMeant(service.toUpperCase())).map((service): Hit => ({ kind: 'train', label: service, path: `/trains/${encodeURIComponent(service)}`, detail: billNumber }))
    return [bill, ...boxes.slice(0, perKind), ...sealed.slice(0, perKind), ...trains]
  })
  const seen = new Set<string>()
  return hits.filter(({ path }) => !seen.has(path) && seen.add(path))
}

/** A box number with a wrong check digit is looked for by its first ten characters: the digit is what is mistyped most. */
function numbersMeant(q: string): string[] {
  const plain = plainNumber(q) ?? ''
  const check = checkContainerNumber(plain)
  return !check.ok && check.fault === 'check-digit' ? [plain.slice(0, 10)] : []
}

/** Those that are not issued yet: what became of the others are the bills. */
async function draftHits({ store }: BillDesk, caller: Caller, q: string): Promise<Hit[]> {
  if (!may(caller, 'list-drafts')) return []
  const { partyId } = ownCompany(caller)
  const start = { $regex: `^${literally(q.trim())}`, $options: 'i' }
  const drafts = await store.drafts.find({ $and: [draftsOf(partyId, { settled: false }), { $or: [{ tokens: start }, { billNumber: start }] }] }).sort({ updatedAt: -1 }).limit(perKind).toArray()
  return drafts.map((draft: DraftRecord) => ({ kind: 'draft', label: draft.billNumber ?? draft.content.bookingNumber ?? draft._id, path: `/drafts/${draft._id}`, detail: draft.content.bookingNumber ?? '' }))
}

async function companyHits({ directory }: BillDesk, q: string): Promise<Hit[]> {
  const company = await directory.find({ creditCode: q.trim().toUpperCase(), lei: q.trim().toUpperCase(), name: q.trim(), nameEn: q.trim() })
  return company ? [{ kind: 'company', label: company.name, path: `/companies/${company.id}`, detail: company.creditCode ?? company.lei ?? company.vat ?? '' }] : []
}
