import type { AnswerOf, BodyInputOf, ParamsOf, QueryInputOf, Route } from './route.ts'
import { Problem } from './problem.ts'
import { routes, type RouteName } from './routes/index.ts'

/** The server turned a request down; `problem.code` says why, `problem.errors` names each fault. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail ?? problem.title}`)
    this.problem = problem
  }
}

type Given<Key extends string, T> = [T] extends [undefined] ? { readonly [K in Key]?: undefined } : { readonly [K in Key]: T }
type Maybe<Key extends string, T> = [T] extends [undefined] ? { readonly [K in Key]?: undefined } : { readonly [K in Key]?: T }
export type RequestOf<R extends Route> = Given<'params', ParamsOf<R>> & Maybe<'query', QueryInputOf<R>> & Given<'body', BodyInputOf<R>> & {
  readonly file?: { readonly name: string; readonly content: Blob; readonly fields?: Record<string, string> }
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal
}

export interface Client {
  /** Calls an operation by name and gives its JSON answer (undefined for 204). @throws ProblemError, or TypeError when the network is away. */
  call<N extends RouteName>(name: N, request: RequestOf<(typeof routes)[N]>): Promise<AnswerOf<(typeof routes)[N]>>
  /** The same for operations that answer a file. */
  download<N extends RouteName>(name: N, request: RequestOf<(typeof routes)[N]>): Promise<Blob>
}

/** The typed client of browser, SDK, demo and tests. `headers` is asked anew for every call. */
export function makeClient({ baseUrl, headers = () => ({}), fetch: send = fetch }: { baseUrl: string; headers?: () => Record<string, string>; fetch?: typeof fetch }): Client {
  async function request(name: RouteName, given: RequestOf<Route>): Promise<Response> {
    const definition: Route = routes[name]
    const path = definition.path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(String((given.params)?.[key])))
    const query = new URLSearchParams(Object.entries((given.query ?? {})).filter(([, value]) => value !== undefined && value !== '').map(([key, value]) => [key, String(value)]))
    const answer = await send(`${baseUrl}/api/v1${path}${query.size > 0 ? `?${query}` : ''}`, {
      method: definition.method.toUpperCase(),
      credentials: 'same-origin',
      headers: { accept: 'application/json, application/problem+json', 'x-yidan': '1', ...(given.body === undefined ? {} : { 'content-type': 'application/json' }), ...(given.idempotencyKey ? { 'idempotency-key': given.idempotencyKey } : {}), ...headers() },
      ...(given.file ? { body: formOf(given.file) } : given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
      ...(given.signal ? { signal: given.signal } : {}),
    })
    if (answer.ok) return answer
    throw new ProblemError(await problemOf(answer))
  }
  return {
    async call(name, given) {
      const answer = await request(name, given as RequestOf<Route>)
      return (answer.status === 204 ? undefined : await answer.json()) as never
    },
    async download(name, given) {
      return (await request(name, given as RequestOf<Route>)).blob()
    },
  }
}

function formOf(file: { name: string; content: Blob; fields?: Record<string, string> }): FormData {
  const form = new FormData()
  for (const [key, value] of Object.entries(file.fields ?? {})) form.set(key, value)
  form.set('file', file.content, file.name)
  return form
}

/** A proxy in between may answer something that is not ours: that too becomes a problem with a code. */
async function problemOf(answer: Response): Promise<Problem> {
  const body: unknown = await answer.json().catch(() => null)
  const parsed = Problem.safeParse(body)
  return parsed.success ? parsed.data : { type: 'about:blank', title: answer.statusText || 'Unexpected answer', status: answer.status, code: 'internal', requestId: '' }
}
