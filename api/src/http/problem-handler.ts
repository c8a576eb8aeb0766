import { statusOf, type Problem as ProblemDocument, type ProblemCode } from '@yidan/api/contract'
import { Refusal } from '@yidan/ledger'
import { LedgerUnavailable } from '@yidan/ledger/port'
import { Pkcs11Fault } from '@yidan/ledger/signing/pkcs11'
import { MulterError } from 'multer'
import { ZodError } from 'zod'
import { RendererBusy, RenderFailed } from '../documents/index.ts'
import { faultsOf, jsonPointer } from './faults.ts'
import type { Language } from './handlers.ts'
import { Problem } from './problem.ts'
import { fill, wordings } from './wording/index.ts'

/** An error as the caller gets it (RFC 9457). `unexpected` is ours to log whole; the caller sees only the request id. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ProblemDocument
  readonly unexpected: boolean
}

/** The one place where errors become answers. */
export function answerFor({ error, language, requestId }: { error: unknown; language: Language; requestId: string }): Answer {
  const { code, detail, faults } = problemOf(error, language)
  const wording = wordings[language]
  const template = wording.details[code]
  const sentence = template === undefined ? null : fill(template, detail)
  const body: ProblemDocument = {
    type: `urn:yidan:problem:${code}`, title: wording.titles[code], status: statusOf[code], code,
    ...(sentence === null ? {} : { detail: sentence }), requestId, ...(faults.length === 0 ? {} : { errors: [...faults] }),
  }
  return { status: body.status, headers: headersFor(code, detail), body, unexpected: code === 'internal' }
}

/** What an error means, whoever threw it. Anything not known here is a bug of ours. */
function problemOf(error: unknown, language: Language): Pick<Problem, 'detail' | 'faults'> & { readonly code: ProblemCode } {
  if (error instanceof Problem) return error
  if (error instanceof Refusal) return { code: error.code, detail: error.detail, faults: [] }
  if (error instanceof ZodError) return { code: 'invalid-request', detail: {}, faults: faultsOf({ error, input: undefined, pointerOf: jsonPointer, language }) }
  // The registrar’s key is in a token that is away: what it should have signed can be sent again.
  if (error instanceof Pkcs11Fault) return { code: 'ledger-unavailable', detail: {}, faults: [] }
  if (error instanceof LedgerUnavailable) return { code: 'ledger-unavailable', detail: {}, faults: [] }
  if (error instanceof MulterError) return { code: error.code === 'LIMIT_FILE_SIZE' ? 'payload-too-large' : 'invalid-request', detail: {}, faults: [] }
  if (error instanceof RendererBusy || error instanceof RenderFailed) return { code: 'render-unavailable', detail: {}, faults: [] }
  if (isDatabaseAway(error)) return { code: 'database-unavailable', detail: {}, faults: [] }
  return { code: requestFault(error) ?? 'internal', detail: {}, faults: [] }
}

function headersFor(code: ProblemCode, detail: Readonly<Record<string, unknown>>): Record<string, string> {
  const seconds = typeof detail['seconds'] === 'number' ? detail['seconds'] : null
  if (code === 'method-not-allowed') return { allow: typeof detail['allow'] === 'string' ? detail['allow'] : '' }
  if (statusOf[code] === 401) return { 'www-authenticate': 'Bearer realm="yidan"' }
  if (statusOf[code] === 429) return seconds === null ? {} : { 'retry-after': String(Math.max(1, Math.ceil(seconds))) }
  return statusOf[code] === 503 ? { 'retry-after': '5' } : {}
}

/** Errors of the driver and of mongoose that say: not reachable just now. A rule broken in the database is none of them. */
const awayNames: ReadonlySet<string> = new Set([
  'MongoNetworkError', 'MongoNetworkTimeoutError', 'MongoServerSelectionError', 'MongoNotConnectedError', 'MongoTopologyClosedError', 'MongoPoolClearedError', 'MongoPoolClosedError', 'PoolClearedOnNetworkError',
  'MongoWaitQueueTimeoutError', 'MongoClientClosedError', 'MongoOperationTimeoutError', 'MongooseServerSelectionError', 'DisconnectedError',
])
/** Replies of a server that is stepping down, shutting down or without a primary. */
const awayCodes: ReadonlySet<unknown> = new Set([89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 64])

function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return awayNames.has(error.name) || (error.name.startsWith('Mongo') && 'code' in error && awayCodes.has(error.code))
}

/** Faults that body parsers, file senders and Express find in a request; each carries its HTTP status. */
function requestFault(error: unknown): ProblemCode | null {
  if (!(error instanceof Error)) return null
  const { type, status } = error as Error & { readonly type?: unknown; readonly status?: unknown }
  if (type === 'entity.parse.failed') return 'invalid-json'
  if (status === 413) return 'payload-too-large'
  if (status === 415) return 'unsupported-media-type'
  if (status === 403 || status === 404) return 'not-found'
  return status === 400 ? 'invalid-request' : null
}
