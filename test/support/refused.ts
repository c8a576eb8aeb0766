import { ProblemError, type Problem, type ProblemCode } from '@yidan/api/contract'

/** Expects a request to be turned down with this code: going through, or another code, fails the test. Gives the problem. */
export async function refused(code: ProblemCode, run: () => Promise<unknown>): Promise<Problem> {
  const outcome = await run().then(() => null, (error: unknown) => error)
  if (outcome === null) throw new Error(`expected ${code}, but it went through`)
  if (!(outcome instanceof ProblemError)) throw outcome
  if (outcome.problem.code !== code) throw new Error(`expected ${code}, but it was ${outcome.message} ${JSON.stringify(outcome.problem.errors ?? [])}`)
  return outcome.problem
}
