import type { z } from 'zod'
import type { Ability } from './abilities.ts'

/** One HTTP route as data: mounted by Express, called by the typed client, printed as OpenAPI. */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** Below /api/v1, parameters in braces: `/bills/{billNumber}`. */
  readonly path: string
  readonly summary: string
  readonly tag: string
  readonly ability: Ability
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  /** Takes the secret of a share link in the header `share-token`: it stands in no address and no log. */
  readonly shareToken?: true
  /** A JSON body. */
  readonly body?: z.ZodType
  /** An uploaded file (multipart/form-data, field `file`) with these further text fields. */
  readonly upload?: { readonly fields?: z.ZodObject; readonly maxBytes: number }
  /** Status → JSON body. Statuses 400, 401, 403, 404, 405, 409, 413, 415, 422, 429 and 503 are problem documents and need no mention. */
  readonly responses: Readonly<Record<number, z.ZodType | { readonly contentType: string } | null>>
  /** Whether a repeated POST with the same Idempotency-Key gives the first answer again. */
  readonly idempotent?: boolean
}

/** Keeps the literal types of a route. */
export function route<const R extends Route>(definition: R): R {
  return definition
}

type Schema<T> = T extends z.ZodType ? z.infer<T> : undefined
type Input<T> = T extends z.ZodType ? z.input<T> : undefined
export type ParamsOf<R extends Route> = Schema<R['params']>
export type QueryOf<R extends Route> = Schema<R['query']>
export type BodyOf<R extends Route> = Schema<R['body']>
export type BodyInputOf<R extends Route> = Input<R['body']>
export type QueryInputOf<R extends Route> = Input<R['query']>
/** The JSON answer: the union over all 2xx statuses. */
export type AnswerOf<R extends Route> = { [S in keyof R['responses']]: R['responses'][S] extends z.ZodType ? z.infer<R['responses'][S]> : undefined }[keyof R['responses']]
