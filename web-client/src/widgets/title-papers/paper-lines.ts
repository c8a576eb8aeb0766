import type { TitlePaper } from '@yidan/api/contract'
import { money } from '../../format.ts'
import { knows, say } from '../../i18n/index.ts'

interface Line { readonly label: string; readonly value: string; /** Longer than a line: shown as written. */ readonly isText: boolean }

/** The act that asks for each kind of paper: its questions name the parts. */
const actOf = { notice: 'declareDefault', basis: 'enforcePledge', proceeds: 'sellEnforced', hold: 'placeHold', stop: 'stopDelivery', loss: 'reportLoss', indemnity: 'recordWrongfulDelivery', order: 'voidByCourt' } as const satisfies Record<TitlePaper['kind'], string>
/** Parts that the dialog calls otherwise. */
const questionOf: Readonly<Record<string, string>> = { text: 'words', container: 'box' }

/** What a paper says, part by part, in the words it was asked for with. */
export function linesOf(paper: TitlePaper): readonly Line[] {
  const currency = 'currency' in paper ? paper.currency : ''
  return Object.entries(paper).filter(([name, value]) => name !== 'kind' && name !== 'currency' && value !== null).map(([name, value]): Line => ({
    label: labelOf(paper.kind, name), value: valueOf(name, value, currency), isText: ['text', 'instruction', 'security'].includes(name),
  }))
}

function labelOf(kind: TitlePaper['kind'], name: string): string {
  if (name === 'surplus') return say('papers.surplus')
  const asked = kind === 'notice' && name === 'text' ? 'notice' : (questionOf[name] ?? name)
  const own = `act.askIn.${actOf[kind]}.${asked}`
  return say(knows(own) ? own : `act.ask.${asked}`)
}

function valueOf(name: string, value: unknown, currency: string): string {
  if (typeof value === 'object' && value !== null && 'amount' in value && 'currency' in value) return money(String(value.amount), String(value.currency))
  const word = String(value)
  if (currency !== '' && /^\d+\.\d{2}$/.test(word)) return money(word, currency)
  const key = name === 'hold' ? `state.hold.${word}` : `act.choice.${name}.${word}`
  return knows(key) ? say(key) : word
}
