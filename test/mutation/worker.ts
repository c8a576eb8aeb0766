import Mocha from 'mocha'
import { stdin } from 'node:process'
import { createInterface } from 'node:readline'

declare global {
  var mutant: number | undefined
}

/** Nothing is reported but how a run ended. */
function silent(this: unknown): void {
  return
}

/** Loads the tests once, then runs them for every mutant whose id comes in; says how each ended. */
const mocha = new Mocha({ bail: true, timeout: 5_000, reporter: silent as never })
for (const file of process.argv.slice(2)) mocha.addFile(file)
await mocha.loadFilesAsync()
mocha.cleanReferencesAfterRun(false)

for await (const line of createInterface({ input: stdin })) {
  const id = Number(line)
  globalThis.mutant = id
  const failures = await new Promise<number>((resolve) => { mocha.run(resolve) })
  globalThis.mutant = undefined
  process.stdout.write(`${JSON.stringify({ id, failures })}\n`)
}
process.exit(0)
