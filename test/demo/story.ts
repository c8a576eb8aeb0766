/** How the demo tells what it does: headings, steps with their time, facts under them. */
export interface Story {
  chapter(title: string): void
  /** Runs one step and tells how it ended and how long it took. */
  step<T>(text: string, run: () => Promise<T>): Promise<T>
  /** A step that must be refused; tells the code. Fails when it goes through or fails with another code. */
  refused(text: string, code: string, run: () => Promise<unknown>): Promise<void>
  fact(label: string, value: string): void
}

export function tell(print: (line: string) => void, codeOf: (error: unknown) => string | null): Story {
  return {
    chapter(title) {
      print('')
      print(`■ ${title}`)
    },
    async step(text, run) {
      const started = performance.now()
      const result = await run()
      print(`  ✓ ${text}  (${Math.round(performance.now() - started)} ms)`)
      return result
    },
    async refused(text, code, run) {
      const got = await run().then(() => 'went through', (error: unknown) => codeOf(error) ?? String(error))
      if (got !== code) throw new Error(`${text}: expected the refusal ${code}, but ${got}`)
      print(`  ✗ ${text}: ${code}, as it must be`)
    },
    fact(label, value) {
      print(`      ${label}: ${value}`)
    },
  }
}
