import { z } from 'zod'
import { LedgerPlace } from './bills.ts'
import { Moment } from './common.ts'

/** How the ledger of title stands, as seen from here: who keeps it, how far it is, what waits. No bill, party or act is named. */
export const LedgerStanding = z.strictObject({
  kind: z.enum(['embedded', 'fabric']), network: z.string(), ok: z.boolean(), position: z.int(), detail: z.string(), asOf: Moment,
  /** Who keeps it together; empty where one keeper does. */
  organisations: z.array(z.strictObject({ id: z.string(), role: z.enum(['operator', 'association', 'bank', 'authority']) })),
  keepers: z.strictObject({
    peers: z.array(z.strictObject({ organisation: z.string(), peer: z.string(), ok: z.boolean(), height: z.int().nullable(), lag: z.int().nullable() })),
    lastBlockAt: Moment.nullable(),
    queue: z.strictObject({ waiting: z.int(), inFlight: z.int(), oldest: Moment.nullable() }),
    certificates: z.array(z.strictObject({ of: z.string(), days: z.int() })),
  }).nullable(),
  /** How far the views are that this platform shows: the ledger position they hold, and entries of the platform's log still to be read. */
  views: z.strictObject({ ok: z.boolean(), ledgerPosition: z.int(), behind: z.int(), detail: z.string() }),
  /** The last records, newest first: one a block, or one a journal line. */
  latest: z.array(LedgerPlace.extend({ recordedAt: Moment, acts: z.int(), entries: z.int() })),
  /** Certificates of the carriers' seals. */
  seals: z.array(z.strictObject({ of: z.string(), isRoot: z.boolean(), until: Moment })),
})
export type LedgerStanding = z.infer<typeof LedgerStanding>
