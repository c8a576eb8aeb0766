import { z } from 'zod'
import { route } from '../route.ts'
import { exceptionKinds, NoticeCounts, NoticePreferences, NoticeView, page, Paging } from '../views/index.ts'

export const noticeRoutes = {
  notices: route({ method: 'get', path: '/notices', tag: 'notices', summary: 'What the person was told of, the newest first; without what is no longer the person’s business', ability: 'read-exceptions', query: z.object({ kind: z.enum(exceptionKinds).optional(), unread: z.enum(['true']).optional(), ...Paging }), responses: { 200: page(NoticeView) } }),
  noticeCounts: route({ method: 'get', path: '/notices/counts', tag: 'notices', summary: 'How many are unread', ability: 'read-exceptions', responses: { 200: NoticeCounts } }),
  readNotices: route({ method: 'post', path: '/notices/read', tag: 'notices', summary: 'Mark these as read, or with null all of them', ability: 'read-exceptions', body: z.strictObject({ ids: z.array(z.string().max(120)).max(200).nullable() }), responses: { 200: NoticeCounts } }),
  noticePreferences: route({ method: 'get', path: '/notices/preferences', tag: 'notices', summary: 'Of what the person is told, how, and when not', ability: 'read-exceptions', responses: { 200: NoticePreferences } }),
  changeNoticePreferences: route({ method: 'put', path: '/notices/preferences', tag: 'notices', summary: 'Set them; what was told stays', ability: 'read-exceptions', body: NoticePreferences, responses: { 200: NoticePreferences } }),
}
