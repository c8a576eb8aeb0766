import { ElMessage } from 'element-plus/es/components/message/index.mjs'
import 'element-plus/es/components/base/style/css'
import 'element-plus/es/components/message/style/css'
import { wordingOf } from './wording.ts'

/** Short words that come and go. What must be read and acted on stands on the page instead. */
export function tellDone(words: string): void {
  ElMessage({ message: words, type: 'success', duration: 4000 })
}

export function tellFault(error: unknown): void {
  ElMessage({ message: wordingOf(error), type: 'error', duration: 8000, showClose: true })
}
