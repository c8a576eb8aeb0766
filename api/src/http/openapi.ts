import * as contract from '@yidan/api/contract'
import { routes, type Route } from '@yidan/api/contract'
import * as ledger from '@yidan/ledger'
import { z } from 'zod'
import { isOpen } from '../access/abilities.ts'

type Json = Record<string, unknown>

/** Shapes with a name of their own: what contract and ledger export. */
const names = z.registry<{ id: string }>()
for (const [name, value] of [...Object.entries(contract), ...Object.entries(ledger)]) if (value instanceof z.ZodType && !names.has(value)) names.add(value, { id: name })

/** The interface as OpenAPI 3.1, printed from the very table that is mounted. */
export function openApiDocument(): Json {
  const schemas: Record<string, unknown> = {}
  const paths: Record<string, Json> = {}
  for (const [name, route] of Object.entries(routes) as [string, Route][]) {
    const path = `/api/v1${route.path}`
    paths[path] = { ...paths[path], [route.method]: operation(name, route, schemas) }
  }
  const responses = Object.fromEntries(Object.entries(problems).map(([status, description]) => [`Problem${status}`, { description, content: { 'application/problem+json': { schema: schemaOf(contract.Problem, 'output', schemas) } } }]))
  return {
    openapi: '3.1.0',
    info: {
      title: '一单 Yidan through-bill platform', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: 'One document for every leg, title on a ledger. Every title action is signed by its party’s own key. Refusals are problem documents (RFC 9457) with a stable `code`; texts follow Accept-Language (zh, en).',
    },
    servers: [{ url: '/' }],
    tags: [...new Set(Object.values(routes).map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...Object.fromEntries(Object.entries(schemas).sort(([one], [other]) => (one < other ? -1 : 1))) },
      responses,
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'yidan_session', description: 'From signing in. Writes need the header `x-yidan: 1` too.' },
        apiKey: { type: 'http', scheme: 'bearer', description: 'A company’s API key: `ydk_…`' },
      },
    },
  }
}

function operation(name: string, route: Route, schemas: Record<string, unknown>): Json {
  const parameters = [...parametersOf('path', route.params, schemas), ...parametersOf('query', route.query, schemas), ...(route.idempotent === true ? [idempotencyKey] : []), ...(route.shareToken ? [shareToken] : [])]
  return {
    operationId: name, summary: route.summary, tags: [route.tag], 'x-ability': route.ability,
    security: isOpen(route.ability) ? [] : [{ session: [] }, { apiKey: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBodyOf(route, schemas),
    responses: { ...answersOf(route, schemas), ...problemsOf(route) },
  }
}

const idempotencyKey = {
  name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,200}$' }, description: 'The same request again within 24 hours gives the first answer.',
}

const shareToken = { name: 'share-token', in: 'header', required: true, schema: { type: 'string', pattern: '^[\\w-]{43}$' }, description: 'The part of the link behind #.' }

function parametersOf(place: 'path' | 'query', schema: z.ZodObject | undefined, schemas: Record<string, unknown>): Json[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input', schemas) as { properties?: Record<string, unknown>; required?: string[] }
  return Object.entries(properties).map(([name, property]) => ({ name, in: place, required: place === 'path' || required.includes(name), schema: property }))
}

function requestBodyOf(route: Route, schemas: Record<string, unknown>): Json {
  if (route.body) return { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body, 'input', schemas) } } } }
  if (!route.upload) return {}
  const fields = route.upload.fields ? (schemaOf(route.upload.fields, 'input', schemas) as { properties?: Json }).properties : {}
  const file = { type: 'string', format: 'binary', description: `At most ${route.upload.maxBytes} bytes` }
  return { requestBody: { required: true, content: { 'multipart/form-data': { schema: { type: 'object', properties: { file, ...fields }, required: ['file'] } } } } }
}

function answersOf(route: Route, schemas: Record<string, unknown>): Json {
  const answers = Object.entries(route.responses).map(([status, answer]) => {
    if (answer === null) return [status, { description: 'Done' }]
    if (!(answer instanceof z.ZodType)) return [status, { description: 'The file', content: { [answer.contentType]: { schema: answer.contentType === 'application/json' ? { type: 'object' } : { type: 'string', format: 'binary' } } } }]
    return [status, { description: status === '202' ? 'Kept until the other signatures have come' : status === '201' ? 'Made' : 'The answer', content: { 'application/json': { schema: schemaOf(answer, 'output', schemas) } } }]
  })
  const isFile = Object.values(route.responses).some((answer) => answer !== null && !(answer instanceof z.ZodType))
  return { ...Object.fromEntries(answers), ...(isFile ? { 304: { description: 'Not changed' } } : {}) } as Json
}

/** What each status means, as components. */
const problems: Readonly<Record<number, string>> = {
  400: 'Not right in form: every fault with its place', 401: 'Not signed in, or no longer', 403: 'Signed in, but not allowed', 404: 'No such thing, or not for the caller', 405: 'Another method: see Allow', 409: 'Against the present state: the code says which rule', 410: 'It was there once: the link is out of date or was taken back',
  413: 'Too large', 415: 'A body of another type', 422: 'Understood, but cannot be worked with', 429: 'Too many: see Retry-After', 503: 'A part does not answer: see Retry-After',
}

function problemsOf(route: Route): Json {
  const takesBody = route.body !== undefined || route.upload !== undefined
  const statuses = [400, 401, 403, 404, 405, 409, ...(route.shareToken ? [410] : []), ...(takesBody ? [413, 415] : []), 422, 429, 503].filter((status) => !(status in route.responses))
  return Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]))
}

/**
 * A JSON schema whose named parts are components. A part that reads otherwise as input (defaults may be left out) is kept as `…Input`.
 */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Record<string, unknown>): unknown {
  const { $defs = {}, $schema: _, ...rest } = z.toJSONSchema(schema, { metadata: names, io, unrepresentable: 'any', target: 'draft-2020-12' }) as Json & { $defs?: Record<string, unknown> }
  const renamed = new Map<string, string>()
  if (io === 'input') for (const [name, part] of Object.entries($defs)) renamed.set(name, isPlain(part, name, schemas) ? name : `${name}Input`)
  for (const [name, part] of Object.entries($defs)) schemas[renamed.get(name) ?? name] ??= relocated(part, renamed)
  return relocated(rest, renamed)
}

/** Whether a part reads the same both ways: then one component serves for both. */
function isPlain(part: unknown, name: string, schemas: Record<string, unknown>): boolean {
  const output = z.toJSONSchema(named(name), { metadata: names, io: 'output', unrepresentable: 'any' }) as { $defs?: Record<string, unknown> }
  const input = z.toJSONSchema(named(name), { metadata: names, io: 'input', unrepresentable: 'any' }) as { $defs?: Record<string, unknown> }
  const isSame = JSON.stringify(output.$defs ?? output) === JSON.stringify(input.$defs ?? input)
  if (isSame) schemas[name] ??= relocated(part, new Map())
  return isSame
}

function named(name: string): z.ZodType {
  const found = (contract as Record<string, unknown>)[name] ?? (ledger as Record<string, unknown>)[name]
  if (found instanceof z.ZodType) return found
  throw new Error(`no schema of the name ${name}`)
}

function relocated(value: unknown, renamed: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => relocated(item, renamed))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) =>
      key === '$ref' && typeof item === 'string' ? [key, item.replace(/^#\/\$defs\/(\w+)$/, (_, name: string) => `#/components/schemas/${renamed.get(name) ?? name}`)] : [key, relocated(item, renamed)],
    ),
  )
}
