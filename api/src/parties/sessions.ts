import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { CompanyId, DeviceSession, PersonId } from '@yidan/api/contract'
import type { z } from 'zod'
import type { Caller, CallerCompany, PersonCaller } from '../access/caller.ts'
import type { AccessEnded } from '../events/types.ts'
import type { Identities } from '../http/authenticate.ts'
import { Problem } from '../http/problem.ts'
import type { Ports } from '../ports.ts'
import { hashOf, newId, newSecret } from './ids.ts'
import type { ApiKeyRecord, CompanyRecord, PartyStore, PersonRecord, SessionRecord } from './store.ts'

const minute = 60_000

/**
 * Who is signed in where. A session is an opaque random token in a cookie; only its hash is kept. It is looked up on every request, so that
 * revoking it, disabling a person or changing roles counts at once, in every process.
 */
export class Sessions implements Identities {
  readonly #store: PartyStore
  readonly #ports: Pick<Ports, 'clock' | 'settings' | 'log' | 'eventLog'>
  readonly #revoked = new EventEmitter<{ revoked: [AccessEnded] }>().setMaxListeners(0)

  constructor(store: PartyStore, ports: Pick<Ports, 'clock' | 'settings' | 'log' | 'eventLog'>) {
    this.#store = store
    this.#ports = ports
  }

  /** Tells whenever access is ended through this process, before the log tells all of them. @returns a function that stops it */
  onRevoked(listener: (revoked: AccessEnded) => void): () => void {
    this.#revoked.on('revoked', listener)
    return () => this.#revoked.off('revoked', listener)
  }

  /** Access has ended or become less: open sockets are cut, here at once and in every process by the log; who still may comes back. */
  async tellRevoked(ended: AccessEnded): Promise<void> {
    this.#revoked.emit('revoked', ended)
    await this.#ports.eventLog.append([{ id: `access-ended:${randomUUID()}`, event: { type: 'access-ended', ended }, about: [] }])
  }

  async open(person: PersonRecord, from: { readonly address: string; readonly userAgent: string }): Promise<{ token: string; session: SessionRecord }> {
    const now = this.#ports.clock()
    const token = newSecret()
    const session: SessionRecord = {
      _id: newId('se'), tokenHash: hashOf(token), personId: person._id, companyId: person.companyId, userAgent: from.userAgent, address: from.address, createdAt: now, lastSeenAt: now,
      expiresAt: new Date(now.getTime() + this.#ports.settings.sessionDays * 24 * 60 * minute),
    }
    await this.#store.sessions.create(session)
    await this.#store.people.updateOne({ _id: person._id }, { $set: { lastSeenAt: now } })
    return { token, session }
  }

  async bySession(token: string, { address }: { readonly address: string }): Promise<PersonCaller | null> {
    if (!/^[\w-]{43}$/.test(token)) return null
    const now = this.#ports.clock()
    // One question, because every request asks it: who signed in, and for which company.
    const { people, companies } = this.#store
    const [session] = await this.#store.sessions.aggregate<SessionRecord & { readonly people: Parameters<typeof people.open>[0]; readonly companies: readonly CompanyRecord[] }>([
      { $match: { tokenHash: hashOf(token), expiresAt: { $gt: now } } },
      { $lookup: { from: people.kept.collectionName, localField: 'personId', foreignField: '_id', as: 'people' } },
      { $lookup: { from: companies.collection.collectionName, localField: 'companyId', foreignField: '_id', pipeline: [{ $match: { registered: true } }], as: 'companies' } },
    ])
    const [person] = session === undefined ? [] : await people.open(session.people)
    const [company] = session?.companies.map(companyCalling) ?? []
    if (session === undefined || person === undefined || company === undefined || !this.isWelcome(person)) return null
    if (now.getTime() - session.lastSeenAt.getTime() > minute) {
      await this.#store.sessions.updateOne({ _id: session._id }, { lastSeenAt: now, address })
      await this.#store.people.updateOne({ _id: person._id }, { $set: { lastSeenAt: now } })
    }
    return { kind: 'person', person: { id: person._id, name: person.name, roles: person.roles, tag: person.tag }, company, sessionId: session._id }
  }

  async byApiKey(secret: string): Promise<Caller | null> {
    const now = this.#ports.clock()
    const key = await this.#store.apiKeys.findOne({ secretHash: hashOf(secret), revokedAt: null, expiresAt: { $gt: now } }).lean<ApiKeyRecord>()
    if (key === null) return null
    const company = await companyOf(this.#store, key.companyId)
    if (company === null) return null
    if (key.lastUsedAt === null || now.getTime() - key.lastUsedAt.getTime() > minute) await this.#store.apiKeys.updateOne({ _id: key._id }, { lastUsedAt: now })
    return { kind: 'system', apiKeyId: key._id, label: key.label, abilities: key.abilities, company }
  }

  /** Not disabled; and a demo person only while the demo is on. */
  isWelcome({ disabled, demoAccount }: Pick<PersonRecord, 'disabled' | 'demoAccount'>): boolean {
    return !disabled && (demoAccount === null || this.#ports.settings.demo)
  }

  /** Whether the session is there: not ended, revoked or out of date. */
  async isOpen(sessionId: string): Promise<boolean> {
    return (await this.#store.sessions.exists({ _id: sessionId })) !== null
  }

  async expiresAt(sessionId: string): Promise<Date> {
    const session = await this.#store.sessions.findById(sessionId).lean<SessionRecord>()
    if (session === null) throw new Problem('session-expired')
    return session.expiresAt
  }

  async list({ person, sessionId }: PersonCaller): Promise<z.infer<typeof DeviceSession>[]> {
    const sessions = await this.#store.sessions.find({ personId: person.id, expiresAt: { $gt: this.#ports.clock() } }).sort({ lastSeenAt: -1 }).lean<SessionRecord[]>()
    return sessions.map(({ _id, userAgent, address, createdAt, lastSeenAt, expiresAt }) => ({
      id: _id, current: _id === sessionId, userAgent, address, createdAt: createdAt.toISOString(), lastSeenAt: lastSeenAt.toISOString(), expiresAt: expiresAt.toISOString(),
    }))
  }

  /** @throws Problem `not-found` for a session that is not the person's own */
  async end(personId: PersonId, sessionId: string): Promise<void> {
    const { deletedCount } = await this.#store.sessions.deleteOne({ _id: sessionId, personId })
    if (deletedCount === 0) throw new Problem('not-found')
    await this.tellRevoked({ type: 'session', sessionId })
  }

  /** Ends all sessions of a person, but for one. */
  async endAll(personId: PersonId, but?: string): Promise<void> {
    const sessions = await this.#store.sessions.find({ personId, ...(but === undefined ? {} : { _id: { $ne: but } }) }).lean<SessionRecord[]>()
    await this.#store.sessions.deleteMany({ _id: { $in: sessions.map(({ _id }) => _id) } })
    for (const { _id } of sessions) await this.tellRevoked({ type: 'session', sessionId: _id })
  }
}

/** The company for which somebody calls; null when there is none, or the ledger does not have it yet. */
export async function companyOf({ companies }: PartyStore, companyId: CompanyId): Promise<CallerCompany | null> {
  const company = await companies.findOne({ _id: companyId, registered: true }).lean<CompanyRecord>()
  return company && companyCalling(company)
}

function companyCalling({ _id, partyId, name, roles }: CompanyRecord): CallerCompany {
  return { id: _id, partyId, name, roles }
}
