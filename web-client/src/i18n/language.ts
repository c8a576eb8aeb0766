import { ref } from 'vue'

export const languages = ['zh-CN', 'en'] as const
export type Language = (typeof languages)[number]

/** Chinese first; whoever once chose English keeps it. */
export const language = ref<Language>(remembered())

export function remember(chosen: Language): void {
  language.value = chosen
  try {
    localStorage.setItem('yidan.language', chosen)
  } catch {
    // In a frame of another site a browser may keep nothing: then it is chosen again next time.
  }
}

function remembered(): Language {
  try {
    return typeof localStorage !== 'undefined' && localStorage.getItem('yidan.language') === 'en' ? 'en' : 'zh-CN'
  } catch {
    return 'zh-CN'
  }
}
