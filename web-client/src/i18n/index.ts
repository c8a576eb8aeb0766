import type { Language as ElementPlusWords } from 'element-plus/es/locale/index.mjs'
import { shallowRef } from 'vue'
import { createI18n } from 'vue-i18n'
import { language, remember, type Language } from './language.ts'
import type { Words } from './parts.ts'

/** Words of all screens, one language loaded at a time. Missing words are found by a test, not by a fallback. */
export const i18n = createI18n<false>({ legacy: false, locale: language.value, fallbackLocale: false, messages: {} })
/** What Element Plus says by itself (empty tables, date pickers). */
export const elementPlusWords = shallowRef<ElementPlusWords>()

const words: Record<Language, () => Promise<{ default: { messages: Record<string, Words>; elementPlus: ElementPlusWords } }>> = {
  'zh-CN': () => import('./zh.ts'),
  en: () => import('./en.ts'),
}

export async function startLanguage(): Promise<void> {
  await speak(language.value)
}

/** Changes the language of everything, at once and for next time. */
export async function speak(chosen: Language): Promise<void> {
  const { default: { messages, elementPlus } } = await words[chosen]()
  i18n.global.setLocaleMessage(chosen, messages as Parameters<typeof i18n.global.setLocaleMessage>[1])
  i18n.global.locale.value = chosen
  elementPlusWords.value = elementPlus
  remember(chosen)
  document.documentElement.lang = chosen
}

/** For code outside components. */
export function say(key: string, values: Record<string, unknown> = {}): string {
  return i18n.global.t(key, values)
}

export function knows(key: string): boolean {
  return i18n.global.te(key)
}
