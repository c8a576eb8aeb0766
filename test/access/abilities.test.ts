import { abilities, personRoles, routes, type Ability, type CompanyRole, type PersonRole, type Problem, type Route, type RouteName } from '@yidan/api/contract'
import { expect } from 'chai'
import { grantableToSystems } from '../../api/src/access/abilities.ts'
import { sessionCookie } from '../../api/src/http/authenticate.ts'
import { createApiKey } from '../../api/src/parties/api-keys.ts'
import { addPerson } from '../../api/src/parties/index.ts'
import { openPlatform, type Platform } from '../support/open-platform.ts'

/**
 * Who is invited, said a second time and in other words than `access/abilities.ts`: a change there must be meant here too. Everybody who is
 * not named tries every route of the ability and must get nowhere.
 */
interface Invited { readonly strangers?: true; readonly companies?: readonly CompanyRole[]; readonly people?: readonly PersonRole[]; readonly systems: boolean }
const everybody: Invited = { strangers: true, systems: true }
const anyCompany: Invited = { systems: true }
const paperwork: readonly PersonRole[] = ['administrator', 'clerk', 'signer']
const field: readonly PersonRole[] = ['administrator', 'clerk', 'gate']

const invited: Readonly<Record<Ability, Invited>> = {
  'verify-bill': everybody, 'read-public-certificate': everybody, 'read-system': everybody,
  'sign-in': { strangers: true, systems: false }, 'accept-invitation': { strangers: true, systems: false },
  'use-session': anyCompany, search: anyCompany, 'read-ledger': { companies: ['operator', 'bank', 'guarantor', 'insurer', 'regulator', 'customs', 'court'], systems: true },
  'list-companies': anyCompany, 'create-company': { companies: ['operator'], people: ['administrator', 'clerk'], systems: true }, 'read-company': anyCompany,
  'edit-company': { people: ['administrator'], systems: false }, 'manage-people': { people: ['administrator'], systems: true }, 'manage-api-keys': { people: ['administrator'], systems: false },
  'read-keys': anyCompany, 'register-key': anyCompany, 'approve-key': { people: ['administrator'], systems: false }, 'revoke-key': anyCompany, 'report-key-loss': { people: [...paperwork, 'gate'], systems: true }, 'report-key-loss-for': { companies: ['operator'], people: ['administrator'], systems: false }, 'read-audit': { people: ['administrator'], systems: true },
  'list-drafts': { companies: ['carrier', 'forwarder', 'shipper'], systems: true }, 'create-draft': { companies: ['carrier'], people: paperwork, systems: true }, 'read-draft': { companies: ['carrier', 'forwarder', 'shipper'], systems: true },
  'edit-draft': { companies: ['carrier'], people: paperwork, systems: true }, 'approve-draft': { companies: ['shipper', 'forwarder'], people: paperwork, systems: true },
  'list-bills': anyCompany, 'read-bill': anyCompany, 'read-bill-document': anyCompany, 'read-bill-charges': anyCompany, 'read-bill-history': anyCompany, 'read-bill-proof': anyCompany,
  'prepare-issue': { companies: ['carrier'], people: paperwork, systems: true },
  'act-on-title': { companies: ['carrier', 'forwarder', 'shipper', 'consignee', 'bank', 'guarantor', 'insurer', 'terminal', 'customs', 'regulator', 'court'], people: [...paperwork, 'gate'], systems: true },
  'sign-along': { people: [...paperwork, 'gate'], systems: true },
  'read-pledge-terms': anyCompany, 'write-pledge-terms': { companies: ['carrier', 'forwarder', 'shipper', 'consignee', 'bank', 'guarantor', 'insurer'], people: paperwork, systems: true },
  'prepare-release': { companies: ['carrier'], people: paperwork, systems: true }, 'prepare-court-successor': { companies: ['court'], people: paperwork, systems: true }, 'read-release-codes': anyCompany, 'check-bill': { companies: ['bank', 'guarantor', 'insurer', 'operator', 'regulator'], systems: true }, 'erase-bill': { companies: ['operator'], people: ['administrator'], systems: false },
  'write-title-papers': { companies: ['carrier', 'forwarder', 'shipper', 'consignee', 'bank', 'guarantor', 'insurer', 'customs', 'regulator', 'court'], people: paperwork, systems: true }, 'read-title-papers': anyCompany,
  'send-events': { companies: ['terminal', 'carrier', 'operator', 'customs'], people: field, systems: true }, 'follow-bill': anyCompany, 'follow-container': anyCompany, 'follow-train': anyCompany,
  'share-following': anyCompany, 'open-share': everybody,
  'read-exceptions': anyCompany, 'handle-exceptions': { companies: ['operator', 'carrier'], people: field, systems: true }, 'decide-put-aside': { companies: ['operator', 'terminal'], people: field, systems: true },
  'plan-train': { companies: ['operator', 'terminal'], people: ['administrator', 'clerk'], systems: true }, 'compose-train': { companies: ['operator', 'terminal'], people: ['administrator', 'clerk'], systems: true }, 'report-train': { companies: ['operator', 'terminal'], people: field, systems: true }, 'read-train-papers': { companies: ['operator', 'terminal', 'customs', 'regulator'], systems: true },
  'check-at-gate': { companies: ['terminal', 'carrier', 'operator', 'customs'], systems: true }, 'record-gate-move': { companies: ['terminal', 'carrier'], people: field, systems: true },
  'manage-webhooks': { people: ['administrator'], systems: true },
  'manage-devices': { companies: ['terminal', 'carrier', 'operator'], people: ['administrator', 'clerk'], systems: true },
}

