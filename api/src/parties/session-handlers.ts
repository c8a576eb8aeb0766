import type { SessionView } from '@yidan/api/contract'
import { abilitiesOf } from '../access/abilities.ts'
import type { Caller } from '../access/caller.ts'
import type { HandlersFor } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import type { Ports } from '../ports.ts'
import { apiKeyOf, personIn } from './callers.ts'
import { companyById } from './companies.ts'
import type { Parties } from './open.ts'
import { acceptInvitation, changePassword, openInvitation } from './people.ts'
import { waysToSignIn } from './sign-in/ways.ts'
import type { CompanyRecord, PersonRecord } from './store.ts'
import { companyView, personView } from './view.ts'

type Names = 'signIn' | 'demoAccounts' | 'signInDemo' | 'session' | 'signOut' | 'changePassword' | 'sessions' | 'revokeSession' | 'invitation' | 'acceptInvitation'

/** Signing in and out, one's own sessions and password, and the invitation that makes one a person here. `beforeSignOut`: somebody is about to sign out, of their own will. */
export function sessionHandlers(ports: Ports, { store, sessions, lockOut }: Parties, { beforeSignOut }: { readonly beforeSignOut: (sessionId: string) => Promise<void> }): HandlersFor<Names> {
  const { ledger, clock, settings } = ports

  return {
    async signIn(call) {
      call.concerns(call.body.email.toLowerCase(), await companiesOfEmail(call.body.email))
      return opened(await waysToSignIn.password.prove({ proof: call.body, store, lockOut, settings }), call)
    },
    async signInDemo(call) {
      call.concerns(call.body.account)
      return opened(await waysToSignIn.demo.prove({ proof: call.body, store, lockOut, settings }), call)
    },
    async demoAccounts() {
      return { enabled: settings.demo, accounts: settings.demo ? await demoAccounts() : [] }
    },
    session: (call) => sessionView(call.caller),
    async signOut(call) {
      const { person, sessionId } = personIn(call.caller)
      await beforeSignOut(sessionId)
      await sessions.end(person.id, sessionId)
      call.setSession(null)
      return undefined
    },
    async changePassword(call) {
      const { person, sessionId } = personIn(call.caller)
      await changePassword({ store, sessions, personId: person.id, sessionId, ...call.body, language: call.language })
      return undefined
    },
    async sessions(call) {
      return { items: await sessions.list(personIn(call.caller)) }
    },
    async revokeSession(call) {
      const { person, sessionId } = personIn(call.caller)
      await sessions.end(person.id, call.params.sessionId)
      if (call.params.sessionId === sessionId) call.setSession(null)
      return undefined
    },
    async invitation(call) {
      const { companyId, email, roles } = await openInvitation(store, call.params.token, clock())
      const company = await companyById(store, companyId)
      return { company: company.name, email, roles: [...roles] }
    },
    async acceptInvitation(call) {
      const person = await acceptInvitation({ ports, store, token: call.params.token, ...call.body, language: call.language })
      call.concerns(person.email, [person.companyId])
      return opened(person, call)
    },
  }

  async function opened(person: PersonRecord, call: { address: string; userAgent: string; setSession: (token: string | null, expiresAt?: Date) => void }): Promise<SessionView> {
    const { token, session } = await sessions.open(person, call)
    call.setSession(token, session.expiresAt)
    const caller = await sessions.bySession(token, call)
    if (caller === null) throw new Problem('bad-credentials')
    return sessionView(caller)
  }

  /** A system sees itself as its maker's tag, without a role: its abilities say what it may do. */
  async function sessionView(caller: Caller): Promise<SessionView> {
    if (caller.kind === 'anonymous') throw new Problem('not-signed-in')
    const company = await companyView(await companyById(store, caller.company.id), ledger)
    const shared = { company, abilities: abilitiesOf(caller), demo: settings.demo }
    if (caller.kind === 'person') {
      const person = await store.people.findOne({ _id: caller.person.id })
      if (person === null) throw new Problem('not-signed-in')
      return { ...shared, person: personView(person), expiresAt: (await sessions.expiresAt(caller.sessionId)).toISOString() }
    }
    const key = await apiKeyOf(store, caller)
    const person = { id: key.madeBy, companyId: company.id, name: key.label, email: '', roles: [], person: key.tag, disabled: false, lastSeenAt: key.lastUsedAt?.toISOString() ?? null, createdAt: key.createdAt.toISOString() }
    return { ...shared, person, expiresAt: key.expiresAt.toISOString() }
  }

  /** Failed sign-ins concern the company whose person was meant. */
  async function companiesOfEmail(email: string): Promise<string[]> {
    const person = await store.people.findOne({ emailToken: await store.emailToken(email) }, { projection: { companyId: 1 } })
    return person === null ? [] : [person.companyId]
  }

  async function demoAccounts() {
    const people = await store.people.find({ demoAccount: { $type: 'string' }, disabled: false }).sort({ createdAt: 1, _id: 1 }).toArray()
    const companies = await store.companies.find({ _id: { $in: people.map(({ companyId }) => companyId) } }).lean<CompanyRecord[]>()
    const companyById = new Map(companies.map((company) => [company._id, company]))
    return people.flatMap(({ demoAccount, name, roles, companyId }) => {
      const company = companyById.get(companyId)
      return company && demoAccount !== null ? [{ account: demoAccount, name, company: company.name, companyEn: company.nameEn ?? company.name, roles: [...roles], companyRoles: [...company.roles] }] : []
    })
  }
}
