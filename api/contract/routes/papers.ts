import { BillNumber } from '@yidan/ledger'
import { z } from 'zod'
import { route } from '../route.ts'
import { TitlePaper, TitlePaperView } from '../views/papers.ts'

const bill = z.object({ billNumber: BillNumber })

export const paperRoutes = {
  commitTitlePaper: route({ method: 'post', path: '/bills/{billNumber}/papers', tag: 'title', summary: 'Keep a paper that an act rests on: notice, basis, proceeds, hold, stop, loss, indemnity, order; the answer is the salted hash that is signed', ability: 'write-title-papers', params: bill, body: TitlePaper, responses: { 201: z.strictObject({ hash: z.string() }) } }),
  titlePapers: route({ method: 'get', path: '/bills/{billNumber}/papers', tag: 'title', summary: 'Papers behind the acts on a bill that the caller may read, newest first', ability: 'read-title-papers', params: bill, responses: { 200: z.strictObject({ items: z.array(TitlePaperView) }) } }),
}
