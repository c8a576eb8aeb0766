import type { AnswerOf, BodyOf, ParamsOf, QueryOf, Route, RouteName, routes } from '@yidan/api/contract'
import type { Caller } from '../access/caller.ts'

/** One request, parsed and with its caller known: the ability was checked without its thing, the handler checks it towards the thing. */
export interface Call<R extends Route> {
  readonly params: ParamsOf<R>
  readonly query: QueryOf<R>
  readonly body: BodyOf<R>
  /** The uploaded file of an upload route. */
  readonly file: R extends { readonly upload: object } ? UploadedFile : undefined
  readonly fields: R extends { readonly upload: { readonly fields: infer F } } ? (F extends { _output: infer O } ? O : Record<string, never>) : undefined
  readonly caller: Caller
  readonly language: Language
  /** The secret of a share link, of routes that take one; null when none was sent. */
  readonly shareToken: string | null
  readonly requestId: string
  readonly address: string
  readonly userAgent: string
  /** Names what the audit line is about (a bill number, a company); the last call wins. `companies` are those it concerns besides the caller's. */
  readonly concerns: (subject: string, companies?: readonly string[], action?: string) => void
  /** Sets or clears the session cookie on the answer. */
  readonly setSession: (token: string | null, expiresAt?: Date) => void
}

export interface UploadedFile {
  readonly name: string
  readonly mediaType: string
  readonly bytes: Buffer
}

export type Language = 'zh' | 'en'

/** A JSON answer with another status than the route's first. */
export interface Status<T> {
  readonly status: number
  readonly json: T
}
/** A file answer. */
export interface FileAnswer {
  readonly file: Uint8Array | string
  readonly contentType: string
  readonly name: string
  /** Cache validator; a matching If-None-Match is answered 304. */
  readonly etag?: string
}

export type Handler<R extends Route> = (call: Call<R>) => Promise<AnswerOf<R> | Status<AnswerOf<R>> | FileAnswer>

/** A handler for every route of the contract: a missing one does not compile. */
export type Handlers = { readonly [N in RouteName]: Handler<(typeof routes)[N]> }
export type HandlersFor<N extends RouteName> = Pick<Handlers, N>
