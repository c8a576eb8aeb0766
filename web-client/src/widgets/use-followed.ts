import type { Frame, Room } from '@yidan/api/contract'
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { follow } from '../live.ts'
import type { Loading } from './use-load.ts'

/** A view that keeps itself up to date: frames say that something happened, the view is read again until it has it. */
export interface Followed {
  /** Code with which the view ended; null while it goes on. */
  readonly closed: Ref<string | null>
  /** Frames since the page was opened, newest last. */
  readonly news: ShallowRef<readonly Frame[]>
  /** Whether a timeline line came in while the reader was looking. */
  readonly isNew: (position: number) => boolean
}

/** `how` follows by another socket than that of whoever is signed in. */
export function useFollowed<T extends { readonly position: number }>(view: Loading<T>, room: () => Room | null, how: typeof follow = follow): Followed {
  const closed = ref<string | null>(null)
  const news = shallowRef<readonly Frame[]>([])
  let followed: Room | null = null, stop: (() => void) | null = null
  let opened = Infinity, wanted = 0, catchingUp = false, gone = false

  watch([room, view.data], ([name, data]) => {
    if (name !== followed) leave()
    if (!name || !data || followed === name) return
    followed = name
    opened = data.position
    closed.value = null
    news.value = []
    stop = how({
      room: name, since: data.position,
      onFrames(frames) {
        news.value = [...news.value, ...frames].slice(-200)
        wanted = Math.max(wanted, ...frames.map((frame) => frame.position))
        void catchUp()
      },
      async readAgain() {
        await view.reload()
        opened = view.data.value?.position ?? Infinity
        wanted = 0
        news.value = []
        return view.data.value?.position
      },
      onClosed(code) { closed.value = code },
    })
  }, { immediate: true })

  /** The view is a projection: it may be a moment behind the feed. */
  async function catchUp(): Promise<void> {
    if (catchingUp) return
    catchingUp = true
    for (let tries = 0; tries < 8 && !gone && closed.value === null; tries += 1) {
      const asked = wanted
      await view.reload()
      if ((view.data.value?.position ?? 0) >= wanted || (asked === wanted && view.error.value !== null)) break
      await new Promise((resolve) => { setTimeout(resolve, 120 * (tries + 1)) })
    }
    catchingUp = false
  }

  function leave(): void {
    stop?.()
    followed = stop = null
    opened = Infinity
  }
  onScopeDispose(() => {
    gone = true
    leave()
  })
  return { closed, news, isNew: (position) => position > opened }
}