/** One demo company for every role that a company can have in the demo. */
const accounts = ['carrier-signer', 'shipper-solar', 'consignee-tashkent', 'bank-luoyang', 'terminal-manager', 'customs', 'regulator', 'court-judge', 'operator'] as const

interface Visitor { readonly who: string; readonly companyRoles: readonly CompanyRole[]; readonly personRole: PersonRole; readonly cookie: string }

describe('the uninvited', () => {
  let platform: Platform
  const visitors: Visitor[] = []
  before(async () => {
    platform = await openPlatform()
    const { store, sessions } = platform.app.parties
    for (const account of accounts) {
      const { session } = await platform.signInAs(account)
      for (const personRole of personRoles) {
        const person = await addPerson(store, { companyId: session.company.id, name: `${account} ${personRole}`, email: `${account}.${personRole}@visitors.example`, roles: [personRole], passwordHash: null, demoAccount: null }, new Date())
        const { token } = await sessions.open(person, { address: '127.0.0.1', userAgent: 'test' })
        visitors.push({ who: person.name, companyRoles: session.company.roles, personRole, cookie: `${sessionCookie}=${token}` })
      }
    }
  })
  after(() => platform.close())

  /** A request whose only content is who sends it: the ability is looked at before anything else. */
  async function attempt(route: Route, headers: Record<string, string>): Promise<{ status: number; code: string | null }> {
    const answer = await platform.request(`/api/v1${route.path.replaceAll(/\{\w+\}/g, 'x')}`, { method: route.method.toUpperCase(), headers: { 'x-yidan': '1', ...headers } })
    const problem = answer.headers.get('content-type')?.startsWith('application/problem+json') ? ((await answer.json()) as Problem) : null
    return { status: answer.status, code: problem?.code ?? null }
  }

  const mayCome = ({ strangers, companies, people }: Invited, visitor: Visitor): boolean =>
    strangers === true || ((companies === undefined || visitor.companyRoles.some((role) => companies.includes(role))) && (people === undefined || people.includes(visitor.personRole)))

  for (const ability of abilities) {
    const named = (Object.entries(routes) as [RouteName, Route][]).filter(([, route]) => route.ability === ability)
    // Asked inside handlers and views only: things.test.ts tries these.
    if (named.length === 0) continue

    it(`get nowhere with ${ability}`, async () => {
      const row = invited[ability]
      for (const [name, route] of named) {
        if (!row.strangers) expect(await attempt(route, {}), `a stranger, ${name}`).to.deep.equal({ status: 401, code: 'not-signed-in' })
        for (const visitor of visitors) {
          if (name === 'signOut') continue
          const outcome = await attempt(route, { cookie: visitor.cookie })
          if (mayCome(row, visitor)) expect(outcome.status, `${visitor.who} is invited, ${name}: ${outcome.code}`).to.not.be.oneOf([401, 403])
          else expect(outcome, `${visitor.who}, ${name}`).to.deep.equal({ status: 403, code: 'forbidden' })
        }
      }
    })

    it(`get nowhere with ${ability} by an API key that was given everything else`, async () => {
      const row = invited[ability]
      expect(grantableToSystems(ability)).to.equal(row.systems)
      if (row.strangers) return
      const { store, sessions } = platform.app.parties
      const invitedVisitor = visitors.find((visitor) => mayCome(row, visitor))
      const maker = await sessions.bySession(invitedVisitor?.cookie.split('=')[1] ?? '', { address: '127.0.0.1' })
      if (maker === null) throw new Error(`nobody is invited to ${ability}`)
      const others = abilities.filter((other) => other !== ability && grantableToSystems(other))
      const { secret } = await createApiKey({ store, caller: maker, label: `all but ${ability}`, abilities: others, days: 1, now: new Date(), language: 'en' })
      for (const [name, route] of named) expect(await attempt(route, { authorization: `Bearer ${secret}` }), name).to.deep.equal({ status: 403, code: 'forbidden' })
    })
  }

  it('are all of them: each ability is asked by a route, or by a view', () => {
    const byRoute = new Set((Object.values(routes) as Route[]).map(({ ability }) => ability))
    expect(abilities.filter((ability) => !byRoute.has(ability))).to.deep.equal(['read-bill-charges'])
  })
})
