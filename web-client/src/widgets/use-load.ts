import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'

/** Something read from the server: at first, whenever `key` changes, and on `reload`. An answer that was overtaken is dropped. */
export interface Loading<T> {
  readonly data: ShallowRef<T | null>
  readonly error: ShallowRef<unknown>
  readonly busy: ShallowRef<boolean>
  /** Nothing to show yet. */
  readonly isFirst: ComputedRef<boolean>
  readonly reload: () => Promise<void>
}

export function useLoad<T>(read: (signal: AbortSignal) => Promise<T>, key: () => unknown = () => null): Loading<T> {
  const data = shallowRef<T | null>(null), error = shallowRef<unknown>(null), busy = shallowRef(false)
  let running: AbortController | null = null

  async function reload(): Promise<void> {
    running?.abort()
    const own = new AbortController()
    running = own
    busy.value = true
    try {
      const answer = await read(own.signal)
      if (running === own) [data.value, error.value] = [answer, null]
    } catch (reason) {
      if (running === own) error.value = reason
    } finally {
      if (running === own) busy.value = false
    }
  }

  watch(key, (_now, before) => {
    if (before !== undefined) data.value = null
    void reload()
  }, { immediate: true })
  onScopeDispose(() => running?.abort())
  return { data, error, busy, isFirst: computed(() => data.value === null && error.value === null), reload }
}
