import type { Ability } from '@yidan/api/contract'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { useSession } from './session.ts'

declare module 'vue-router' {
  interface RouteMeta {
    /** i18n key of the page's name. */
    title: string
    /** Who is offered it; null for everybody, signed in or not. */
    ability: Ability | null
    /** Shown without menu and search: for those without an account. */
    bare?: true
    /** Place in the menu; absent when it is reached otherwise. */
    menu?: { icon: string; /** Where the menu leads, when the path has parameters. */ to?: string }
  }
}

/** THE list of screens. A new one is a folder and a line here. Each is loaded when it is first opened. */
export const screens: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: () => import('./screens/home/home.vue'), meta: { title: 'shell.screen.home', ability: 'use-session', menu: { icon: 'home' } } },
  { path: '/offers', name: 'offers', component: () => import('./screens/offers/offers.vue'), meta: { title: 'offers.title', ability: 'sign-along', menu: { icon: 'offers' } } },
  { path: '/bills', name: 'bills', component: () => import('./screens/bills/bills.vue'), meta: { title: 'shell.screen.bills', ability: 'list-bills', menu: { icon: 'bills' } } },
  { path: '/bills/:no', name: 'bill', component: () => import('./screens/bill/bill.vue'), props: true, meta: { title: 'shell.screen.bill', ability: 'list-bills' } },
  { path: '/drafts', name: 'drafts', component: () => import('./screens/bills/drafts.vue'), meta: { title: 'bills.drafts', ability: 'list-drafts' } },
  { path: '/drafts/new', name: 'new-draft', component: () => import('./screens/draft/new-draft.vue'), meta: { title: 'home.newDraft', ability: 'create-draft' } },
  { path: '/drafts/:id', name: 'draft', component: () => import('./screens/draft/draft.vue'), props: true, meta: { title: 'shell.screen.draft', ability: 'list-drafts' } },
  { path: '/track', name: 'track', component: () => import('./screens/track/track.vue'), meta: { title: 'shell.screen.track', ability: 'follow-container', menu: { icon: 'track' } } },
  { path: '/event-files', name: 'event-files', component: () => import('./screens/event-files/event-files.vue'), meta: { title: 'intake.title', ability: 'send-events' } },
  { path: '/containers/:no', name: 'container', component: () => import('./screens/track/container.vue'), props: true, meta: { title: 'shell.screen.container', ability: 'follow-container' } },
  { path: '/trains/:no', name: 'train', component: () => import('./screens/train/train.vue'), props: true, meta: { title: 'shell.screen.train', ability: 'follow-train' } },
  { path: '/exceptions/:id?', name: 'exceptions', component: () => import('./screens/exceptions/exceptions.vue'), props: true, meta: { title: 'exceptions.title', ability: 'read-exceptions', menu: { icon: 'exceptions', to: '/exceptions' } } },
  { path: '/notices', name: 'notices', component: () => import('./screens/notices/notices.vue'), meta: { title: 'notices.title', ability: 'read-exceptions' } },
  { path: '/train-runs', name: 'train-runs', component: () => import('./screens/trains/trains.vue'), meta: { title: 'trains.title', ability: 'follow-train', menu: { icon: 'trains' } } },
  { path: '/train-runs/new', name: 'plan-run', component: () => import('./screens/train/plan-run.vue'), meta: { title: 'trains.plan.open', ability: 'plan-train' } },
  { path: '/train-runs/:run', name: 'train-run', component: () => import('./screens/train/run.vue'), props: true, meta: { title: 'trains.run', ability: 'follow-train' } },
  { path: '/corridors', name: 'corridors', component: () => import('./screens/corridor/corridor.vue'), meta: { title: 'trains.board', ability: 'follow-train', menu: { icon: 'corridors' } } },
  { path: '/gate', name: 'gate', component: () => import('./screens/gate/gate.vue'), meta: { title: 'shell.screen.gate', ability: 'check-at-gate', menu: { icon: 'gate' } } },
  { path: '/check/:no?', name: 'check', component: () => import('./screens/bank-check/bank-check.vue'), props: true, meta: { title: 'shell.screen.check', ability: 'check-bill', menu: { icon: 'check' } } },
  { path: '/verify', name: 'verify', component: () => import('./screens/verify/verify.vue'), meta: { title: 'shell.screen.verify', ability: null, menu: { icon: 'verify' } } },
  { path: '/v/:no', name: 'verdict', component: () => import('./screens/verify/verify.vue'), props: true, meta: { title: 'shell.screen.verify', ability: null } },
  { path: '/ledger', name: 'ledger', component: () => import('./screens/ledger/ledger.vue'), meta: { title: 'ledger.title', ability: 'read-ledger', menu: { icon: 'ledger' } } },
  { path: '/companies', name: 'companies', component: () => import('./screens/companies/companies.vue'), meta: { title: 'shell.screen.companies', ability: 'list-companies', menu: { icon: 'companies' } } },
  { path: '/companies/:id', name: 'company', component: () => import('./screens/companies/company.vue'), props: true, meta: { title: 'shell.screen.company', ability: 'read-company' } },
  { path: '/keys', name: 'keys', component: () => import('./screens/keys/keys.vue'), meta: { title: 'keys.title', ability: 'read-keys' } },
  { path: '/account', name: 'account', component: () => import('./screens/account/account.vue'), meta: { title: 'shell.screen.account', ability: 'use-session' } },
  { path: '/shares', name: 'shares', component: () => import('./screens/shares/shares.vue'), meta: { title: 'shares.title', ability: 'share-following' } },
  { path: '/s', name: 'shared', component: () => import('./screens/shared/shared.vue'), meta: { title: 'shares.page', ability: null, bare: true } },
  { path: '/train-runs/:run/print/:what(composition|loading)', name: 'print-run', component: () => import('./screens/train/print-run.vue'), props: true, meta: { title: 'print.run', ability: 'follow-train' } },
  { path: '/sign-in', name: 'sign-in', component: () => import('./screens/sign-in/sign-in.vue'), meta: { title: 'shell.screen.signIn', ability: null } },
  { path: '/invitations/:token', name: 'invitation', component: () => import('./screens/sign-in/invitation.vue'), props: true, meta: { title: 'shell.screen.invitation', ability: null } },
  { path: '/:rest(.*)*', name: 'not-found', component: () => import('./screens/not-found/not-found.vue'), meta: { title: 'shell.screen.notFound', ability: null } },
]

export const router = createRouter({ history: createWebHistory(), routes: screens, scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 } })

/** Whoever is not signed in is asked to, and comes back to where they wanted to go. */
router.beforeEach(async (to) => {
  const session = useSession()
  if (!session.known) await session.load().catch(() => undefined)
  if (to.meta.ability === null || session.session) return true
  return { name: 'sign-in', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
})
