import type { Hold } from '@yidan/ledger'
import type { Language } from '../handlers.ts'

/** What a bill is held for, as gate and notices say it. */
const words: Readonly<Record<Hold['kind'], Readonly<Record<Language, string>>>> = {
  JUDICIAL: { zh: '司法冻结', en: 'court order' }, SANCTION: { zh: '制裁', en: 'sanctions' }, FRAUD: { zh: '涉嫌欺诈', en: 'suspected fraud' }, DISPUTE: { zh: '权属争议', en: 'dispute over title' },
  KEY_LOSS: { zh: '密钥遗失', en: 'keys lost' }, CARRIER_LIEN: { zh: '承运人留置', en: 'carrier’s lien' },
}

/** A text with its `{name}`s filled, the kind of a `{hold}` in words; what is missing leaves nothing behind. */
export function filled(text: string, values: Readonly<Record<string, string>>, language: Language): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? ''
    return name === 'hold' && Object.hasOwn(words, value) ? words[value as Hold['kind']][language] : value
  })
}
