import type { Caller, PersonCaller } from '../access/caller.ts'
import { openDesk, type Desk } from '../exceptions/index.ts'
import type { HandlersFor } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import type { Directory } from '../parties/directory.ts'
import type { Ports } from '../ports.ts'
import { countUnread, listNotices } from './list.ts'
import { openMailing } from './mailing.ts'
import { choosePreferences, preferencesOf } from './preferences.ts'
import { openRecipients, type PersonBehind } from './recipients.ts'
import { openNoticeStore, type NoticeStore } from './store.ts'
import { openNoticeWriter, type NoticeWriter } from './writer.ts'

export type { NoticeWriter } from './writer.ts'

type Own = 'notices' | 'noticeCounts' | 'readNotices' | 'noticePreferences' | 'changeNoticePreferences'

/** Notices about exceptions, opened: what people read and choose, and what writes them. */
export interface Notices {
  readonly handlers: HandlersFor<Own>
  readonly writer: NoticeWriter
}

export async function openExceptionNotices(ports: Ports, directory: Directory, callerBehind: (maker: { readonly kind: 'person'; readonly personId: PersonCaller['person']['id'] }) => Promise<Caller | null>): Promise<Notices> {
  const store = await openNoticeStore(ports)
  const desk = openDesk(ports, directory)
  const personBehind: PersonBehind = async (personId) => {
    const caller = await callerBehind({ kind: 'person', personId })
    return caller?.kind === 'person' ? caller : null
  }
  const recipients = openRecipients({ ports, directory, reader: desk.reader, watch: desk.watch, personBehind })
  const mailing = openMailing({ ports, store, directory, recipients, personBehind })
  return { handlers: handlersFor(desk, store), writer: await openNoticeWriter({ ports, store, recipients, mailing }) }
}

function handlersFor(desk: Desk, store: NoticeStore): HandlersFor<Own> {
  return {
    notices: ({ caller, query }) => listNotices(desk, store, personOf(caller), query),
    noticeCounts: ({ caller }) => countUnread(desk, store, personOf(caller)),
    async readNotices({ caller, body: { ids } }) {
      const person = personOf(caller)
      await store.notices.updateMany({ personId: person.person.id, readAt: null, ...(ids === null ? {} : { _id: { $in: ids } }) }, { $set: { readAt: desk.ports.clock() } })
      return countUnread(desk, store, person)
    },
    noticePreferences: ({ caller }) => preferencesOf(store, personOf(caller)),
    async changeNoticePreferences({ caller, body }) {
      const person = personOf(caller)
      await choosePreferences(store, person, body)
      return preferencesOf(store, person)
    },
  }
}

/** @throws Problem `forbidden` for a system: it has webhooks */
function personOf(caller: Caller): PersonCaller {
  if (caller.kind !== 'person') throw new Problem(caller.kind === 'anonymous' ? 'not-signed-in' : 'forbidden')
  return caller
}
