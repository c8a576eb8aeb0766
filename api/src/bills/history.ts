import type { ChainLink } from '@yidan/api/contract'
import { evolveTitle, isTitleEvent, signingText, type BillId, type Hash, type KeyId, type LogEntry, type PartyId, type SigningKey, type Title } from '@yidan/ledger'
import { verifySignature } from '@yidan/ledger/signing'
import type { z } from 'zod'
import { partyNames, type BillDesk } from './desk.ts'
import type { BillRecord } from './store.ts'
import { partiesIn, standingOf } from './view.ts'

/** The chain of title from the ledger itself: every signature checked again with the registered key, and the standing after each link. */
export async function chainOf({ ports, directory }: BillDesk, { title, erased }: Pick<BillRecord, 'title' | 'erased'>): Promise<z.infer<typeof ChainLink>[]> {
  const entries = await ports.ledger.history(title.billId)
  const keyIds = [...new Set(entries.flatMap(({ signed }) => signed.signatures.map(({ keyId }) => keyId)))]
  const keys = new Map<KeyId, SigningKey | null>(await Promise.all(keyIds.map(async (keyId) => [keyId, await ports.ledger.key(keyId)] as const)))
  const standings = standingsAfter(entries)
  const parties = new Set<PartyId>([...standings.flatMap(partiesIn), ...entries.map(({ signed }) => signed.command.party), ...[...keys.values()].flatMap((key) => key?.partyId ?? [])])
  // Of an erased bill the ids are left, as on the ledger.
  const [named, people, places] = await Promise.all([partyNames(directory, erased ? [] : [...parties]), directory.keyHolders(erased ? [] : keyIds), placesOf(ports, title.billId)])
  return Promise.all(entries.map(async (entry, index) => {
    const { signed, events, seq, hash, recordedAt } = entry
    const text = signingText(signed.command)
    const after = standings[index]
    if (after === undefined) throw new Error(`no standing after entry ${seq} of ${title.billId}`)
    return {
      seq, hash, action: signed.command.action, events: events.map((event) => ({ ...event })), party: named(signed.command.party),
      signers: await Promise.all(signed.signatures.map(async ({ keyId, value }) => {
        const key = keys.get(keyId) ?? null
        return { keyId, party: named(key?.partyId ?? signed.command.party), person: people.get(keyId) ?? null, signatureValid: key !== null && (await verifySignature({ publicKey: key.publicKey, text, value })), publicKey: key?.publicKey ?? null }
      })),
      standing: standingOf(after, named), recordedAt, commandId: signed.command.commandId, signed, place: places.get(hash) ?? null,
    }
  }))
}

/** Where the ledger keeps each entry of a bill, by the entry's hash. */
async function placesOf({ ledger, eventLog }: BillDesk['ports'], billId: BillId): Promise<ReadonlyMap<Hash, ChainLink['place']>> {
  const told = await eventLog.about(`bill:${billId}`, 0, 10_000)
  return new Map(told.flatMap(({ event }) => (event.type === 'ledger-recorded' ? event.record.entries.map(({ hash }) => [hash, { position: event.record.position, block: ledger.blockOf?.(event.record.position) ?? null }] as const) : [])))
}

function standingsAfter(entries: readonly LogEntry[]): Title[] {
  let title: Title | null = null
  return entries.map((entry) => {
    for (const event of entry.events) if (isTitleEvent(event)) title = evolveTitle(title, event, entry)
    if (title === null) throw new Error(`entry ${entry.seq} of ${entry.subject} holds no title event`)
    return title
  })
}
