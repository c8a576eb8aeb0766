import { defineStore } from 'pinia'
import { onScopeDispose, ref, watch } from 'vue'
import { call } from './api.ts'
import { follow } from './live.ts'
import { useSession } from './session.ts'

/** How many notices are unread: read at sign-in, each minute, and as soon as a new one is told. */
export const useNotices = defineStore('notices', () => {
  const session = useSession()
  const unread = ref(0)
  /** Counts up with every new notice: a list that watches it reads itself again. */
  const changes = ref(0)

  async function reload(): Promise<void> {
    if (!session.session || !session.may('read-exceptions')) return
    // A number at the bell is no reason to trouble anybody: the list itself says what is wrong.
    unread.value = await call('noticeCounts', {}).then((counts) => counts.unread, () => unread.value)
  }

  let leave: (() => void) | null = null
  let soon: ReturnType<typeof setTimeout> | undefined
  /** A burst is read once. */
  function changed(): void {
    clearTimeout(soon)
    soon = setTimeout(() => {
      changes.value += 1
      void reload()
    }, 300)
  }
  function sit(personId: string): void {
    leave = follow(`person:${personId}`, changed, (code) => {
      leave = null
      if (code === 'resync') {
        changed()
        sit(personId)
      }
    })
  }
  watch(() => session.session?.person.id, (personId) => {
    unread.value = 0
    leave?.()
    leave = null
    if (!personId || !session.may('read-exceptions')) return
    void reload()
    sit(personId)
  }, { immediate: true })
  const timer = setInterval(() => { if (!document.hidden) void reload() }, 60_000)
  onScopeDispose(() => { clearInterval(timer) })

  return { unread, changes, reload }
})
