import { defineStore } from 'pinia'
import { ref } from 'vue'
import { call } from './api.ts'
import { toldCount } from './told-count.ts'

/** How many notices of the person are unread. */
export const useNotices = defineStore('notices', () => {
  const unread = ref(0)
  const { changes, reload } = toldCount({
    room: (personId) => `person:${personId}`,
    read: async () => { unread.value = (await call('noticeCounts', {})).unread },
    forget: () => { unread.value = 0 },
  })
  return { unread, changes, reload }
})
