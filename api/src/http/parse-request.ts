import type { Fault, Route } from '@yidan/api/contract'
import express, { type Request, type RequestHandler } from 'express'
import multer from 'multer'
import type { z } from 'zod'
import { faultOf, faultsOf, jsonPointer } from './faults.ts'
import type { Language, UploadedFile } from './handlers.ts'
import { Problem } from './problem.ts'
import { contextOf } from './request-context.ts'
import { isSoundText, mayHoldUnsoundText, nestsTooDeep, unsoundTexts } from './sound-text.ts'

const MiB = 1024 * 1024
/** Tracking takes a thousand events at once; nothing else is that long. */
const bodyLimit = (route: Route): number => (route.path === '/events' ? 6 * MiB : MiB)

/** Requests whose bytes hold escapes that may make unsound text. */
const doubtful = new WeakSet<object>()

/** Reads a JSON body. A body of another type, charset or size is turned down before it is read. */
export function bodyReader(route: Route): RequestHandler {
  const limit = bodyLimit(route)
  const read: RequestHandler = express.json({
    limit, strict: false, type: () => true,
    verify: (request, _response, bytes) => {
      if (nestsTooDeep(bytes)) throw new TooDeep()
      if (mayHoldUnsoundText(bytes)) doubtful.add(request)
    },
  })
  return (request, response, next) => {
    const type = request.get('content-type')
    if (type !== undefined && !isJson(type)) throw new Problem('unsupported-media-type', { wanted: 'application/json' })
    if (type === undefined && hasBody(request)) throw new Problem('unsupported-media-type', { wanted: 'application/json' })
    read(request, response, (error?: unknown) => {
      next(error === undefined ? undefined : readableFault(error, limit, contextOf(request).language))
    })
  }
}

function isJson(contentType: string): boolean {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';').map((part) => part.trim())
  const charset = parameters.map((parameter) => /^charset="?([\w-]+)"?$/.exec(parameter)?.[1]).find((found) => found !== undefined)
  return (type === 'application/json' || /^application\/[\w.+-]+\+json$/.test(type)) && (charset === undefined || charset === 'utf-8' || charset === 'us-ascii')
}

function hasBody(request: Request): boolean {
  return request.get('transfer-encoding') !== undefined || Number(request.get('content-length') ?? 0) > 0
}

class TooDeep extends Error {}

/** Adds what a person can use to what the parsers say. */
function readableFault(error: unknown, limit: number, language: Language): unknown {
  if (error instanceof TooDeep) return new Problem('invalid-request', {}, [faultOf({ pointer: '', code: 'too-deep', language })])
  if (!(error instanceof Error) || !('type' in error)) return error
  if (error.type === 'entity.too.large') return new Problem('payload-too-large', { limit })
  if (error.type === 'entity.parse.failed') return new Problem('invalid-json', { position: /position (\d+)/.exec(error.message)?.[1] })
  return error
}

/** Reads one uploaded file into memory, with its text fields. */
export function uploadReader(maxBytes: number): RequestHandler {
  const read = multer({ storage: multer.memoryStorage(), limits: { fileSize: maxBytes, files: 1, fields: 10, fieldSize: 10_000, fieldNameSize: 100, parts: 12, headerPairs: 50 } }).single('file')
  return (request, response, next) => {
    if (!/^multipart\/form-data\s*;/i.test(request.get('content-type') ?? '')) throw new Problem('unsupported-media-type', { wanted: 'multipart/form-data' })
    read(request, response, (error?: unknown) => {
      if (error === undefined || error === null) next()
      else if (error instanceof multer.MulterError && error.code === 'LIMIT_FILE_SIZE') next(new Problem('payload-too-large', { limit: maxBytes }))
      // Whatever else the form reader stumbles over lies in the form: a missing boundary, a part cut short, a second file.
      else next(new Problem('invalid-request', {}, [faultOf({ pointer: '/file', code: error instanceof multer.MulterError ? 'one-file-only' : 'wrong-format', language: contextOf(request).language })]))
    })
  }
}

export interface ParsedParts { readonly params: unknown; readonly query: unknown; readonly body: unknown; readonly file: UploadedFile | undefined; readonly fields: unknown }

/** Path, query, body, file and fields by the route's schemas. @throws Problem `invalid-request` with every fault of all of them */
export function parseRequest(request: Request, route: Route, language: Language): ParsedParts {
  const faults: Fault[] = []
  const file = route.upload ? fileOf(request, language, faults) : undefined
  const parts: ParsedParts = {
    params: part(route.params, request.params, bareName),
    query: part(route.query, request.query, bareName),
    body: part(route.body, bodyOf(request, language, faults), jsonPointer),
    file,
    fields: part(route.upload?.fields, request.body ?? {}, jsonPointer),
  }
  if (faults.length > 0) throw new Problem('invalid-request', {}, faults)
  return parts

  function part(schema: z.ZodType | undefined, input: unknown, pointerOf: (path: readonly PropertyKey[]) => string): unknown {
    if (schema === undefined) return undefined
    if (pointerOf === bareName) faults.push(...unsoundNames(input, language))
    const parsed = schema.safeParse(input)
    if (parsed.success) return parsed.data
    faults.push(...faultsOf({ error: parsed.error, input, pointerOf, language }))
    return undefined
  }
}

function bareName(path: readonly PropertyKey[]): string {
  return path.map(String).join('.')
}

/** A body with text that cannot be kept is told where. */
function bodyOf(request: Request, language: Language, faults: Fault[]): unknown {
  if (doubtful.has(request)) {
    faults.push(...unsoundTexts(request.body).map((path) => faultOf({ pointer: jsonPointer(path), code: 'invalid-characters', language })))
  }
  return request.body as unknown
}

function unsoundNames(input: unknown, language: Language): Fault[] {
  return Object.entries(input as Record<string, unknown>)
    .filter(([, value]) => typeof value === 'string' && !isSoundText(value))
    .map(([pointer]) => faultOf({ pointer, code: 'invalid-characters', language }))
}

/** Browsers send the name of a file as UTF-8 bytes, which the form reader takes for Latin-1. */
function fileOf(request: Request, language: Language, faults: Fault[]): UploadedFile | undefined {
  if (!request.file) {
    faults.push(faultOf({ pointer: '/file', code: 'file-missing', language }))
    return undefined
  }
  const { originalname, mimetype, buffer } = request.file
  return { name: Buffer.from(originalname, 'latin1').toString('utf8').replaceAll('\u0000', '').slice(0, 200), mediaType: mimetype, bytes: buffer }
}
