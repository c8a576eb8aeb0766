import type { CompanyId } from '@yidan/api/contract'
import type { Collection } from 'mongodb'
import type { Connection } from 'mongoose'

/** What became of one document that was captured. */
export interface CaptureJob {
  readonly _id: string
  readonly companyId: CompanyId
  readonly createdAt: Date
  readonly finishedAt: Date
  readonly success: boolean
  readonly behaviour: 'rollback' | 'proceed'
  readonly accepted: number
  readonly duplicates: number
  readonly errors: readonly { readonly type: string; readonly title: string; readonly detail: string }[]
  readonly expiresAt: Date
}

export async function openCaptureStore(database: Connection): Promise<Collection<CaptureJob>> {
  const db = database.db
  if (db === undefined) throw new Error('captures need an open database connection')
  const jobs = db.collection<CaptureJob>('epcis_captures')
  await jobs.createIndexes([{ key: { companyId: 1, createdAt: -1 }, name: 'company' }, { key: { expiresAt: 1 }, expireAfterSeconds: 0, name: 'expires' }])
  return jobs
}
