import { ref } from 'vue'

/** The present moment, ticking every 15 seconds: what "2 minutes ago" is counted from. */
export const now = ref(Date.now())
setInterval(() => { now.value = Date.now() }, 15_000)
