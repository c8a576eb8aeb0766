import type { PartyId } from '@yidan/ledger'
import type { Directory } from '../../parties/directory.ts'
import type { VisibleEvent } from '../visible-events.ts'
import { cut } from './texts.ts'
import type { Publisher } from './v3-event.ts'

/** Names of those who reported these events. */
export async function publishersOf(directory: Directory, events: readonly VisibleEvent[]): Promise<(partyId: string) => Publisher> {
  const known = await directory.byParties([...new Set(events.flatMap((event): readonly PartyId[] => (event.kind === 'exception' ? [] : [event.kind === 'title' ? event.carrier : event.sender])))])
  return (partyId) => {
    const company = known.get(partyId as PartyId)
    return { name: cut(company?.nameEn ?? undefined, 100) ?? cut(company?.name, 100) ?? partyId, isCarrier: company?.roles.includes('carrier') ?? false }
  }
}
