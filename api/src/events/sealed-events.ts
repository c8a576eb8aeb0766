import type { BillDocument } from '@yidan/ledger'
import { Binary } from 'mongodb'
import { open, seal } from '../vault/cipher.ts'
import type { KeyName, Vault } from '../vault/vault.ts'
import type { LogEntry, NewEntry, PlatformEvent } from './types.ts'

type Frozen = Extract<PlatformEvent, { type: 'document-frozen' }>
/** As the log keeps it: the document is sealed with the bill's data key, and unreadable once that is erased. */
export type StoredEvent = Exclude<PlatformEvent, Frozen> | (Omit<Frozen, 'document'> & { readonly sealed: Binary | null })

/** An entry to be written, its secrets sealed. */
export type SealedEntry = Omit<NewEntry, 'event'> & { readonly event: StoredEvent }
type OpenedEntry = Omit<LogEntry, 'event'> & { readonly event: StoredEvent }

const keyOf = ({ billId }: Pick<Frozen, 'billId'>): KeyName => `bill:${billId}`
const aboutOf = ({ docHash }: Pick<Frozen, 'docHash'>): string => `event_log/document-frozen/${docHash}`

/** The entries as the log keeps them. */
export async function sealEntries(vault: Vault, entries: readonly NewEntry[]): Promise<readonly SealedEntry[]> {
  if (!entries.some(isFrozen)) return entries as readonly SealedEntry[]
  const keys = await keysOf(vault, entries)
  return entries.map((entry) => {
    const { event } = entry
    if (event.type !== 'document-frozen') return { ...entry, event }
    const { document, ...rest } = event
    const key = keys.get(keyOf(event)) ?? null
    return { ...entry, event: { ...rest, sealed: key === null || document === null ? null : new Binary(seal(JSON.stringify(document), { key, about: aboutOf(event) })) } }
  })
}

/** The entries as everybody reads them; a document that was erased is null. */
export async function openEntries(vault: Vault, entries: readonly OpenedEntry[]): Promise<readonly LogEntry[]> {
  if (!entries.some(isFrozen)) return entries as readonly LogEntry[]
  const keys = await keysOf(vault, entries)
  return entries.map((entry) => {
    const { event } = entry
    if (event.type !== 'document-frozen') return { ...entry, event }
    const { sealed, ...rest } = event
    const key = keys.get(keyOf(event)) ?? null
    return { ...entry, event: { ...rest, document: key === null || sealed === null ? null : (JSON.parse(open(sealed.buffer, { key, about: aboutOf(event) }).toString('utf8')) as BillDocument) } }
  })
}

function isFrozen({ event }: { readonly event: { readonly type: PlatformEvent['type'] } }): boolean {
  return event.type === 'document-frozen'
}

function keysOf(vault: Vault, entries: readonly { readonly event: StoredEvent | PlatformEvent }[]): ReturnType<Vault['keysFor']> {
  return vault.keysFor(entries.flatMap(({ event }) => (event.type === 'document-frozen' ? [keyOf(event)] : [])))
}
