import { BillNumber } from '@yidan/ledger'
import { z } from 'zod'
import { route } from '../route.ts'
import { ErasableView, ErasureView } from '../views/erasure.ts'

const bill = z.object({ billNumber: BillNumber })

export const erasureRoutes = {
  erasures: route({ method: 'get', path: '/erasures', tag: 'bills', summary: 'Bills whose erasure was asked for or done, last asked first', ability: 'erase-bill', responses: { 200: z.strictObject({ items: z.array(ErasureView) }) } }),
  erasableBills: route({ method: 'get', path: '/erasures/candidates', tag: 'bills', summary: 'Bills that can be forgotten: over for as long as the law wants them kept, and not asked for yet; those over longest first, fifty at most', ability: 'erase-bill', responses: { 200: z.strictObject({ retentionYears: z.int(), items: z.array(ErasableView) }) } }),
  askForErasure: route({ method: 'post', path: '/bills/{billNumber}/erasure', tag: 'bills', summary: 'Ask for what a bill said to be erased, once it is over and its retention time has run out', ability: 'erase-bill', params: bill, body: z.strictObject({ reason: z.string().trim().min(10).max(500) }), responses: { 202: ErasureView } }),
  agreeToErasure: route({ method: 'post', path: '/bills/{billNumber}/erasure/agreement', tag: 'bills', summary: 'A second person agrees: document, PDF, terms, codes and views of the bill are made unreadable for ever', ability: 'erase-bill', params: bill, responses: { 200: ErasureView } }),
  withdrawErasure: route({ method: 'delete', path: '/bills/{billNumber}/erasure', tag: 'bills', summary: 'Withdraw the request while nobody has agreed', ability: 'erase-bill', params: bill, responses: { 204: null } }),
}
