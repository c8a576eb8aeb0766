import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { follow, liveState } from '../live.ts'

/** From one reading to the next, in milliseconds, however much moves. */
const pause = 2_000

/**
 * A screen about what is under way keeps itself up to date: frames say that a train or vessel has moved, and it is read again as a whole.
 * @param position of what is on the screen, where the view tells one; nothing while there is nothing yet
 * @returns whether nobody tells it any more
 */
export function useUnderWay(readAgain: () => Promise<unknown>, position?: () => number | undefined): Ref<boolean> {
  const ended = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let readAt = 0
  function readSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      readAt = Date.now()
      void readAgain()
    }, Math.max(150, readAt + pause - Date.now()))
  }
  let isFollowed = false
  function begin(since?: number): void {
    if (isFollowed) return
    isFollowed = true
    onScopeDispose(follow('corridor:all', readSoon, (code) => { ended.value = code !== 'resync' }, since))
  }
  if (position === undefined) {
    begin()
    // What moved between the reading and the first frame.
    watch(liveState, (state) => { if (state === 'live') readSoon() })
  } else watch(position, (since) => { if (since !== undefined) begin(since) }, { immediate: true })
  onScopeDispose(() => { clearTimeout(timer) })
  return ended
}
