import type { Hold } from '@yidan/ledger'
import type { Language } from '../../http/handlers.ts'

/** What a bill is held for, as gate and notices say it. */
export const holdWords: Readonly<Record<Hold['kind'], Readonly<Record<Language, string>>>> = {
  JUDICIAL: { zh: '司法冻结', en: 'court order' }, SANCTION: { zh: '制裁', en: 'sanctions' }, FRAUD: { zh: '涉嫌欺诈', en: 'suspected fraud' }, DISPUTE: { zh: '权属争议', en: 'dispute over title' },
  KEY_LOSS: { zh: '密钥遗失', en: 'keys lost' }, CARRIER_LIEN: { zh: '承运人留置', en: 'carrier’s lien' },
}

/** The words for a kind of hold; whatever else it is, as it stands. */
export function holdWord(kind: string, language: Language): string {
  return Object.hasOwn(holdWords, kind) ? holdWords[kind as Hold['kind']][language] : kind
}
