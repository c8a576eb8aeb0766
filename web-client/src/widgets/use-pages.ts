import { computed, shallowRef, watch } from 'vue'
import { useLoad, type Loading } from './use-load.ts'

/** A list read page by page: the first with the filters, the next ones appended. */
export interface Pages<T> {
  readonly first: Loading<{ readonly items: readonly T[]; readonly next: string | null; readonly total: number | null }>
  readonly items: { readonly value: readonly T[] }
  readonly next: { readonly value: string | null }
  readonly moreError: { readonly value: unknown }
  readonly more: () => Promise<void>
}

export function usePages<T>(read: (cursor: string | undefined, signal?: AbortSignal) => Promise<{ items: T[]; next: string | null; total: number | null }>, key: () => unknown): Pages<T> {
  const first = useLoad((signal) => read(undefined, signal), key)
  const later = shallowRef<readonly T[]>([]), next = shallowRef<string | null>(null), moreError = shallowRef<unknown>(null)
  watch(first.data, (data) => {
    later.value = []
    next.value = data?.next ?? null
  })
  async function more(): Promise<void> {
    const from = first.data.value, cursor = next.value
    if (!from || cursor === null) return
    try {
      const page = await read(cursor)
      if (first.data.value !== from) return
      later.value = [...later.value, ...page.items]
      next.value = page.next
      moreError.value = null
    } catch (reason) {
      moreError.value = reason
    }
  }
  return { first, items: computed(() => [...(first.data.value?.items ?? []), ...later.value]), next, moreError, more }
}
