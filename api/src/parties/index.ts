import type { CommandOutcome, SessionView } from '@yidan/api/contract'
import type { SignedCommand } from '@yidan/ledger'
import type { Signer } from '@yidan/ledger/signing'
import { abilitiesOf, ensure } from '../access/abilities.ts'
import type { AuditLog } from '../access/audit.ts'
import { companyOf, type Caller, type PersonCaller, type SystemCaller } from '../access/caller.ts'
import { csvOf } from '../access/csv.ts'
import type { HandlersFor } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import type { Ports } from '../ports.ts'
import { apiKeysOf, createApiKey, revokeApiKey } from './api-keys.ts'
import { companyById, createCompany, editCompany, listCompanies } from './companies.ts'
import type { Directory } from './directory.ts'
import { keepLossStatement, lossStatement, rebindKeys, reportKeyLoss, reportKeyLossFor, withdrawKeyLossReport } from './key-loss.ts'
import { partyStream, registerKey, revokeKey, type KeyKeeper } from './keys.ts'
import { lockOutOf, type LockOut } from './lock-out.ts'
import { acceptInvitation, changePassword, editPerson, forgetPerson, invite, openInvitation, personOf, withdrawInvitation } from './people.ts'
import { Sessions } from './sessions.ts'
import { waysToSignIn } from './sign-in/ways.ts'
import { openPartyStore, type ApiKeyRecord, type CompanyRecord, type PartyStore, type PersonRecord } from './store.ts'
import { apiKeyView, companyView, directoryOf, invitationView, personView } from './view.ts'

export { Sessions } from './sessions.ts'
export { createCompany, finishAllRegistrations } from './companies.ts'
export { callerBehind } from './makers.ts'
export { inviteFirstOperator } from './first-operator.ts'
export { keyUseProjection } from './key-use.ts'
export { addPerson } from './people.ts'
export { takeInRegistrar } from './registrar-company.ts'
export { isDuplicate } from './store.ts'

/** Companies and people, opened: the parts that others hang on. */
export interface Parties {
  readonly store: PartyStore
  readonly sessions: Sessions
  readonly directory: Directory
  readonly lockOut: LockOut
}

export async function openParties(ports: Ports): Promise<Parties> {
  const store = await openPartyStore(ports)
  return { store, sessions: new Sessions(store, ports), directory: directoryOf(store, ports), lockOut: lockOutOf(store, ports.clock) }
}

/** What key commands and the audit pages need from elsewhere. */
export interface PeopleParts {
  readonly audit: Pick<AuditLog, 'list' | 'all' | 'forget'>
  /** Keeps a command about keys until whoever must sign along has done so. */
  readonly keepForSignature: (given: { readonly signed: SignedCommand; readonly caller: Caller }) => Promise<CommandOutcome>
  /** The key that countersigns for a demo company; null for every other company. */
  readonly demoAdministratorOf: (company: CompanyRecord) => Promise<Signer | null>
  /** Somebody is about to sign out, of their own will. */
  readonly beforeSignOut: (sessionId: string) => Promise<void>
}

type Names =
  | 'signIn' | 'demoAccounts' | 'signInDemo' | 'session' | 'signOut' | 'changePassword' | 'sessions' | 'revokeSession' | 'invitation' | 'acceptInvitation'
  | 'companies' | 'createCompany' | 'company' | 'editCompany' | 'people' | 'invite' | 'withdrawInvitation' | 'editPerson' | 'forgetPerson' | 'apiKeys' | 'createApiKey' | 'revokeApiKey'
  | 'keys' | 'registerKey' | 'revokeKey' | 'keepKeyLossStatement' | 'reportKeyLoss' | 'reportKeyLossFor' | 'rebindKeys' | 'withdrawKeyLossReport' | 'keyLossStatement' | 'audit' | 'exportAudit'

