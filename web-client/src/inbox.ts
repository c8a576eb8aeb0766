import type { InboxItem } from '@yidan/api/contract'
import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, watch } from 'vue'
import { call } from './api.ts'
import { follow } from './live.ts'
import { useSession } from './session.ts'

/** What needs the person now: read at sign-in, every half minute, and whenever a live frame or an own act says that it changed. */
export const useInbox = defineStore('inbox', () => {
  const session = useSession()
  const items = ref<InboxItem[]>([])
  const read = ref(false)
  const error = ref<unknown>(null)

  async function reload(): Promise<void> {
    if (!session.session) return
    try {
      items.value = (await call('inbox', {})).items
      error.value = null
    } catch (reason) {
      error.value = reason
    }
    read.value = true
  }

  let leave: (() => void) | null = null
  watch(() => session.session?.person.id, (who) => {
    items.value = []
    read.value = false
    leave?.()
    leave = null
    const company = session.session?.company.id
    if (!who || !company) return
    void reload()
    leave = follow({ room: `company:${company}`, onFrames: () => { void reload() }, readAgain: async () => { await reload() }, onClosed: () => { leave = null } })
  }, { immediate: true })
  const timer = setInterval(() => { if (!document.hidden) void reload() }, 30_000)
  onScopeDispose(() => { clearInterval(timer) })

  return { items, read, error, reload, count: computed(() => items.value.length) }
})
