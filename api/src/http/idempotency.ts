import { createHash } from 'node:crypto'
import type { Route, RouteName } from '@yidan/api/contract'
import { canonicalJson } from '@yidan/ledger'
import type { Response } from 'express'
import { companyOf } from '../access/caller.ts'
import type { Ports } from '../ports.ts'
import { openText, sealText } from '../vault/cipher.ts'
import type { KeyName } from '../vault/vault.ts'
import { isFileAnswer } from './answers.ts'
import { faultOf } from './faults.ts'
import type { Call, FileAnswer } from './handlers.ts'
import { Problem } from './problem.ts'

const life = 24 * 60 * 60_000
/** A request that is still in flight after this was cut short with its process: the next one takes its place. */
const abandonedAfter = 2 * 60_000

interface Kept {
  /** Company and key: two companies may choose the same key. */
  readonly _id: string
  readonly requestHash: string
  readonly startedAt: Date
  /** Status and body, encrypted: an answer may hold a link that only its receiver should have. Null while in flight. */
  readonly reply: string | null
  readonly expiresAt: Date
}

type Reply = { status: number; json: unknown }

export interface Idempotency {
  /**
   * The first request with a key runs; the same again gets the first answer.
   * @throws Problem `idempotency-key-reused` for another request with the same key, `idempotency-in-flight` while the first one runs
   */
  once(given: { key: string; name: RouteName; call: Call<Route>; run: () => Promise<Reply | FileAnswer>; response: Response }): Promise<Reply | FileAnswer>
}

/** Replies live for a day, so they share one data key. */
const repliesKey: KeyName = 'system:replies'

export async function openIdempotency({ database, vault, clock }: Pick<Ports, 'database' | 'vault' | 'clock'>): Promise<Idempotency> {
  const collection = database.getClient().db(database.name).collection<Kept>('idempotency_keys')
  await collection.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 }, undefined)

  return {
    async once({ key, name, call, run, response }) {
      const company = companyOf(call.caller)
      if (company === null) return run()
      if (!/^[\x21-\x7e]{1,200}$/.test(key)) throw new Problem('invalid-request', {}, [faultOf({ pointer: 'Idempotency-Key', code: 'wrong-format', language: call.language })])
      const id = `${company.id}:${key}`
      const requestHash = createHash('sha256').update(canonicalJson({ name, params: call.params ?? null, body: call.body ?? null })).digest('hex')
      const known = await claim(id, requestHash)
      if (known !== null) {
        response.set('idempotency-replayed', 'true')
        return known
      }
      try {
        const reply = await run()
        if (!isFileAnswer(reply)) await collection.updateOne({ _id: id }, { $set: { reply: await seal(id, reply) } })
        return reply
      } catch (error) {
        // What was refused may be put right and sent again with the same key.
        await collection.deleteOne({ _id: id, reply: null })
        throw error
      }
    },
  }

  /** The kept reply, or null when the caller now has the key to itself. */
  async function claim(id: string, requestHash: string): Promise<Reply | null> {
    const now = clock()
    const fresh: Kept = { _id: id, requestHash, startedAt: now, reply: null, expiresAt: new Date(now.getTime() + life) }
    if (await isInserted(fresh)) return null
    const kept = await collection.findOne({ _id: id })
    if (kept === null) throw new Problem('idempotency-in-flight')
    if (kept.expiresAt <= now) return takeOver(kept, fresh)
    if (kept.requestHash !== requestHash) throw new Problem('idempotency-key-reused')
    if (kept.reply !== null) return unseal(id, kept.reply)
    if (now.getTime() - kept.startedAt.getTime() > abandonedAfter) return takeOver(kept, fresh)
    throw new Problem('idempotency-in-flight')
  }

  async function isInserted(fresh: Kept): Promise<boolean> {
    const { upsertedCount } = await collection.updateOne({ _id: fresh._id }, { $setOnInsert: fresh }, { upsert: true }).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 11_000) return { upsertedCount: 0 }
      throw error
    })
    return upsertedCount === 1
  }

  async function takeOver({ _id, startedAt }: Kept, fresh: Kept): Promise<null> {
    const { modifiedCount } = await collection.replaceOne({ _id, startedAt }, fresh)
    if (modifiedCount === 1) return null
    throw new Problem('idempotency-in-flight')
  }

  async function seal(id: string, reply: Reply): Promise<string> {
    return sealText(JSON.stringify(reply), { key: await theKey(), about: id })
  }

  async function unseal(id: string, sealed: string): Promise<Reply> {
    return JSON.parse(openText(sealed, { key: await theKey(), about: id })) as Reply
  }

  async function theKey(): Promise<Buffer> {
    const key = await vault.keyFor(repliesKey)
    if (key === null) throw new Error('the key of kept replies was erased')
    return key
  }
}
