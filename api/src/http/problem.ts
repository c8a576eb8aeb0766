import type { Fault, ProblemCode } from '@yidan/api/contract'

/** A request is turned down for a reason the caller can understand. Becomes problem+json in `problem-handler.ts`. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  /** Values for the wording; never a secret. */
  readonly detail: Readonly<Record<string, unknown>>
  readonly faults: readonly Fault[]

  constructor(code: ProblemCode, detail: Readonly<Record<string, unknown>> = {}, faults: readonly Fault[] = []) {
    super(code)
    this.code = code
    this.detail = detail
    this.faults = faults
  }
}
