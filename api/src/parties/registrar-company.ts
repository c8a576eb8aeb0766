import { randomBytes } from 'node:crypto'
import type { Ports } from '../ports.ts'
import { sealText } from '../vault/cipher.ts'
import { newCompanyId } from './ids.ts'
import { isDuplicate, type CompanyRecord, type PartyStore } from './store.ts'

/**
 * The registrar has people too: two of them bind new keys to a company that lost all of its own. Its company stands for the party that
 * founded the ledger, so it is written here only and never registered. With the demo off the operator's administrator invites its people.
 */
export async function takeInRegistrar({ ledger, vault, clock }: Pick<Ports, 'ledger' | 'vault' | 'clock'>, store: PartyStore): Promise<CompanyRecord> {
  const known = await store.companies.findOne({ partyId: ledger.registrar }).lean<CompanyRecord>()
  if (known !== null) return known
  const id = newCompanyId()
  const key = await vault.keyFor(`company:${id}`)
  if (key === null) throw new Error('a new company has a data key')
  const company: CompanyRecord = {
    _id: id, partyId: ledger.registrar, name: '登记机构', nameEn: 'Registrar', creditCode: null, lei: null, vat: null, country: 'CN', address: null, contact: null, roles: ['operator'],
    sealedSalt: sealText(randomBytes(16).toString('hex'), { key, about: id }), registered: true, createdAt: clock(),
  }
  try {
    await store.companies.create(company)
    return company
  } catch (error) {
    // Another process was faster.
    if (!isDuplicate(error)) throw error
    return store.companies.findOne({ partyId: ledger.registrar }).orFail().lean<CompanyRecord>()
  }
}
