import { computed, ref } from 'vue'
import { ahead } from '../clock.ts'

const here = ref(Date.now())
setInterval(() => { here.value = Date.now() }, 15_000)

/** The present moment by the platform's clock, ticking every 15 seconds: what "2 minutes ago" is counted from. */
export const now = computed(() => here.value + ahead.value)
