import type { AuditEntry, CompanyId, PersonId } from '@yidan/api/contract'
import { Schema, type Connection, type QueryFilter } from 'mongoose'
import { counted } from '../http/counted.ts'
import { literally } from '../http/literal.ts'

/** A line as it is kept; `companies` are all that may read it. */
export interface AuditRecord extends Omit<AuditEntry, 'id' | 'at'> {
  readonly _id: string
  readonly at: Date
  readonly companies: readonly string[]
}

export interface AuditFilter {
  readonly q?: string | undefined
  readonly result?: AuditEntry['result'] | undefined
  /** Whole days, UTC, both included. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

export interface AuditStore {
  /** Lines that are there already (their answer was lost) are left as they are. */
  write(records: readonly AuditRecord[]): Promise<void>
  page(companyId: CompanyId, filter: AuditFilter): Promise<{ records: AuditRecord[]; next: string | null; total: number | null }>
  /** Takes a person's name and address out of all lines; what was done stays, by a person of that id. */
  forget(person: { readonly id: PersonId; readonly email: string }): Promise<void>
  all(companyId: CompanyId, filter: Omit<AuditFilter, 'cursor' | 'limit'>): Promise<AuditRecord[]>
}

/** An export longer than this is for the operator's own tools. */
const longestExport = 100_000

const schema = new Schema<AuditRecord>(
  {
    _id: String, at: Date, companyId: String, companies: [String], personId: String, personName: String, actor: String, ability: String, action: String, subject: String, address: String, requestId: String,
    result: String, code: String,
  },
  { versionKey: false, collection: 'audit', autoIndex: false, autoCreate: false, bufferCommands: false },
)
schema.index({ companies: 1, _id: -1 })

export async function openAuditStore(database: Connection): Promise<AuditStore> {
  const model = database.models['Audit'] ?? database.model('Audit', schema)
  await model.createIndexes()
  const lines = database.model<AuditRecord>('Audit')
  return {
    async write(records) {
      await lines.bulkWrite(records.map((record) => ({ updateOne: { filter: { _id: record._id }, update: { $setOnInsert: withoutId(record) }, upsert: true } })), { ordered: false })
    },
    async page(companyId, filter) {
      const wanted = queryOf(companyId, filter)
      const [records, total] = await Promise.all([
        lines.find(filter.cursor === undefined ? wanted : { $and: [wanted, { _id: { $lt: filter.cursor } }] }).sort({ _id: -1 }).limit(filter.limit + 1).lean<AuditRecord[]>(),
        counted((options) => lines.countDocuments(wanted, options)),
      ])
      const shown = records.slice(0, filter.limit)
      return { records: shown, next: records.length > filter.limit ? (shown.at(-1)?._id ?? null) : null, total }
    },
    async forget({ id, email }) {
      await lines.updateMany({ personId: id }, { $set: { personName: null } })
      await lines.updateMany({ subject: email }, { $set: { subject: null } })
    },
    all(companyId, filter) {
      return lines.find(queryOf(companyId, filter)).sort({ _id: -1 }).limit(longestExport).lean<AuditRecord[]>()
    },
  }
}

function withoutId({ _id: _, ...rest }: AuditRecord): Omit<AuditRecord, '_id'> {
  return rest
}

/** How the ids of lines of this moment begin. They sort by time, and serve as cursor. */
export function idFrom(at: Date): string {
  return at.getTime().toString(16).padStart(12, '0')
}

function queryOf(companyId: CompanyId, { q, result, from, to }: Omit<AuditFilter, 'cursor' | 'limit'>): QueryFilter<AuditRecord> {
  const text = q === undefined || q.trim() === '' ? null : new RegExp(literally(q.trim()), 'i')
  return {
    companies: companyId,
    ...(result === undefined ? {} : { result }),
    ...(from === undefined && to === undefined ? {} : { _id: { ...(from === undefined ? {} : { $gte: idFrom(new Date(`${from}T00:00:00.000Z`)) }), ...(to === undefined ? {} : { $lt: idFrom(new Date(Date.parse(`${to}T23:59:59.999Z`) + 1)) }) } }),
    ...(text === null ? {} : { $or: [{ personName: text }, { action: text }, { subject: text }, { code: text }, { address: text }] }),
  }
}
