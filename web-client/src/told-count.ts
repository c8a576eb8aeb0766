import type { Room } from '@yidan/api/contract'
import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { follow } from './live.ts'
import { useSession } from './session.ts'

/**
 * Keeps a number in the header right for whoever is signed in and may read exceptions: read at sign-in, each minute, and soon after the
 * room has told of a change. `changes` counts up with every change: a list that watches it reads itself again.
 */
export function toldCount({ room, read, forget }: { readonly room: (personId: string) => Room; readonly read: () => Promise<void>; readonly forget: () => void }): { changes: Ref<number>; reload: () => Promise<void> } {
  const session = useSession()
  const changes = ref(0)

  async function reload(): Promise<void> {
    // A number in the header is no reason to trouble anybody: the screen itself says what is wrong.
    if (session.session && session.may('read-exceptions')) await read().catch(() => undefined)
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
  watch(() => session.session?.person.id, (personId) => {
    forget()
    leave?.()
    leave = null
    if (!personId || !session.may('read-exceptions')) return
    void reload()
    leave = follow({ room: room(personId), onFrames: changed, readAgain: async () => { changed() }, onClosed: () => { leave = null } })
  }, { immediate: true })
  const timer = setInterval(() => { if (!document.hidden) void reload() }, 60_000)
  onScopeDispose(() => { clearInterval(timer) })

  return { changes, reload }
}
