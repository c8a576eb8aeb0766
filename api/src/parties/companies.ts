import { randomBytes } from 'node:crypto'
import type { CompanyId, CompanyInput, CompanyRole } from '@yidan/api/contract'
import type { QueryFilter } from 'mongoose'
import { faultOf } from '../http/faults.ts'
import type { Language } from '../http/handlers.ts'
import { literally } from '../http/literal.ts'
import { Problem } from '../http/problem.ts'
import type { Ports } from '../ports.ts'
import { openText, sealText } from '../vault/cipher.ts'
import { newCompanyId, newPartyId } from './ids.ts'
import { identityHash, registerOnLedger } from './registrar.ts'
import { isDuplicate, type CompanyRecord, type PartyStore } from './store.ts'

type CompanyPorts = Pick<Ports, 'ledger' | 'registrar' | 'vault' | 'clock'>

/**
 * Takes a company in: written here first, so that its identifiers are its alone, then registered on the ledger. Cut short in between, the
 * next try with the same identifier, or the next start, finishes it.
 * @throws Problem `company-exists`
 */
export async function createCompany({ ports, store, input }: { ports: CompanyPorts; store: PartyStore; input: Omit<CompanyInput, 'creditCode' | 'lei' | 'vat'> & Partial<Pick<CompanyInput, 'creditCode' | 'lei' | 'vat'>> }): Promise<CompanyRecord> {
  const identifiers = { creditCode: input.creditCode ?? null, lei: input.lei ?? null, vat: input.vat ?? null }
  const id = newCompanyId()
  const company: CompanyRecord = {
    _id: id, partyId: newPartyId(), name: input.name, nameEn: input.nameEn ?? null, ...identifiers, country: input.country, address: input.address || null, contact: input.contact || null,
    roles: [...new Set(input.roles)], sealedSalt: sealText(randomBytes(16).toString('hex'), { key: await saltKey(ports, id), about: id }), registered: false, createdAt: ports.clock(),
  }
  try {
    await store.companies.create(company)
  } catch (error) {
    if (!isDuplicate(error)) throw error
    const unfinished = await store.companies.findOne({ registered: false, ...identifiers, name: company.name }).lean<CompanyRecord>()
    if (unfinished === null) throw new Problem('company-exists')
    return finishRegistration({ ports, store, company: unfinished })
  }
  return finishRegistration({ ports, store, company })
}

/** Registers what was written here and is not on the ledger yet. */
async function finishRegistration({ ports, store, company }: { ports: CompanyPorts; store: PartyStore; company: CompanyRecord }): Promise<CompanyRecord> {
  await registerOnLedger(ports, { partyId: company.partyId, roles: company.roles, identityHash: await commitmentOf(ports, company) })
  await store.companies.updateOne({ _id: company._id }, { registered: true })
  return { ...company, registered: true }
}

/** At start: companies whose registration was cut short. */
export async function finishAllRegistrations(ports: CompanyPorts, store: PartyStore): Promise<void> {
  for (const company of await store.companies.find({ registered: false }).lean<CompanyRecord[]>()) await finishRegistration({ ports, store, company })
}

/** Roles stand on the ledger too: they change there first. */
export async function editCompany({ ports, store, company, changes }: { ports: CompanyPorts; store: PartyStore; company: CompanyRecord; changes: { nameEn?: string | undefined; address?: string | undefined; contact?: string | undefined; roles?: CompanyRecord['roles'] | undefined } }): Promise<CompanyRecord> {
  const { nameEn, address, contact, roles } = changes
  // The registrar is the founder: on the ledger it is nothing else, and nobody registers it again.
  if (roles !== undefined && company.partyId === ports.ledger.registrar) throw new Problem('forbidden')
  if (roles !== undefined) await registerOnLedger(ports, { partyId: company.partyId, roles: [...new Set(roles)], identityHash: await commitmentOf(ports, company) })
  const update = {
    ...(nameEn === undefined ? {} : { nameEn: nameEn || null }), ...(address === undefined ? {} : { address: address || null }), ...(contact === undefined ? {} : { contact: contact || null }),
    ...(roles === undefined ? {} : { roles: [...new Set(roles)] }),
  }
  return store.companies.findByIdAndUpdate(company._id, { $set: update }, { returnDocument: 'after' }).orFail().lean<CompanyRecord>()
}

/** @throws Problem `not-found` */
export async function companyById(store: PartyStore, companyId: CompanyId): Promise<CompanyRecord> {
  const company = await store.companies.findOne({ _id: companyId, registered: true }).lean<CompanyRecord>()
  if (company === null) throw new Problem('not-found')
  return company
}

/** By name, in pages. The cursor is the last name and id of the page before. */
export async function listCompanies({ store, language, q, role, cursor, limit }: { store: PartyStore; language: Language; q?: string | undefined; role?: string | undefined; cursor?: string | undefined; limit: number }): Promise<{ records: CompanyRecord[]; next: string | null; total: number }> {
  const text = q === undefined || q.trim() === '' ? null : new RegExp(literally(q.trim()), 'i')
  const wanted: QueryFilter<CompanyRecord> = {
    registered: true, ...(role === undefined ? {} : { roles: { $in: [role as CompanyRole] } }), ...(text === null ? {} : { $or: [{ name: text }, { nameEn: text }, { creditCode: text }, { lei: text }, { vat: text }] }),
  }
  const after = cursor === undefined ? null : cursorOf(cursor, language)
  const [found, total] = await Promise.all([
    store.companies.find(after === null ? wanted : { $and: [wanted, { $or: [{ name: { $gt: after.name } }, { name: after.name, _id: { $gt: after.id } }] }] }).sort({ name: 1, _id: 1 }).limit(limit + 1).lean<CompanyRecord[]>(),
    store.companies.countDocuments(wanted),
  ])
  const records = found.slice(0, limit)
  const last = records.at(-1)
  return { records, next: found.length > limit && last ? Buffer.from(JSON.stringify([last.name, last._id])).toString('base64url') : null, total }
}

function cursorOf(cursor: string, language: Language): { name: string; id: CompanyId } {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(read) && typeof read[0] === 'string' && typeof read[1] === 'string') return { name: read[0], id: read[1] as CompanyId }
  } catch {
    // told below
  }
  throw new Problem('invalid-request', {}, [faultOf({ pointer: 'cursor', code: 'wrong-format', language })])
}

/** Without this key nobody can tell any more that the commitment on the ledger is the company's. */
async function saltKey({ vault }: CompanyPorts, companyId: CompanyId): Promise<Buffer> {
  const key = await vault.keyFor(`company:${companyId}`)
  if (key === null) throw new Error(`the identity of ${companyId} was erased`)
  return key
}

async function commitmentOf(ports: CompanyPorts, company: CompanyRecord): Promise<ReturnType<typeof identityHash>> {
  return identityHash(openIdentity(company, await saltKey(ports, company._id)))
}

/** What the company's commitment on the ledger is made of. */
export function openIdentity({ _id, sealedSalt, creditCode, lei, vat }: CompanyRecord, key: Uint8Array): Parameters<typeof identityHash>[0] {
  const salt = openText(sealedSalt, { key, about: _id })
  // Only the company that runs this system comes without an identifier: see first-operator.ts.
  const [kind, identifier] = creditCode !== null ? (['creditCode', creditCode] as const) : lei !== null ? (['lei', lei] as const) : (['vat', vat ?? ''] as const)
  return { salt, kind, identifier }
}
