import type { CompanyRole, CompanyView } from '@yidan/api/contract'
import { bindingReasons, cargoConditions, currencies, endorsementManners, enforcementBases, holdKinds, type ContainerNumber, type Hold, type Title } from '@yidan/ledger'
import { amountOf } from './amount.ts'

/** How a question is asked, and what is an answer to it. */
export type Field =
  | { readonly kind: 'company'; readonly role?: CompanyRole }
  | { readonly kind: 'choice'; readonly of: readonly string[]; readonly first?: string; readonly explained?: true }
  | { readonly kind: 'options'; readonly of: (about: About) => readonly string[] }
  | { readonly kind: 'text' | 'words'; readonly most: number }
  | { readonly kind: 'amount' | 'date' }
  | { readonly kind: 'days'; readonly most: number; readonly first: number }

/** What the answers to choose from depend on. */
export interface About {
  readonly title: Title
  readonly party: string
  /** Whether the rules let the own company place such a hold. */
  readonly mayHold: (kind: Hold['kind']) => boolean
}

/** Every question that a title action may ask. Labels are `act.ask.NAME`, or `act.askIn.ACTION.NAME` where an action calls it otherwise; choices are `act.choice.NAME.CHOICE`. */
export const fields = {
  to: { kind: 'company' },
  /** Whom a judgment gives the goods to. */
  heir: { kind: 'company' },
  bank: { kind: 'company', role: 'bank' },
  indemnifier: { kind: 'company', role: 'bank' },
  manner: { kind: 'choice', of: endorsementManners, explained: true },
  purpose: { kind: 'choice', of: ['delivery', 'amendment'] },
  /** What the bill is given back for when not for the goods: the ledger binds the carrier to some of these words. */
  change: { kind: 'choice', of: ['words', ...bindingReasons, 'COD'], explained: true },
  freight: { kind: 'choice', of: ['prepaid', 'settled', 'waived'] },
  ground: { kind: 'choice', of: ['unpaid', 'covenant'] },
  sentBy: { kind: 'choice', of: ['post', 'courier', 'in-person', 'electronic'] },
  basis: { kind: 'choice', of: enforcementBases },
  condition: { kind: 'choice', of: cargoConditions },
  currency: { kind: 'choice', of: currencies },
  hold: { kind: 'options', of: ({ mayHold }) => holdKinds.filter(mayHold) },
  placedHold: { kind: 'options', of: ({ title, party }) => title.holds.filter(({ by }) => by === party).map(({ kind }) => kind) },
  box: { kind: 'options', of: ({ title }) => boxes(title, ({ name }) => name !== 'DELIVERED' && name !== 'SETTLED') },
  goneBox: { kind: 'options', of: ({ title }) => boxes(title, ({ name }) => name === 'LOST' || name === 'DELIVERED_WITHOUT_BILL') },
  amount: { kind: 'amount' }, price: { kind: 'amount' }, costs: { kind: 'amount' }, debt: { kind: 'amount' }, estimate: { kind: 'amount' },
  dueDate: { kind: 'date' }, filedOn: { kind: 'date' }, sentOn: { kind: 'date' }, decidedOn: { kind: 'date' },
  offerDays: { kind: 'days', most: 30, first: 3 },
  codeDays: { kind: 'days', most: 60, first: 14 },
  cureDays: { kind: 'days', most: 180, first: 14 },
  use: { kind: 'text', most: 300 }, registryNumber: { kind: 'text', most: 60 }, decidedBy: { kind: 'text', most: 200 }, reference: { kind: 'text', most: 120 }, authority: { kind: 'text', most: 200 }, surveyor: { kind: 'text', most: 200 },
  deliveredTo: { kind: 'text', most: 200 }, court: { kind: 'text', most: 200 },
  reason: { kind: 'words', most: 300 }, notice: { kind: 'words', most: 4000 }, words: { kind: 'words', most: 4000 }, instruction: { kind: 'words', most: 4000 }, security: { kind: 'words', most: 4000 },
} as const satisfies Record<string, Field>
export type FieldName = keyof typeof fields

type AnswerTo<F> = F extends { kind: 'company' } ? CompanyView | null : F extends { kind: 'days' } ? number : F extends { kind: 'choice'; of: readonly (infer Choice)[] } ? Choice : string
/** An answer to every question; each form shows its part. */
export type ActInput = { -readonly [N in FieldName]: AnswerTo<(typeof fields)[N]> }

export function emptyInput(): ActInput {
  const answers = Object.entries(fields as Record<string, Field>).map(([name, field]) => [name, field.kind === 'company' ? null : field.kind === 'days' ? field.first : field.kind === 'choice' ? (field.first ?? field.of[0]) : ''])
  return Object.fromEntries(answers) as ActInput
}

/** Whether a question has an answer that the rules could take. */
export function isAnswered(name: FieldName, input: ActInput, about: About): boolean {
  const field: Field = fields[name], answer = input[name]
  if (typeof answer === 'number') return field.kind === 'days' && Number.isInteger(answer) && answer >= 1 && answer <= field.most
  if (typeof answer !== 'string') return answer !== null
  switch (field.kind) {
    case 'amount':
      return amountOf(answer) !== null
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(answer)
    case 'choice':
      return field.of.includes(answer)
    case 'options':
      return field.of(about).includes(answer)
    case 'text':
    case 'words':
      return answer.trim() !== ''
    case 'company':
    case 'days':
      return false
  }
}

/** Whether nothing was typed: an optional question may stay so. */
export function isEmpty(name: FieldName, input: ActInput): boolean {
  const answer = input[name]
  return answer === null || (typeof answer === 'string' && answer.trim() === '')
}

function boxes({ cargo }: Title, isMeant: (state: Title['cargo'][ContainerNumber]) => boolean): string[] {
  return Object.entries(cargo).flatMap(([container, state]) => (isMeant(state) ? [container] : []))
}
