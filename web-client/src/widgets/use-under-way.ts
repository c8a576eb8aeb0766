import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { follow, liveState } from '../live.ts'

/** From one reading to the next, in milliseconds, however much moves. */
const pause = 2_000
/** What moves together is read once. */
const gathering = 150

/**
 * A screen about what is under way keeps itself up to date: frames say that a train or vessel has moved, and it is read again as a whole.
 * @param position of what is on the screen, where the view tells one; undefined while there is nothing yet
 * @param how it is followed, by the socket of whoever is signed in unless told otherwise
 * @returns whether nobody tells it any more
 */
export function useUnderWay(readAgain: () => Promise<unknown>, position?: () => number | undefined, how: typeof follow = follow): Ref<boolean> {
  const ended = ref(false)
  let stop: (() => void) | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let readAt = 0, gone = false

  function readSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      readAt = Date.now()
      void readAgain()
    }, Math.max(gathering, readAt + pause - Date.now()))
  }

  function begin(since?: number): void {
    if (gone) return
    stop ??= how({
      room: 'corridor:all', since, onFrames: readSoon,
      readAgain: () => readAgain().then(() => position?.()),
      onClosed() {
        stop = null
        ended.value = true
      },
    })
  }

  if (position === undefined) {
    begin()
    // What moved between the reading and the first frame.
    watch(liveState, (state) => { if (state === 'live') readSoon() })
  } else watch(position, (since) => { if (since !== undefined) begin(since) }, { immediate: true })
  onScopeDispose(() => {
    gone = true
    clearTimeout(timer)
    stop?.()
  })
  return ended
}
