import { refusalCodes, type RefusalCode } from '@yidan/ledger'
import { z } from 'zod'

/** Reasons outside title rules for which a request is turned down. Stable, translated in the web client's i18n tables. */
export const problemCodes = [
  'invalid-request', 'invalid-json', 'unsupported-media-type', 'payload-too-large', 'not-found', 'method-not-allowed', 'not-acceptable',
  'not-signed-in', 'bad-credentials', 'locked-out', 'forbidden', 'csrf', 'too-many-requests', 'session-expired', 'invitation-invalid', 'demo-off',
  'idempotency-key-reused', 'idempotency-in-flight', 'revision-conflict', 'email-taken', 'company-exists', 'weak-password', 'last-administrator',
  'draft-frozen', 'draft-faulty', 'draft-not-sent', 'not-ready-to-issue', 'cargo-departed', 'release-not-prepared', 'commitment-unknown',
  'unreadable-file', 'unknown-file-type', 'too-many-rows', 'signing-request-closed', 'signature-not-wanted',
  'bill-erased', 'bill-still-live', 'retention-running', 'second-account-required', 'erasure-not-asked', 'debt-not-due', 'person-still-active',
  'exception-not-open', 'not-put-aside', 'unknown-person', 'device-taken',
  'share-unknown', 'share-expired', 'share-revoked', 'share-ended',
  'run-exists', 'plan-faulty', 'composition-faulty', 'train-departed', 'train-not-departed', 'train-not-composed', 'train-cancelled', 'no-exchange-here', 'boxes-not-loaded', 'times-faulty',
  'ledger-unavailable', 'database-unavailable', 'render-unavailable', 'internal',
] as const
export type ProblemCode = (typeof problemCodes)[number] | RefusalCode

export const Fault = z.strictObject({
  /** Where: JSON pointer into the body (`/containers/3/number`), or a query or path parameter's name. */
  pointer: z.string(),
  /** Stable code, the same for every client and language. */
  code: z.string(),
  /** In the caller's language (Accept-Language: zh or en). */
  message: z.string(),
  /** What was found, when that helps and is not secret. */
  value: z.unknown().optional(),
  /** What would cure it, in the caller's language. */
  cure: z.string().optional(),
  /** Row of an imported file, counted as the sheet counts (the heading is row 1). */
  row: z.int().optional(),
  column: z.string().optional(),
  severity: z.enum(['fault', 'warning']).default('fault'),
})
export type Fault = z.infer<typeof Fault>

/** RFC 9457 problem details. */
export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  requestId: z.string(),
  errors: z.array(Fault).optional(),
})
export type Problem = z.infer<typeof Problem>

const notFound: readonly ProblemCode[] = ['not-found', 'unknown-bill', 'share-unknown']
const forbidden: readonly ProblemCode[] = [
  'forbidden', 'csrf', 'demo-off', 'not-shipper', 'not-carrier', 'not-titleholder', 'not-possessor', 'not-holder', 'not-recipient', 'not-pledgee',
  'not-delivery-party', 'registrar-required', 'key-not-of-party', 'key-lacks-purpose',
]
const badRequest: readonly ProblemCode[] = [
  'invalid-request', 'invalid-json', 'malformed-command', 'unknown-action', 'wrong-network', 'unreadable-file', 'bad-signature', 'duplicate-signature', 'key-id-mismatch',
  'unsupported-algorithm', 'invitation-invalid',
]
const unprocessable: readonly ProblemCode[] = ['draft-faulty', 'weak-password', 'idempotency-key-reused', 'too-many-rows', 'not-ready-to-issue', 'unknown-person', 'plan-faulty', 'composition-faulty', 'times-faulty']
const single: Partial<Record<ProblemCode, number>> = {
  'not-signed-in': 401, 'bad-credentials': 401, 'session-expired': 401, 'method-not-allowed': 405, 'not-acceptable': 406, 'payload-too-large': 413,
  'unsupported-media-type': 415, 'unknown-file-type': 415, 'bill-erased': 410, 'share-expired': 410, 'share-revoked': 410, 'share-ended': 410, 'locked-out': 429, 'too-many-requests': 429, internal: 500,
  'ledger-unavailable': 503, 'database-unavailable': 503, 'render-unavailable': 503,
}

/** The HTTP status of each code. Whatever is not listed is a conflict with the present state: 409. */
export const statusOf: Readonly<Record<ProblemCode, number>> = Object.fromEntries(
  [...problemCodes, ...refusalCodes].map((code) => [
    code,
    single[code] ?? (notFound.includes(code) ? 404 : forbidden.includes(code) ? 403 : badRequest.includes(code) ? 400 : unprocessable.includes(code) ? 422 : 409),
  ]),
) as Record<ProblemCode, number>
