import { z } from 'zod'
import { route } from '../route.ts'
import { NewShare, page, Paging, SharedView, ShareInput, shareKinds, ShareView } from '../views/index.ts'

const filters = { kind: z.enum(shareKinds).optional(), /** Exactly this box, bill or train. */ subject: z.string().trim().max(80).optional(), state: z.enum(['active', 'over']).optional() }

export const shareRoutes = {
  shares: route({ method: 'get', path: '/shares', tag: 'shares', summary: 'Links the caller handed out, for administrators those of the whole company, the newest first', ability: 'share-following', query: z.object({ ...filters, ...Paging }), responses: { 200: page(ShareView) } }),
  createShare: route({ method: 'post', path: '/shares', tag: 'shares', summary: 'A link to something the caller may follow, for somebody without an account; the secret is in this answer alone', ability: 'share-following', body: ShareInput, responses: { 201: NewShare } }),
  revokeShare: route({ method: 'delete', path: '/shares/{shareId}', tag: 'shares', summary: 'End a link at once', ability: 'share-following', params: z.object({ shareId: z.string().regex(/^sh_[0-9a-z]{16}$/, 'the id of a link') }), responses: { 204: null } }),
  openShared: route({ method: 'post', path: '/shared', tag: 'shares', summary: 'Open a link: what it shows, counted as an opening', ability: 'open-share', shareToken: true, responses: { 200: SharedView } }),
  shared: route({ method: 'get', path: '/shared', tag: 'shares', summary: 'What an opened link shows now', ability: 'open-share', shareToken: true, responses: { 200: SharedView } }),
}
