import { onScopeDispose, ref, watch, type Ref } from 'vue'

/** How long something has been going on, in seconds: waiting has an age. */
export function useSeconds(busy: Ref<boolean>): Ref<number> {
  const seconds = ref(0)
  let timer: ReturnType<typeof setInterval> | undefined
  watch(busy, (now) => {
    clearInterval(timer)
    seconds.value = 0
    if (now) timer = setInterval(() => { seconds.value += 1 }, 1000)
  })
  onScopeDispose(() => { clearInterval(timer) })
  return seconds
}
