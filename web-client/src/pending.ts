import type { CommandOutcome, CommandStatusView } from '@yidan/api/contract'
import { defineStore } from 'pinia'
import { onScopeDispose, ref, watch } from 'vue'
import { z } from 'zod'
import { call } from './api.ts'
import { say } from './i18n/index.ts'
import { tellDone } from './notify.ts'
import { useSession } from './session.ts'

/** A command that was signed while the ledger's network was away: kept by the platform, recorded by itself when the network is back. */
const PendingCommand = z.object({ commandId: z.string(), subject: z.string(), expects: z.number(), since: z.string(), waitsFor: z.string().nullable(), action: z.string() })
export type PendingCommand = z.infer<typeof PendingCommand>
export interface RefusedCommand extends PendingCommand { readonly reason: string }
type Recorded = Extract<CommandOutcome, { outcome: 'recorded' }>

const askEvery = 3_000

/** The person's commands on their way. They are remembered through a reload, so that the page they were signed on can be left. */
export const usePending = defineStore('pending', () => {
  const session = useSession()
  const items = ref<PendingCommand[]>([])
  const refused = ref<RefusedCommand[]>([])
  const recorded = ref<ReadonlyMap<string, Recorded>>(new Map())
  const drawer = (): string => `yidan.pending.${session.person?.id ?? ''}`

  function note({ commandId, subject, expects, since, waitsFor, action }: PendingCommand): void {
    if (items.value.some((item) => item.commandId === commandId)) return
    items.value = [...items.value, { commandId, subject, expects, since, waitsFor, action }]
    keep()
  }

  async function ask(): Promise<void> {
    for (const item of items.value) {
      const status = await statusOf(item)
      if (status === null || status.state === 'pending' || status.state === 'unknown') continue
      items.value = items.value.filter(({ commandId }) => commandId !== item.commandId)
      keep()
      if (status.state === 'refused') refused.value = [...refused.value, { ...item, reason: status.reason }]
      else {
        recorded.value = new Map(recorded.value).set(item.commandId, { outcome: 'recorded', receipt: status.receipt })
        tellDone(say('act.pendingDone', { act: say(`act.name.${item.action}`) }))
      }
    }
  }

  function dismiss(commandId: string): void {
    refused.value = refused.value.filter((item) => item.commandId !== commandId)
  }

  function keep(): void {
    if (items.value.length === 0) localStorage.removeItem(drawer())
    else localStorage.setItem(drawer(), JSON.stringify(items.value))
  }

  watch(() => session.person?.id, (who) => {
    items.value = who === undefined ? [] : remembered(drawer())
    refused.value = []
  }, { immediate: true })

  let asking = false
  const timer = setInterval(() => {
    if (asking || items.value.length === 0) return
    asking = true
    void ask().finally(() => { asking = false })
  }, askEvery)
  onScopeDispose(() => { clearInterval(timer) })

  return { items, refused, recorded, note, dismiss }
})

/** Null when the server could not be asked: asked again a moment later. */
async function statusOf({ commandId, subject, expects }: PendingCommand): Promise<CommandStatusView | null> {
  return call('commandStatus', { params: { commandId: commandId as never }, query: { subject: subject, expects } }).catch(() => null)
}

function remembered(drawer: string): PendingCommand[] {
  try {
    return z.array(PendingCommand).parse(JSON.parse(localStorage.getItem(drawer) ?? '[]'))
  } catch {
    return []
  }
}
