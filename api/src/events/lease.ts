import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Collection } from 'mongodb'

/** How far the views are, and which process is bringing them along. */
export interface ViewCheckpoint {
  readonly _id: 'views'
  readonly position: number
  readonly ledgerPosition: number
  readonly owner: Owner | null
  readonly until: Date
  /** The views are being emptied for a rebuild; whoever finds this empties them again before applying. */
  readonly clearing: boolean
  /** How the views were made that are there; absent where it was not told yet. */
  readonly shape?: number
}
export interface Owner {
  readonly id: string
  readonly host: string
  readonly pid: number
}

export const leaseTime = 10_000
/** Counts up whenever a view is kept in another way: views of another shape are made anew from the log. */
export const viewsShape = 3

/** Leases held by this process now: a lease under our pid that is not among them is from an earlier life. */
export const heldHere = new Set<string>()

/**
 * One process applies the views; the others wait their turn. A lease runs out by itself; that of a process of this host that is no
 * longer alive is taken over at once, so that a restart after a crash does not wait.
 */
export class Lease {
  readonly #owner: Owner = { id: randomUUID(), host: hostname(), pid: process.pid }
  readonly #checkpoints: Collection<ViewCheckpoint>
  #held = false

  constructor(checkpoints: Collection<ViewCheckpoint>) {
    this.#checkpoints = checkpoints
  }

  get held(): boolean {
    return this.#held
  }

  /** The checkpoint; `held` then says whether it is ours to move. */
  async take(): Promise<ViewCheckpoint> {
    const owner = this.#owner
    heldHere.add(owner.id)
    const found = (await this.#read()) ?? (await this.#lay())
    const free = found.owner === null || found.owner.id === owner.id || found.until.getTime() < Date.now() || isDead(found.owner)
    const mine = free ? await this.#checkpoints.findOneAndUpdate({ _id: 'views', 'owner.id': found.owner?.id ?? null }, { $set: { owner, until: until() } }, { returnDocument: 'after' }) : null
    this.#held = mine !== null
    return mine ?? found
  }

  /**
   * Moves the checkpoint, durably: the views were written before it without waiting for the disk, and whatever outlives a crash of the
   * database comes in the order it was written. @throws Error when another process has taken over.
   */
  async move(to: Pick<ViewCheckpoint, 'position' | 'ledgerPosition'> & Partial<Pick<ViewCheckpoint, 'clearing' | 'shape'>>): Promise<void> {
    const { matchedCount } = await this.#checkpoints.updateOne({ _id: 'views', 'owner.id': this.#owner.id }, { $set: { ...to, until: until() } }, { writeConcern: { w: 'majority' } })
    if (matchedCount === 1) return
    this.#held = false
    throw new Error('another process has taken over the views')
  }

  /** As it is on this server: others are told at once how far the views are, and read them there. */
  #read(): Promise<ViewCheckpoint | null> {
    return this.#checkpoints.findOne({ _id: 'views' })
  }

  async #lay(): Promise<ViewCheckpoint> {
    const start = { position: 0, ledgerPosition: 0, owner: null, until: new Date(0), clearing: false, shape: viewsShape }
    await this.#checkpoints.updateOne({ _id: 'views' }, { $setOnInsert: start }, { upsert: true })
    return { _id: 'views', ...start }
  }

  /** What this process believes of the checkpoint may be ahead of what the database kept: it is to be taken anew. */
  doubt(): void {
    this.#held = false
  }

  /** Gives the lease back, if it is held, with how far the views are. */
  async release(at: Pick<ViewCheckpoint, 'position' | 'ledgerPosition'>): Promise<void> {
    heldHere.delete(this.#owner.id)
    const wasHeld = this.#held
    this.#held = false
    await this.#checkpoints.updateOne({ _id: 'views', 'owner.id': this.#owner.id }, { $set: { ...(wasHeld ? at : {}), owner: null, until: new Date(0) } }, { writeConcern: { w: 'majority' } })
  }
}

function until(): Date {
  return new Date(Date.now() + leaseTime)
}

/** A process of this host that has ended. */
export function isDead({ id, host, pid }: Owner): boolean {
  if (host !== hostname() || heldHere.has(id)) return false
  if (pid === process.pid) return true
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
