import { EventEmitter } from 'node:events'
import type { Filter } from 'mongodb'
import type { LogEntry } from '../events/types.ts'
import type { HandlersFor } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import type { Guest } from '../live/guests.ts'
import type { Directory } from '../parties/directory.ts'
import type { AccessEnded } from '../events/types.ts'
import type { Ports } from '../ports.ts'
import { openTrackingReader } from '../tracking/view.ts'
import { createShare, endShare, noteUse, openShare, outliveSession, reconsider, reconsiderAfter, type ShareDesk } from './commands.ts'
import { listShares, ownedBy, shareView } from './list.ts'
import type { Sharers } from './standing.ts'
import { openShareStore, type ShareRecord } from './store.ts'
import { sharedView } from './view.ts'

/** Share links, opened: the routes, and what live frames, sign-in and the log have to do with them. */
export interface Shares {
  readonly handlers: HandlersFor<'shares' | 'createShare' | 'revokeShare' | 'openShared' | 'shared'>
  /** Lets a socket in that brings a link's secret. @throws Problem when the link is over */
  admit(token: string): Promise<Guest>
  /** What was recorded may have taken the right from those who shared. */
  note(entries: readonly LogEntry[]): void
  /** Somebody's access has ended or become less. */
  noteRevoked(revoked: AccessEnded): void
  /** Somebody is about to sign out. */
  outliveSession(sessionId: string): Promise<void>
  /** Tells whenever a link ends in this process before its time. @returns a function that stops it */
  onEnded(listener: (shareId: string) => void): () => void
  /** Resolves when all that was noted has been looked at. */
  settled(): Promise<void>
}

export async function openShares(ports: Ports, directory: Directory, sharers: Sharers & { sessionUntil(sessionId: string): Promise<Date> }): Promise<Shares> {
  const reader = openTrackingReader(ports)
  const desk: ShareDesk = { ports, store: await openShareStore(ports), reader, sharers, ends: new EventEmitter() }
  let work: Promise<void> = Promise.resolve()
  const later = (look: () => Promise<void>): void => {
    work = work.then(look).catch((error: unknown) => { ports.log.warn({ err: error }, 'share links could not be looked at again; each is, when it is used') })
  }
  return {
    handlers: {
      shares: ({ caller, query }) => listShares({ store: desk.store, directory, caller, now: ports.clock() }, query),
      async createShare({ caller, body, concerns }) {
        const sessionUntil = caller.kind === 'person' ? await sharers.sessionUntil(caller.sessionId) : null
        const { share, token } = await createShare(desk, { caller, body, sessionUntil })
        concerns(`${share._id} ${share.kind} ${share.subject}`)
        const at = (page: string): string => `${ports.settings.publicUrl.replace(/\/$/, '')}/${page}#${token}`
        return { ...shareView(share, ports.clock(), caller.kind === 'person' ? caller.person.name : null), link: at('s'), embedLink: at('embed') }
      },
      async revokeShare({ caller, params: { shareId }, concerns }) {
        concerns(shareId)
        const share = await desk.store.findOne({ $and: [{ _id: shareId }, ownedBy(caller)] })
        if (share === null) throw new Problem('not-found')
        await endShare(desk, shareId, 'revoked')
        return undefined
      },
      async openShared({ shareToken, language, concerns }) {
        const { share, standing } = await openShare(desk, shareToken)
        concerns(share._id, [share.companyId])
        await noteUse(desk, share, true)
        return sharedView({ ports, directory, reader, share, sharer: standing.sharer, language })
      },
      async shared({ shareToken, language }) {
        const { share, standing } = await openShare(desk, shareToken)
        await noteUse(desk, share, false)
        return sharedView({ ports, directory, reader, share, sharer: standing.sharer, language })
      },
    },
    async admit(token) {
      const { share: { _id, kind, subject, expiresAt }, standing: { sharer, billId } } = await openShare(desk, token)
      return { shareId: _id, room: `${kind}:${subject}`, billId, sharer, expiresAt }
    },
    note(entries) {
      if (entries.some(({ event }) => event.type === 'ledger-recorded')) later(() => reconsiderAfter(desk, entries))
    },
    noteRevoked(revoked) {
      later(() => reconsider(desk, sharedBy(revoked)))
    },
    outliveSession: (sessionId) => outliveSession(desk, sessionId),
    onEnded(listener) {
      desk.ends.on('ended', listener)
      return () => desk.ends.off('ended', listener)
    },
    settled: () => work,
  }
}

function sharedBy(revoked: AccessEnded): Filter<Omit<ShareRecord, 'label'>> {
  switch (revoked.type) {
    case 'session':
      return { sessionId: revoked.sessionId }
    case 'person':
      return { 'sharer.personId': revoked.personId }
    case 'api-key':
      return { 'sharer.apiKeyId': revoked.apiKeyId }
    case 'company':
      return { companyId: revoked.companyId }
  }
}
