import type { ExceptionCounts } from '@yidan/api/contract'
import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { call } from './api.ts'
import { follow } from './live.ts'
import { useSession } from './session.ts'

/** How many exceptions are open for this person: read at sign-in, each minute, and soon after the desk was told that something changed. */
export const useExceptions = defineStore('exceptions', () => {
  const session = useSession()
  const counts = shallowRef<ExceptionCounts | null>(null)
  /** Counts up with every change: a list that watches it reads itself again. */
  const changes = ref(0)

  async function reload(): Promise<void> {
    if (!session.session || !session.may('read-exceptions')) return
    // A number in the menu is no reason to trouble anybody: the screen itself says what is wrong.
    counts.value = await call('exceptionCounts', {}).catch(() => counts.value)
  }

  let leave: (() => void) | null = null
  let soon: ReturnType<typeof setTimeout> | undefined
  /** A burst is read once. */
  function changed(): void {
    clearTimeout(soon)
    soon = setTimeout(() => {
      changes.value += 1
      void reload()
    }, 400)
  }
  function sit(): void {
    leave = follow('desk:exceptions', changed, (code) => {
      leave = null
      if (code === 'resync') {
        changed()
        sit()
      }
    })
  }
  watch(() => session.session?.person.id, (who) => {
    counts.value = null
    leave?.()
    leave = null
    if (!who || !session.may('read-exceptions')) return
    void reload()
    sit()
  }, { immediate: true })
  const timer = setInterval(() => { if (!document.hidden) void reload() }, 60_000)
  onScopeDispose(() => { clearInterval(timer) })

  return { counts, changes, reload, open: computed(() => counts.value?.open ?? 0) }
})
