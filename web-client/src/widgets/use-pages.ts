import { computed, shallowRef, watch } from 'vue'
import { useLoad, type Loading } from './use-load.ts'

/** A list read page by page: the first with the filters, the next ones appended. */
export interface Pages<T> {
  readonly first: Loading<{ readonly items: readonly T[]; readonly next: string | null; readonly total: number | null }>
  readonly items: { readonly value: readonly T[] }
  readonly next: { readonly value: string | null }
  readonly moreError: { readonly value: unknown }
  readonly more: () => Promise<void>
  /** Reads all that is shown once more; until it has come, what is there stays. */
  readonly again: () => Promise<void>
}

export function usePages<T>(read: (cursor: string | undefined, signal?: AbortSignal) => Promise<{ items: T[]; next: string | null; total: number | null }>, key: () => unknown): Pages<T> {
  const first = useLoad((signal) => read(undefined, signal), key)
  const later = shallowRef<readonly T[]>([]), next = shallowRef<string | null>(null), moreError = shallowRef<unknown>(null)
  let opened = 0
  watch(first.data, (data) => {
    later.value = []
    opened = 0
    next.value = data?.next ?? null
  }, { flush: 'sync' })
  async function more(): Promise<void> {
    const from = first.data.value, cursor = next.value
    if (!from || cursor === null) return
    try {
      const page = await read(cursor)
      if (first.data.value !== from) return
      later.value = [...later.value, ...page.items]
      opened += 1
      next.value = page.next
      moreError.value = null
    } catch (reason) {
      moreError.value = reason
    }
  }
  async function again(): Promise<void> {
    const from = first.data.value, pages = opened
    if (from === null || pages === 0) return first.reload()
    try {
      const head = await read(undefined)
      let last = head
      const items: T[] = []
      for (let page = 0; page < pages && last.next !== null; page += 1) {
        last = await read(last.next)
        items.push(...last.items)
      }
      // Other filters were chosen, or another page was opened, meanwhile.
      if (first.data.value !== from || opened !== pages) return
      first.data.value = head
      later.value = items
      opened = pages
      next.value = last.next
    } catch (reason) {
      moreError.value = reason
    }
  }
  return { first, items: computed(() => [...(first.data.value?.items ?? []), ...later.value]), next, moreError, more, again }
}
