import { ensure } from '../access/abilities.ts'
import type { AuditLog } from '../access/audit.ts'
import { companyOf } from '../access/caller.ts'
import { csvOf } from '../access/csv.ts'
import type { HandlersFor } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import type { Ports } from '../ports.ts'
import { apiKeysOf, createApiKey, revokeApiKey } from './api-keys.ts'
import { concerned, nameOf, personIn } from './callers.ts'
import { companyById, createCompany, editCompany, listCompanies } from './companies.ts'
import type { Parties } from './open.ts'
import { editPerson, forgetPerson, invite, personOf, withdrawInvitation } from './people.ts'
import { apiKeyView, companyView, invitationView, personView } from './view.ts'

type Names =
  | 'companies' | 'createCompany' | 'company' | 'editCompany' | 'people' | 'invite' | 'withdrawInvitation' | 'editPerson' | 'forgetPerson' | 'apiKeys' | 'createApiKey' | 'revokeApiKey' | 'audit' | 'exportAudit'

/** Companies, their people, API keys and audit log. */
export function companyHandlers(ports: Ports, { store, sessions }: Parties, audit: Pick<AuditLog, 'list' | 'all' | 'forget'>): HandlersFor<Names> {
  const { ledger, clock } = ports

  return {
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
      const company = await concerned(store, call, 'edit-company')
      // What a company may do at all is for the operator to say, not for the company.
      if (call.body.roles !== undefined && !companyOf(call.caller)?.roles.includes('operator')) throw new Problem('forbidden')
      const edited = await editCompany({ ports, store, company, changes: call.body })
      if (call.body.roles !== undefined) await sessions.tellRevoked({ type: 'company', companyId: company._id })
      return companyView(edited, ledger)
    },
    async people(call) {
      const { _id: companyId } = await concerned(store, call, 'manage-people')
      const [people, invitations] = await Promise.all([
        store.people.find({ companyId }).sort({ createdAt: 1 }).toArray(),
        store.invitations.find({ companyId, acceptedAt: null }).sort({ createdAt: -1 }).toArray(),
      ])
      return { items: people.map(personView), invitations: invitations.map((invitation) => invitationView(invitation, null)) }
    },
    async invite(call) {
      const company = await concerned(store, call, 'manage-people')
      if (call.body.roles.includes('administrator')) personIn(call.caller)
      const { invitation, link } = await invite({ ports, store, company, ...call.body, invitedBy: nameOf(call.caller) })
      return invitationView(invitation, link)
    },
    async withdrawInvitation(call) {
      const company = await concerned(store, call, 'manage-people')
      await withdrawInvitation(store, company._id, call.params.invitationId)
      return undefined
    },
    async editPerson(call) {
      const company = await concerned(store, call, 'manage-people')
      // A system can take the administrator's role from nobody and give it to nobody.
      if (call.body.roles?.includes('administrator')) personIn(call.caller)
      call.concerns(call.params.personId, [company._id])
      return personView(await editPerson({ store, sessions, companyId: company._id, personId: call.params.personId, ...call.body }))
    },
    async forgetPerson(call) {
      const company = await concerned(store, call, 'manage-people')
      const person = await personOf(store, company._id, call.params.personId)
      await forgetPerson({ ports, store, sessions, person })
      await audit.forget({ id: person._id, email: person.email })
      return undefined
    },
    async apiKeys(call) {
      const { _id: companyId } = await concerned(store, call, 'manage-api-keys')
      return { items: (await apiKeysOf(store, companyId)).map((key) => apiKeyView(key, null)) }
    },
    async createApiKey(call) {
      await concerned(store, call, 'manage-api-keys')
      const { key, secret } = await createApiKey({ store, caller: personIn(call.caller), ...call.body, now: clock(), language: call.language })
      return apiKeyView(key, secret)
    },
    async revokeApiKey(call) {
      const { _id: companyId } = await concerned(store, call, 'manage-api-keys')
      await revokeApiKey({ store, sessions, companyId, apiKeyId: call.params.apiKeyId, now: clock() })
      return undefined
    },

    async audit(call) {
      const company = await companyById(store, call.params.companyId)
      ensure(call.caller, 'read-audit', { type: 'company', companyId: company._id })
      return audit.list(company._id, call.query)
    },
    async exportAudit(call) {
      const company = await concerned(store, call, 'read-audit')
      const rows = await audit.all(company._id, call.query)
      const heading = call.language === 'zh' ? ['时间 (UTC)', '结果', '代码', '操作', '权限', '对象', '人员', '主体', '来源地址', '请求编号'] : ['Time (UTC)', 'Result', 'Code', 'Action', 'Ability', 'Subject', 'Person', 'Actor', 'Address', 'Request']
      const cells = rows.map((row) => [row.at, row.result, row.code, row.action, row.ability, row.subject, row.personName, row.actor, row.address, row.requestId])
      return { file: csvOf(heading, cells), contentType: 'text/csv', name: `${company.name} audit ${clock().toISOString().slice(0, 10)}.csv` }
    },
  }
}
