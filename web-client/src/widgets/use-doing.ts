import { ref, type Ref } from 'vue'

/** One thing at a time that may fail: what a form or dialog does when its button is pressed. */
export interface Doing {
  readonly busy: Ref<boolean>
  /** What went wrong the last time; null while it is tried again. */
  readonly error: Ref<unknown>
  /** @returns whether it went through */
  doing(work: () => Promise<unknown>): Promise<boolean>
}

export function useDoing(): Doing {
  const busy = ref(false)
  const error = ref<unknown>(null)
  return {
    busy, error,
    async doing(work) {
      busy.value = true
      error.value = null
      try {
        await work()
        return true
      } catch (reason) {
        error.value = reason
        return false
      } finally {
        busy.value = false
      }
    },
  }
}
