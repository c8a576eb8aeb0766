import { ProblemError, type Fault } from '@yidan/api/contract'
import { knows, say } from './i18n/index.ts'

/** Why something did not work, in the reader's words. The server words it in the caller's language; codes we know are worded here. */
export function wordingOf(error: unknown): string {
  if (error instanceof ProblemError) return refusalWord(error.problem.code, error.problem.detail ?? error.problem.title)
  if (error instanceof TypeError) return say('shell.unreachable')
  return error instanceof Error ? error.message : say('refusal.internal')
}

/** A refusal code in words; whatever the server said when the code is new to this client. */
export function refusalWord(code: string, otherwise = code): string {
  return knows(`refusal.${code}`) ? say(`refusal.${code}`) : otherwise
}

/** A fault with its cure, as one line. */
export function faultText({ message, cure }: Pick<Fault, 'message' | 'cure'>): string {
  return cure ? `${message} — ${cure}` : message
}

export function isProblem(error: unknown, ...codes: readonly string[]): error is ProblemError {
  return error instanceof ProblemError && (codes.length === 0 || codes.includes(error.problem.code))
}
