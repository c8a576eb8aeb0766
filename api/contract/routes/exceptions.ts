import { z } from 'zod'
import { route } from '../route.ts'
import { Deskperson, ExceptionCounts, ExceptionId, exceptionKinds, exceptionStates, ExceptionSummary, ExceptionView, page, Paging, PersonId, PutAsideView } from '../views/index.ts'

const one = z.object({ exceptionId: ExceptionId })
const filters = {
  kind: z.enum(exceptionKinds).optional(), state: z.enum(exceptionStates).optional(), assigned: z.enum(['me', 'none', 'some']).optional(),
  /** Beginning of a box, bill, train or vessel. */ q: z.string().max(80).optional(),
}
const reason = z.string().trim().min(1).max(500)

export const exceptionRoutes = {
  exceptions: route({ method: 'get', path: '/exceptions', tag: 'exceptions', summary: 'What is wrong with boxes and trains that the caller may follow, the latest change first', ability: 'read-exceptions', query: z.object({ ...filters, ...Paging }), responses: { 200: page(ExceptionSummary) } }),
  exceptionCounts: route({ method: 'get', path: '/exceptions/counts', tag: 'exceptions', summary: 'How many are open, of which kind, and whose', ability: 'read-exceptions', responses: { 200: ExceptionCounts } }),
  exportExceptions: route({ method: 'get', path: '/exceptions/export', tag: 'exceptions', summary: 'The same list as CSV (UTF-8 with BOM), 5,000 rows at most', ability: 'read-exceptions', query: z.object(filters), responses: { 200: { contentType: 'text/csv' } } }),
  exceptionStaff: route({ method: 'get', path: '/exceptions/staff', tag: 'exceptions', summary: 'People of the caller’s company to whom one can be assigned', ability: 'handle-exceptions', responses: { 200: z.strictObject({ items: z.array(Deskperson) }) } }),
  exception: route({ method: 'get', path: '/exceptions/{exceptionId}', tag: 'exceptions', summary: 'One, with its history and the events put aside', ability: 'read-exceptions', params: one, responses: { 200: ExceptionView } }),
  assignException: route({ method: 'post', path: '/exceptions/{exceptionId}/assignment', tag: 'exceptions', summary: 'Give it to a person of the own company, or to nobody', ability: 'handle-exceptions', params: one, body: z.strictObject({ personId: PersonId.nullable() }), responses: { 200: ExceptionView } }),
  noteException: route({ method: 'post', path: '/exceptions/{exceptionId}/notes', tag: 'exceptions', summary: 'Write a note; those who only follow do not see it', ability: 'handle-exceptions', params: one, body: z.strictObject({ text: z.string().trim().min(1).max(1000) }), responses: { 200: ExceptionView } }),
  closeException: route({ method: 'post', path: '/exceptions/{exceptionId}/closing', tag: 'exceptions', summary: 'Close it with a reason; it opens again when it happens again', ability: 'handle-exceptions', params: one, body: z.strictObject({ reason }), responses: { 200: ExceptionView } }),
  decidePutAside: route({ method: 'post', path: '/put-aside/{eventID}/decision', tag: 'exceptions', summary: 'Believe an event that was put aside, or reject it with a reason; both stay in the log', ability: 'decide-put-aside', params: z.object({ eventID: z.uuid() }), body: z.discriminatedUnion('decision', [z.strictObject({ decision: z.literal('accepted'), reason: z.string().trim().max(500).default('') }), z.strictObject({ decision: z.literal('rejected'), reason })]), responses: { 200: PutAsideView } }),
}
