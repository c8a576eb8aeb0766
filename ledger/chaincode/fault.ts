import type { z } from 'zod'
import { canonicalJson } from '../domain/index.ts'

/**
 * What is wrong with a call as a whole, not with a command in it. Nothing is written; the client gets `{"code":…,"detail":…}`.
 * A command that a rule refuses is none: it is answered, and its neighbours go on.
 */
export type FaultCode = 'malformed-call' | 'malformed-batch' | 'malformed-constitution' | 'not-founded' | 'already-founded' | 'not-a-gateway' | 'unknown-organisation' | 'clock' | 'confidential-not-named' | 'fault'

export class Fault extends Error {
  override readonly name = 'Fault'

  constructor(code: FaultCode, detail: Readonly<Record<string, unknown>> = {}) {
    super(canonicalJson({ code, detail }))
  }
}

/** The argument in the form a function asks for. @throws Fault with the first things that are wrong with it */
export function expected<S extends z.ZodType>(form: S, given: unknown, code: FaultCode = 'malformed-call'): z.output<S> {
  const parsed = form.safeParse(given)
  if (parsed.success) return parsed.data
  throw new Fault(code, { faults: parsed.error.issues.slice(0, 5).map(({ path, message }) => `${path.join('.')}: ${message}`.slice(0, 200)) })
}
