import { cargoConditions, ContainerNumber, enforcementBases, Hash, holdKinds } from '@yidan/ledger'
import { z } from 'zod'
import { Moment, PartyRef } from './common.ts'

/** What an act rests on besides title: kept sealed, read by few; the act on the ledger names its salted hash alone. */
const words = z.string().trim().min(1).max(4000)
const name = z.string().trim().min(1).max(200)
const reference = z.string().trim().min(1).max(120)
const Amount = z.string().regex(/^(0|[1-9]\d{0,12})\.\d{2}$/)
const Currency = z.enum(['CNY', 'USD', 'EUR'])

export const TitlePaper = z.discriminatedUnion('kind', [
  /** For `declareDefault`: the notice given to the pledgor. Before the debt is due only for a broken covenant. */
  z.strictObject({ kind: z.literal('notice'), ground: z.enum(['unpaid', 'covenant']), text: words, sentBy: z.enum(['post', 'courier', 'in-person', 'electronic']), sentOn: z.iso.date() }),
  /** For `enforcePledge`: the agreement made after the default, the court's ruling or the auction. */
  z.strictObject({ kind: z.literal('basis'), basis: z.enum(enforcementBases), decidedBy: name, reference, decidedOn: z.iso.date(), text: words.optional() }),
  /** For `sellEnforced`: what the sale brought. What is left after costs and debt is the pledgor's (民法典 438). */
  z.strictObject({ kind: z.literal('proceeds'), currency: Currency, price: Amount, costs: Amount, debt: Amount, surplus: Amount }),
  /** For `placeHold` and `liftHold`. */
  z.strictObject({ kind: z.literal('hold'), hold: z.enum(holdKinds), authority: name, reference, text: words }),
  /** For `stopDelivery`: the instruction and the security for its costs (民法典 829). */
  z.strictObject({ kind: z.literal('stop'), instruction: words, security: words }),
  /** For `reportLoss`: the survey or report. */
  z.strictObject({ kind: z.literal('loss'), container: ContainerNumber, condition: z.enum(cargoConditions), text: words, surveyor: name.optional(), estimate: z.strictObject({ amount: Amount, currency: Currency }).nullable() }),
  /** For `recordWrongfulDelivery`: the letter of indemnity. */
  z.strictObject({ kind: z.literal('indemnity'), container: ContainerNumber, deliveredTo: name, reference, amount: Amount, currency: Currency }),
  /** For `voidByCourt`. */
  z.strictObject({ kind: z.literal('order'), court: name, reference, decidedOn: z.iso.date(), text: words }),
])
export type TitlePaper = z.infer<typeof TitlePaper>

export const TitlePaperView = z.strictObject({
  hash: Hash, by: PartyRef, at: Moment, paper: TitlePaper,
  /** The entry of the bill's stream that names it; null while it was kept and not used. */
  usedIn: z.int().nullable(),
  /** The very text behind the hash: its SHA-256 (UTF-8) is `hash`, and `paper` is its `content`. With it a reader can show anybody what was signed. */
  text: z.string(),
})
export type TitlePaperView = z.infer<typeof TitlePaperView>
