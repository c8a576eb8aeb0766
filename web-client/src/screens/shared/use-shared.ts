import { makeClient, ProblemError, type Room, type SharedView } from '@yidan/api/contract'
import { computed, onScopeDispose, watch, type ComputedRef, type Ref } from 'vue'
import { language } from '../../i18n/language.ts'
import { makeLive, type Following, type Live } from '../../live.ts'
import { useFollowed } from '../../widgets/use-followed.ts'
import { useLoad, type Loading } from '../../widgets/use-load.ts'

/** What a share link shows, kept up to date. */
export interface Shared {
  readonly view: Loading<SharedView>
  /** Why the link shows nothing (any more): a problem code; null while it does. */
  readonly over: ComputedRef<string | null>
  readonly isNew: (position: number) => boolean
  readonly live: Live['state']
}

/** Without frames the page is read again this often: what is stale is to look stale. */
const every = 60_000

/** Nobody is signed in here: no cookie goes along, and the secret goes in a header, never in an address. */
export function useShared(token: Ref<string>): Shared {
  const client = makeClient({ baseUrl: '', headers: () => ({ 'accept-language': language.value, 'share-token': token.value }), fetch: (input, init) => fetch(input, { ...init, credentials: 'omit' }) })
  let opened: string | null = null
  const view = useLoad<SharedView>((signal) => {
    const isOpening = opened !== token.value
    opened = token.value
    return client.call(isOpening ? 'openShared' : 'shared', { signal })
  }, () => token.value)
  watch(language, () => void view.reload())
  const over = computed(() => (view.error.value instanceof ProblemError && view.error.value.problem.code.startsWith('share-') ? view.error.value.problem.code : null))

  const live = makeLive(async () => {
    const { io } = await import('socket.io-client')
    const socket = io({ path: '/live', transports: ['websocket', 'polling'], withCredentials: false, forceNew: true, auth: { share: token.value } })
    // Turned away at the door: the page is asked, and says why.
    socket.on('connect_error', () => void view.reload())
    return socket
  })
  const room = (): Room | null => (view.data.value && !over.value ? `${view.data.value.kind}:${view.data.value.subject}` : null)
  const { isNew } = useFollowed(view, room, followOn)
  const timer = setInterval(() => { if (document.visibilityState === 'visible' && over.value === null) void view.reload() }, every)
  onScopeDispose(() => { clearInterval(timer) })
  return { view, over, isNew, live: live.state }

  /** However the live view ends, the page is read again: it goes on, or says why not. */
  function followOn(following: Following): () => void {
    let left = false, leave = begin(following.since)
    return () => {
      left = true
      leave()
    }

    function begin(since: number | undefined): () => void {
      return live.follow({
        ...following, since,
        onClosed: () => void following.readAgain().then((position) => { if (!left && over.value === null) leave = begin(position) }, () => undefined),
      })
    }
  }
}
