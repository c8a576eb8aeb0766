import { randomBytes } from 'node:crypto'
import type { Ability, AuditEntry, CompanyId } from '@yidan/api/contract'
import type { Ports } from '../ports.ts'
import { companyOf, type Caller } from './caller.ts'
import { idFrom, openAuditStore, type AuditFilter, type AuditRecord, type AuditStore } from './audit-store.ts'

/** What happened, as the HTTP layer saw it. */
export interface AuditNote {
  readonly caller: Caller
  readonly ability: Ability
  readonly action: string
  readonly subject: string | null
  /** Companies it concerns besides the caller's own. */
  readonly companies: readonly string[]
  readonly address: string
  readonly requestId: string
  readonly result: AuditEntry['result']
  readonly code: string | null
}

const pause = 200
const batch = 500

/**
 * Who did what, for whom, from where, with what result: one line for each write, each refusal and each file taken away. Requests do not wait
 * for it: lines are gathered and written together, tried again while the database is away, and written to the end when the system stops.
 */
export class AuditLog {
  readonly #store: AuditStore
  readonly #clock: () => Date
  readonly #log: Ports['log']
  #waiting: AuditRecord[] = []
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> = Promise.resolve()

  constructor(store: AuditStore, { clock, log }: Pick<Ports, 'clock' | 'log'>) {
    this.#store = store
    this.#clock = clock
    this.#log = log
  }

  static async open(ports: Pick<Ports, 'database' | 'clock' | 'log'>): Promise<AuditLog> {
    return new AuditLog(await openAuditStore(ports.database), ports)
  }

  note({ caller, companies, ...rest }: AuditNote): void {
    const at = this.#clock()
    const company = companyOf(caller)
    this.#waiting.push({
      ...rest, _id: idOf(at), at, actor: caller.kind, companyId: company?.id ?? null, companies: [...new Set([...(company === null ? [] : [company.id]), ...companies])],
      personId: caller.kind === 'person' ? caller.person.id : null, personName: caller.kind === 'person' ? caller.person.name : caller.kind === 'system' ? caller.label : null,
    })
    if (this.#waiting.length >= batch) void this.flush()
    else this.#timer ??= setTimeout(() => void this.flush(), pause)
  }

  /** Resolves when all lines noted so far are in the database, or a try to write them has failed (they are kept and tried again). */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  async list(companyId: CompanyId, filter: AuditFilter): Promise<{ items: AuditEntry[]; next: string | null; total: number | null }> {
    await this.flush()
    const { records, next, total } = await this.#store.page(companyId, filter)
    return { items: records.map(entryOf), next, total }
  }

  /** Takes a person's name and address out of every line. */
  async forget(person: Parameters<AuditStore['forget']>[0]): Promise<void> {
    await this.flush()
    await this.#store.forget(person)
  }

  async all(companyId: CompanyId, filter: Omit<AuditFilter, 'cursor' | 'limit'>): Promise<AuditEntry[]> {
    await this.flush()
    return (await this.#store.all(companyId, filter)).map(entryOf)
  }

  /** Writes what is left. What cannot be written even now goes to the process log, so that it is somewhere. */
  async close(): Promise<void> {
    for (let tries = 0; tries < 5 && (tries === 0 || this.#waiting.length > 0); tries += 1) {
      if (tries > 0) await new Promise((resolve) => setTimeout(resolve, 400))
      await this.flush()
    }
    if (this.#timer !== null) clearTimeout(this.#timer)
    for (const line of this.#waiting) this.#log.error({ audit: line }, 'an audit line could not be stored')
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting.slice(0, batch)
      try {
        await this.#store.write(lines)
      } catch (error) {
        this.#log.warn({ err: error, lines: this.#waiting.length }, 'audit lines wait for the database')
        this.#timer ??= setTimeout(() => void this.flush(), 2_000)
        return
      }
      this.#waiting = this.#waiting.slice(lines.length)
    }
  }
}

function idOf(at: Date): string {
  return `${idFrom(at)}${randomBytes(8).toString('hex')}`
}

function entryOf({ _id, at, companies: _, ...rest }: AuditRecord): AuditEntry {
  return { id: _id, at: at.toISOString(), ...rest }
}
