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

/** Loads the tests once, with one mutant or none, then runs them for every mutant that comes in; says which test noticed it, none for a survivor. */
const [loadedWith, ...files] = process.argv.slice(2)
globalThis.mutant = Number(loadedWith)
const mocha = new Mocha({ bail: true, timeout: 0, reporter: silent as never })
for (const file of files) mocha.addFile(file)
await mocha.loadFilesAsync()
mocha.cleanReferencesAfterRun(false)

for await (const line of createInterface({ input: stdin })) {
  const { id, own } = JSON.parse(line) as { id: number; own: string }
  globalThis.mutant = id
  // The tests beside the changed file know best: most mutants do not get past them.
  mocha.suite.suites.sort((one, other) => Number(other.file === own) - Number(one.file === own))
  const failed: string[] = []
  await new Promise<number>((resolve) => {
    mocha.run(resolve).on('fail', (test, error) => { failed.push(`${test.fullTitle()}: ${(error as Error).message}`) })
  })
  globalThis.mutant = undefined
  process.stdout.write(`${JSON.stringify({ id, failed })}\n`)
}
process.exit(0)
