import type { Context, Runnable } from 'mocha'

/**
 * Skips the test, or in a `before` hook the whole suite, and says why; `npm test` names every skip with its reason at its end.
 * Only for what cannot run on this machine (no browser, no Java), never for what is broken.
 */
export function skipBecause(context: Context, reason: string): never {
  const runnable: (Runnable & { readonly type?: string }) | undefined = context.test
  const marked = runnable?.type === 'hook' ? runnable.parent : runnable
  if (marked !== undefined) Object.assign(marked, { skipReason: reason })
  return context.skip()
}