/** Sessions, companies, people, keys and the audit log over HTTP. */
export function peopleHandlers(ports: Ports, { store, sessions, directory, lockOut }: Parties, { audit, keepForSignature, demoAdministratorOf, beforeSignOut }: PeopleParts): HandlersFor<Names> {
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

    async companies(call) {
      const { records, next, total } = await listCompanies({ store, language: call.language, ...call.query })
      return { items: await Promise.all(records.map((company) => companyView(company, ledger))), next, total }
    },
    async createCompany(call) {
      const company = await createCompany({ ports, store, input: call.body })
      call.concerns(company._id, [company._id], 'registerParty')
      return companyView(company, ledger)
    },
    company: async (call) => companyView(await companyById(store, call.params.companyId), ledger),
    async editCompany(call) {
      const company = await concerned(call, 'edit-company')
      // What a company may do at all is for the operator to say, not for the company.
      if (call.body.roles !== undefined && !companyOf(call.caller)?.roles.includes('operator')) throw new Problem('forbidden')
      const edited = await editCompany({ ports, store, company, changes: call.body })
      if (call.body.roles !== undefined) await sessions.tellRevoked({ type: 'company', companyId: company._id })
      return companyView(edited, ledger)
    },
    async people(call) {
      const { _id: companyId } = await concerned(call, 'manage-people')
      const [people, invitations] = await Promise.all([
        store.people.find({ companyId }).sort({ createdAt: 1 }).toArray(),
        store.invitations.find({ companyId, acceptedAt: null }).sort({ createdAt: -1 }).toArray(),
      ])
      return { items: people.map(personView), invitations: invitations.map((invitation) => invitationView(invitation, null)) }
    },
    async invite(call) {
      const company = await concerned(call, 'manage-people')
      if (call.body.roles.includes('administrator')) personIn(call.caller)
      const { invitation, link } = await invite({ ports, store, company, ...call.body, invitedBy: nameOf(call.caller) })
      return invitationView(invitation, link)
    },
    async withdrawInvitation(call) {
      const company = await concerned(call, 'manage-people')
      await withdrawInvitation(store, company._id, call.params.invitationId)
      return undefined
    },
    async editPerson(call) {
      const company = await concerned(call, 'manage-people')
      // A system can take the administrator's role from nobody and give it to nobody.
      if (call.body.roles?.includes('administrator')) personIn(call.caller)
      call.concerns(call.params.personId, [company._id])
      return personView(await editPerson({ store, sessions, companyId: company._id, personId: call.params.personId, ...call.body }))
    },
    async forgetPerson(call) {
      const company = await concerned(call, 'manage-people')
      const person = await personOf(store, company._id, call.params.personId)
      await forgetPerson({ ports, store, sessions, person })
      await audit.forget({ id: person._id, email: person.email })
      return undefined
    },
    async apiKeys(call) {
      const { _id: companyId } = await concerned(call, 'manage-api-keys')
      return { items: (await apiKeysOf(store, companyId)).map((key) => apiKeyView(key, null)) }
    },
    async createApiKey(call) {
      await concerned(call, 'manage-api-keys')
      const { key, secret } = await createApiKey({ store, caller: personIn(call.caller), ...call.body, now: clock(), language: call.language })
      return apiKeyView(key, secret)
    },
    async revokeApiKey(call) {
      const { _id: companyId } = await concerned(call, 'manage-api-keys')
      await revokeApiKey({ store, sessions, companyId, apiKeyId: call.params.apiKeyId, now: clock() })
      return undefined
    },

    keys: async (call) => partyStream({ ports, directory, company: await companyById(store, call.params.companyId) }),
    async registerKey(call) {
      const company = await concerned(call, 'register-key', 'registerKey')
      const keep = (signed: SignedCommand): Promise<CommandOutcome> => keepForSignature({ signed, caller: call.caller })
      const outcome = await registerKey({ ports, company, keeper: await keeperOf(call.caller), signed: call.body, demoAdministrator: await demoAdministratorOf(company), keep, language: call.language })
      return outcome.outcome === 'recorded' ? outcome : { status: 202, json: outcome }
    },
    async revokeKey(call) {
      const company = await concerned(call, 'revoke-key', 'revokeKey')
      const outcome = await revokeKey({ ports, company, keeper: await keeperOf(call.caller), keyId: call.params.keyId, signed: call.body, language: call.language })
      return outcome.outcome === 'recorded' ? outcome : { status: 202, json: outcome }
    },

    async keepKeyLossStatement(call) {
      const company = await concerned(call, 'report-key-loss')
      return { hash: await keepLossStatement({ ports, store, company, by: nameOf(call.caller), text: call.body.text }) }
    },
    async reportKeyLoss(call) {
      const company = await concerned(call, 'report-key-loss', 'reportKeyLoss')
      const outcome = await reportKeyLoss({ ports, store, company, signed: call.body, language: call.language })
      return outcome.outcome === 'recorded' ? outcome : { status: 202, json: outcome }
    },
    async reportKeyLossFor(call) {
      const company = await concerned(call, 'report-key-loss-for', 'reportKeyLoss')
      const outcome = await reportKeyLossFor({ ports, store, company, by: nameOf(call.caller), text: call.body.text })
      return outcome.outcome === 'recorded' ? outcome : { status: 202, json: outcome }
    },
    async rebindKeys(call) {
      const company = await concerned(call, 'approve-key', 'rebindKeys')
      const keep = (signed: SignedCommand): Promise<CommandOutcome> => keepForSignature({ signed, caller: call.caller })
      const outcome = await rebindKeys({ ports, store, company, signer: personIn(call.caller).person.tag, signed: call.body, keep, language: call.language })
      return outcome.outcome === 'recorded' ? outcome : { status: 202, json: outcome }
    },
    async withdrawKeyLossReport(call) {
      const company = await concerned(call, 'approve-key', 'withdrawKeyLossReport')
      const keep = (signed: SignedCommand): Promise<CommandOutcome> => keepForSignature({ signed, caller: call.caller })
      const outcome = await withdrawKeyLossReport({ ports, company, signer: personIn(call.caller).person.tag, signed: call.body, keep, language: call.language })
      return outcome.outcome === 'recorded' ? outcome : { status: 202, json: outcome }
    },
    async keyLossStatement(call) {
      const { companyId, by, text, at } = await lossStatement({ ports, store, hash: call.params.hash })
      call.concerns(call.params.hash, [companyId])
      const { partyId, name, nameEn } = await companyById(store, companyId)
      return { company: { partyId, name, nameEn }, by, text, at: at.toISOString() }
    },

    async audit(call) {
      const company = await companyById(store, call.params.companyId)
      ensure(call.caller, 'read-audit', { type: 'company', companyId: company._id })
      return audit.list(company._id, call.query)
    },
    async exportAudit(call) {
      const company = await concerned(call, 'read-audit')
      const rows = await audit.all(company._id, call.query)
      const heading = call.language === 'zh' ? ['时间 (UTC)', '结果', '代码', '操作', '权限', '对象', '人员', '主体', '来源地址', '请求编号'] : ['Time (UTC)', 'Result', 'Code', 'Action', 'Ability', 'Subject', 'Person', 'Actor', 'Address', 'Request']
      const cells = rows.map((row) => [row.at, row.result, row.code, row.action, row.ability, row.subject, row.personName, row.actor, row.address, row.requestId])
      return { file: csvOf(heading, cells), contentType: 'text/csv', name: `${company.name} audit ${clock().toISOString().slice(0, 10)}.csv` }
    },
  }

  /** The company in the path, with the right towards it checked and the audit line named. Companies are known to everybody signed in, so an unknown one may say so. */
  async function concerned(call: { params: { companyId: CompanyRecord['_id'] }; caller: Caller; concerns: (subject: string, companies?: readonly string[], action?: string) => void }, ability: Parameters<typeof ensure>[1], action?: string): Promise<CompanyRecord> {
    call.concerns(call.params.companyId, [call.params.companyId], action)
    const company = await companyById(store, call.params.companyId)
    ensure(call.caller, ability, { type: 'company', companyId: company._id })
    return company
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
    const key = await apiKeyOf(caller)
    const person = { id: key.madeBy, companyId: company.id, name: key.label, email: '', roles: [], person: key.tag, disabled: false, lastSeenAt: key.lastUsedAt?.toISOString() ?? null, createdAt: key.createdAt.toISOString() }
    return { ...shared, person, expiresAt: key.expiresAt.toISOString() }
  }

  async function keeperOf(caller: Caller): Promise<KeyKeeper> {
    if (caller.kind === 'person') return { tag: caller.person.tag, isAdministrator: caller.person.roles.includes('administrator') }
    if (caller.kind === 'system') return { tag: (await apiKeyOf(caller)).tag, isAdministrator: false }
    throw new Problem('not-signed-in')
  }

  async function apiKeyOf({ apiKeyId }: SystemCaller): Promise<ApiKeyRecord> {
    return store.apiKeys.findById(apiKeyId).orFail().lean<ApiKeyRecord>()
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

/** What only a person can do. @throws Problem `forbidden` for systems */
function personIn(caller: Caller): PersonCaller {
  if (caller.kind === 'person') return caller
  throw new Problem(caller.kind === 'anonymous' ? 'not-signed-in' : 'forbidden')
}

function nameOf(caller: Caller): string {
  return caller.kind === 'person' ? caller.person.name : caller.kind === 'system' ? caller.label : ''
}
