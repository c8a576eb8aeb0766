import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Collection, Db } from 'mongodb'
import { heldHere, isDead, leaseTime, type Owner } from './lease.ts'

interface Duty {
  readonly _id: string
  readonly owner: Owner | null
  readonly until: Date
}

/** Work that one process at a time does for all. It runs out by itself; a dead process of this host is followed at once. */
export class DutyLease {
  readonly #duties: Collection<Duty>
  readonly #name: string
  readonly #owner: Owner = { id: randomUUID(), host: hostname(), pid: process.pid }
  /** Until then nobody else takes it. */
  #until = 0

  constructor(db: Db, name: string) {
    this.#duties = db.collection<Duty>('duties')
    this.#name = name
    heldHere.add(this.#owner.id)
  }

  /** Takes the duty or keeps it for another ten seconds; asked again soon, it has it still. @returns whether it is this process's now */
  async hold(): Promise<boolean> {
    if (this.#until - Date.now() > (leaseTime * 2) / 3) return true
    const found = await this.#duties.findOneAndUpdate({ _id: this.#name }, { $setOnInsert: { owner: null, until: new Date(0) } }, { upsert: true, returnDocument: 'after' })
    const before = found?.owner ?? null
    const free = before === null || before.id === this.#owner.id || (found?.until.getTime() ?? 0) < Date.now() || isDead(before)
    if (!free) return false
    const until = Date.now() + leaseTime
    const taken = await this.#duties.updateOne({ _id: this.#name, 'owner.id': before?.id ?? null }, { $set: { owner: this.#owner, until: new Date(until) } })
    this.#until = taken.matchedCount === 1 ? until : 0
    return taken.matchedCount === 1
  }

  async release(): Promise<void> {
    heldHere.delete(this.#owner.id)
    this.#until = 0
    await this.#duties.updateOne({ _id: this.#name, 'owner.id': this.#owner.id }, { $set: { owner: null, until: new Date(0) } })
  }
}
