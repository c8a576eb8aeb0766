import type { ExceptionCounts } from '@yidan/api/contract'
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { call } from './api.ts'
import { toldCount } from './told-count.ts'

/** How many exceptions are open for this person. */
export const useExceptions = defineStore('exceptions', () => {
  const counts = shallowRef<ExceptionCounts | null>(null)
  const { changes, reload } = toldCount({
    room: () => 'desk:exceptions',
    read: async () => { counts.value = await call('exceptionCounts', {}) },
    forget: () => { counts.value = null },
  })
  return { counts, changes, reload, open: computed(() => counts.value?.open ?? 0) }
})
