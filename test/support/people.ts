import type { CompanyId, PersonRole } from '@yidan/api/contract'
import { randomBytes } from 'node:crypto'
import { cookieOf, type Platform, type SignedIn } from './open-platform.ts'

/** A password that nobody guesses first. */
export const goodPassword = 'trains leave at dawn 47'

/** Signs in with e-mail and password, as a browser does. */
export async function signIn(platform: Platform, credentials: { email: string; password: string }): Promise<{ readonly answer: Response; readonly cookie: string }> {
  const answer = await platform.request('/api/v1/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(credentials) })
  return { answer, cookie: cookieOf(answer) }
}

/** A person of a demo company who came by invitation and has a password. */
export async function aPerson(platform: Platform, by: SignedIn, roles: PersonRole[], companyId: CompanyId = by.session.company.id): Promise<SignedIn & { readonly email: string }> {
  const email = `${randomBytes(5).toString('hex')}@people.example`
  const { link } = await platform.client(by).call('invite', { params: { companyId }, body: { email, roles } })
  const token = link?.split('/').at(-1) ?? ''
  const answer = await platform.request(`/api/v1/invitations/${token}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: `Person ${email.slice(0, 4)}`, password: goodPassword }) })
  if (!answer.ok) throw new Error(await answer.text())
  return { session: (await answer.json()) as SignedIn['session'], cookie: cookieOf(answer), email }
}
