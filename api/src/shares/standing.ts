import type { ProblemCode } from '@yidan/api/contract'
import type { BillId } from '@yidan/ledger'
import { may } from '../access/abilities.ts'
import type { Caller } from '../access/caller.ts'
import type { Ports } from '../ports.ts'
import { cargoThing } from '../tracking/index.ts'
import { titleFor, type TrackingReader } from '../tracking/view.ts'
import type { EndReason, ShareRecord, Sharer } from './store.ts'

/** How a link stands at this moment. */
export type Standing =
  /** `sharer` is who the link acts for, with the rights of now; `billId` the bill that gives them. */
  | { readonly is: 'open'; readonly sharer: Caller; readonly billId: BillId | null }
  /** Its right has gone just now: it has to be ended for good. */
  | { readonly is: 'lost'; readonly because: EndReason }
  | { readonly is: 'over'; readonly code: Extract<ProblemCode, `share-${string}`> }

/** What is asked about those who share. */
export interface Sharers {
  /** The caller behind a link with the rights of today; null when there is no access left. */
  callerBehind(sharer: Sharer): Promise<Caller | null>
  /** Whether the session was neither ended nor revoked. */
  isSession(sessionId: string): Promise<boolean>
}

/** A link shows what its sharer may see, at every use: who lost the right shows nothing. */
export async function standingOf(share: ShareRecord, { ports, reader, sharers }: { readonly ports: Pick<Ports, 'clock'>; readonly reader: TrackingReader; readonly sharers: Sharers }): Promise<Standing> {
  const now = ports.clock()
  if (share.endedAt !== null) return { is: 'over', code: share.because === 'revoked' ? 'share-revoked' : 'share-ended' }
  if (share.expiresAt <= now) return { is: 'over', code: 'share-expired' }
  const revoked = share.sessionId !== null && share.sessionUntil !== null && share.sessionUntil > now && !(await sharers.isSession(share.sessionId))
  const known = revoked ? null : await sharers.callerBehind(share.sharer)
  if (known === null || !may(known, 'share-following')) return { is: 'lost', because: 'access-ended' }
  // So that whatever cuts the session off cuts off its guests too.
  const sharer: Caller = known.kind === 'person' ? { ...known, sessionId: share.sessionId ?? '' } : known
  const right = await rightOf(share, sharer, reader)
  return 'because' in right ? { is: 'lost', because: right.because } : { is: 'open', sharer, billId: right.billId }
}

/** The bill by which the caller may follow what the link names, or why the caller may not. */
export async function rightOf({ kind, subject, since }: Pick<ShareRecord, 'kind' | 'subject' | 'since'>, caller: Caller, reader: TrackingReader): Promise<{ readonly billId: BillId | null } | { readonly because: EndReason }> {
  switch (kind) {
    case 'train':
      return may(caller, 'follow-train') ? { billId: null } : { because: 'access-ended' }
    case 'bill': {
      const bill = await reader.billByNumber(subject)
      return bill !== null && may(caller, 'follow-bill', { type: 'bill', title: titleFor(bill), formerHolders: [] }) ? { billId: bill._id } : { because: 'title-moved' }
    }
    case 'container': {
      const box = await reader.box(subject)
      const bill = box?.billId ? await reader.bill(box.billId) : null
      if (box === null || !may(caller, 'follow-container', cargoThing(bill))) return { because: 'title-moved' }
      return since !== null && box.since !== since ? { because: 'journey-over' } : { billId: bill?._id ?? null }
    }
  }
}
