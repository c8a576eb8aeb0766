import { Refusal, type RefusalCode } from '@yidan/ledger'
import { expect } from 'chai'

/** Expects a refusal with this code: going through, or failing otherwise, is a failure of the test. */
export async function refuses(code: RefusalCode, run: () => Promise<unknown>): Promise<Refusal> {
  const outcome = await run().then(() => 'went through', (error: unknown) => error)
  if (!(outcome instanceof Refusal)) throw outcome instanceof Error ? outcome : new Error(`expected the refusal ${code}, but it ${String(outcome)}`)
  expect(outcome.code).to.equal(code)
  return outcome
}
