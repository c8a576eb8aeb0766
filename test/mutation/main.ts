import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { same } from './same.ts'
import { withMutants, type Mutant } from './mutants.ts'

/**
 * Mutation testing of the rules: every guard in ledger/domain is changed, one at a time, and the rules' own tests must notice. Ends
 * with 1 when a mutant survives that `same.ts` does not explain, or when an explanation there fits nothing any more.
 */
const root = join(import.meta.dirname, '../..')
const domain = join(root, 'ledger/domain')
const sandbox = join(root, '.yidan/mutation')
const processes = 2
const longestRun = 30_000
/** The first run of a process loads the rules and their tests besides. */
const longestFirstRun = 90_000

const chosen = process.argv.slice(2)
const { mutants, tests } = prepare()
process.stdout.write(`${mutants.length} mutants of the guards in ledger/domain\n`)
let unending = 0
const survivors = await hunt()
const explained = new Set(survivors.flatMap((mutant) => same.filter((line) => fits(line, mutant))))
const unexplained = survivors.filter((mutant) => !same.some((line) => fits(line, mutant)))
for (const { file, line, written, change } of unexplained) process.stdout.write(`SURVIVED ${file}:${line} ${change}\n  ${written}\n`)
const idle = chosen.length > 0 ? [] : same.filter((line) => !explained.has(line))
for (const line of idle) process.stdout.write(`NOTHING FITS the explanation ${JSON.stringify(line)}\n`)
process.stdout.write(`${mutants.length - survivors.length} killed (${unending} did not come back), ${survivors.length - unexplained.length} without effect, ${unexplained.length} survived\n`)
rmSync(sandbox, { recursive: true, force: true })
process.exit(unexplained.length + idle.length > 0 ? 1 : 0)

function fits(line: (typeof same)[number], { file, written, change }: Mutant): boolean {
  return file === line.file && written === line.written && (line.change === undefined || line.change === change)
}

/** Copies the rules with all mutants switched off. */
function prepare(): { mutants: readonly Mutant[]; tests: readonly string[] } {
  rmSync(sandbox, { recursive: true, force: true })
  const all: Mutant[] = [], found: string[] = []
  const copy = (folder: string): void => {
    mkdirSync(join(sandbox, folder), { recursive: true })
    for (const name of readdirSync(join(domain, folder)).toSorted()) {
      const path = join(folder, name)
      if (statSync(join(domain, path)).isDirectory()) copy(path)
      else if (name.endsWith('.ts')) {
        const text = readFileSync(join(domain, path), 'utf8')
        if (name.endsWith('.test.ts') && folder !== 'identifiers' && folder !== 'legs') found.push(join(sandbox, path))
        const isGuarding = !name.endsWith('.test.ts') && name !== 'testing.ts' && (folder === 'actions' || path === 'run.ts' || path === 'title.ts') && (chosen.length === 0 || chosen.includes(path))
        const { text: written, mutants: own } = isGuarding ? withMutants(path, text, all.length + 1) : { text, mutants: [] }
        all.push(...own)
        writeFileSync(join(sandbox, path), written)
      }
    }
  }
  copy('.')
  writeFileSync(join(sandbox, 'package.json'), '{"type":"module"}')
  return { mutants: all, tests: found }
}

/** Runs the tests once for each mutant; one that does not come back has been noticed too. */
async function hunt(): Promise<readonly Mutant[]> {
  const waiting = [...mutants]
  const survived: Mutant[] = []
  let done = 0
  await Promise.all(Array.from({ length: processes }, async () => {
    let worker = startWorker()
    const untouched = await worker.run({ id: 0, file: '' })
    if (untouched === null || untouched.length > 0) throw new Error(`without any mutant ${untouched === null ? 'the tests of the rules do not end' : `this fails: ${untouched.join('; ')}`}`)
    for (;;) {
      const mutant = waiting.shift()
      if (!mutant) return void worker.child.kill()
      const failed = await worker.run(mutant)
      if (failed?.length === 0 && await survivesLoading(mutant)) survived.push(mutant)
      if (failed === null) {
        unending += 1
        worker.child.kill('SIGKILL')
        worker = startWorker()
      }
      done += 1
      if (done % 200 === 0) process.stdout.write(`  ${done} of ${mutants.length}\n`)
    }
  }))
  return survived.toSorted((one, other) => one.id - other.id)
}

/** Tables and lists are made when the rules are loaded: what a running worker did not notice is tried once more from the start. */
async function survivesLoading(mutant: Mutant): Promise<boolean> {
  const worker = startWorker(mutant.id)
  const failed = await worker.run(mutant)
  worker.child.kill('SIGKILL')
  if (failed === null) unending += 1
  return failed?.length === 0
}

/** `run` gives the tests that failed, at most one, or null when it took too long or the process died. */
function startWorker(loadedWith = 0): { child: ChildProcess; run(mutant: Pick<Mutant, 'id' | 'file'>): Promise<readonly string[] | null> } {
  let isFirst = true
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=source', join(import.meta.dirname, 'worker.ts'), String(loadedWith), ...tests], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  return {
    child,
    run: ({ id, file }) => new Promise((resolve) => {
      const finish = (failed: readonly string[] | null): void => {
        clearTimeout(limit)
        lines.off('line', heard)
        child.off('exit', died)
        resolve(failed)
      }
      const heard = (line: string): void => {
        const told = JSON.parse(line) as { id: number; failed: readonly string[] }
        if (told.id === id) finish(told.failed)
      }
      const died = (): void => finish(null)
      const limit = setTimeout(() => finish(null), isFirst ? longestFirstRun : longestRun)
      isFirst = false
      lines.on('line', heard)
      child.on('exit', died)
      child.stdin.write(`${JSON.stringify({ id, own: join(sandbox, file.replace('.ts', '.test.ts')) })}\n`)
    }),
  }
}
