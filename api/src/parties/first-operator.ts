import type { Ports } from '../ports.ts'
import { createCompany } from './companies.ts'
import { invite } from './people.ts'
import type { CompanyRecord, PartyStore } from './store.ts'

/**
 * With the demo off nobody could come in: companies are taken in by the operator, and people by invitation. So the first start makes the
 * operator's company and sends an invitation for its administrator, as mail: whoever can read the mail runs this system. It is sent
 * again at a later start while nobody has accepted it.
 */
export async function inviteFirstOperator(ports: Ports, store: PartyStore): Promise<void> {
  if (ports.settings.demo || (await store.people.countDocuments({ demoAccount: null }, { limit: 1 })) > 0) return
  const company = (await store.companies.findOne({ registered: true, partyId: { $ne: ports.ledger.registrar }, creditCode: null, lei: null, vat: null, roles: 'operator' }).lean<CompanyRecord>()) ?? (await createCompany({ ports, store, input: firstCompany }))
  const waiting = await store.invitations.findOne({ companyId: company._id, acceptedAt: null, expiresAt: { $gt: ports.clock() } })
  if (waiting !== null) return
  const email = `operator@${mailDomainOf(ports.settings.publicUrl)}`
  await invite({ ports, store, company, email, roles: ['administrator', 'clerk'], invitedBy: 'Yidan' })
  ports.log.warn({ email }, 'nobody can sign in yet: the invitation of the first administrator was sent as mail')
}

const firstCompany = { name: '平台运营方', nameEn: 'Platform operator', country: 'CN', roles: ['operator' as const] }

/** Signing in asks for an address with a real domain. */
function mailDomainOf(publicUrl: string): string {
  const { hostname } = new URL(publicUrl)
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$/i.test(hostname) ? hostname : 'yidan.example'
}
