import { ref } from 'vue'

export const languages = ['zh-CN', 'en'] as const
export type Language = (typeof languages)[number]

/** Chinese first; whoever once chose English keeps it. */
export const language = ref<Language>(remembered())

export function remember(chosen: Language): void {
  language.value = chosen
  localStorage.setItem('yidan.language', chosen)
}

function remembered(): Language {
  const kept = typeof localStorage === 'undefined' ? null : localStorage.getItem('yidan.language')
  return kept === 'en' ? 'en' : 'zh-CN'
}
