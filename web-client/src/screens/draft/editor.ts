import type { DraftContent, DraftView, Fault } from '@yidan/api/contract'
import { computed, inject, onBeforeUnmount, provide, ref, shallowRef, watch, type ComputedRef, type InjectionKey, type Ref } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { call } from '../../api.ts'
import { say } from '../../i18n/index.ts'
import { isProblem } from '../../wording.ts'
import { withoutBlanks } from './blanks.ts'

/** A draft at work: what is typed, saved by itself, with the faults the server finds each time. */
export interface DraftEditor {
  readonly content: Ref<DraftContent>
  readonly view: Ref<DraftView>
  readonly faults: ComputedRef<readonly Fault[]>
  readonly saving: Ref<'saved' | 'unsaved' | 'saving' | 'failed' | 'conflict'>
  readonly error: Ref<unknown>
  /** Saves now; true when what is typed is with the server. */
  readonly save: () => Promise<boolean>
  /** Somebody else saved in between: go on from theirs, or put the own version over it. */
  readonly takeTheirs: () => Promise<void>
  readonly keepOwn: () => Promise<void>
  readonly replace: (view: DraftView) => void
}
const key: InjectionKey<DraftEditor> = Symbol('draft editor')
const pauseMs = 1200

export function provideEditor(first: DraftView): DraftEditor {
  const view = shallowRef(first)
  const content = ref<DraftContent>(copy(first.content))
  const saving = ref<'saved' | 'unsaved' | 'saving' | 'failed' | 'conflict'>('saved')
  const error = shallowRef<unknown>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<boolean> | null = null
  /** What the server has, to tell typing from loading. */
  let kept = JSON.stringify(withoutBlanks(first.content))

  watch(content, () => {
    if (saving.value === 'conflict' || JSON.stringify(withoutBlanks(content.value)) === kept) return
    saving.value = 'unsaved'
    clearTimeout(timer)
    timer = setTimeout(() => { void save() }, pauseMs)
  }, { deep: true })

  async function save(): Promise<boolean> {
    clearTimeout(timer)
    if (running) await running
    const sent = withoutBlanks(content.value), text = JSON.stringify(sent)
    if (text === kept) return true
    if (saving.value === 'conflict') return false
    running = send(sent, text)
    const done = await running
    running = null
    return done
  }

  async function send(sent: DraftContent, text: string): Promise<boolean> {
    saving.value = 'saving'
    try {
      view.value = await call('saveDraft', { params: { draftId: view.value.id }, body: { revision: view.value.revision, content: sent } })
      kept = text
      error.value = null
      saving.value = JSON.stringify(withoutBlanks(content.value)) === text ? 'saved' : 'unsaved'
      if (saving.value === 'unsaved') timer = setTimeout(() => { void save() }, pauseMs)
      return true
    } catch (reason) {
      saving.value = isProblem(reason, 'revision-conflict') ? 'conflict' : 'failed'
      error.value = saving.value === 'conflict' ? null : reason
      return false
    }
  }

  function replace(next: DraftView): void {
    clearTimeout(timer)
    view.value = next
    content.value = copy(next.content)
    kept = JSON.stringify(withoutBlanks(next.content))
    saving.value = 'saved'
    error.value = null
  }

  const read = () => call('draft', { params: { draftId: view.value.id } })
  const editor: DraftEditor = {
    content, view, saving, error, save, replace,
    faults: computed(() => [...view.value.faults, ...view.value.warnings]),
    async takeTheirs() {
      replace(await read())
    },
    async keepOwn() {
      view.value = await read()
      saving.value = 'unsaved'
      await save()
    },
  }

  const warn = (event: BeforeUnloadEvent): void => { if (saving.value !== 'saved') event.preventDefault() }
  addEventListener('beforeunload', warn)
  onBeforeUnmount(() => {
    removeEventListener('beforeunload', warn)
    clearTimeout(timer)
  })
  onBeforeRouteLeave(async () => (saving.value === 'saved' || (await save()) ? true : confirm(say('draft.leaveUnsaved'))))
  provide(key, editor)
  return editor
}

export function useEditor(): DraftEditor {
  const editor = inject(key)
  if (!editor) throw new Error('a part of the draft form outside of it')
  return editor
}

function copy(content: DraftContent): DraftContent {
  return JSON.parse(JSON.stringify(content)) as DraftContent
}
