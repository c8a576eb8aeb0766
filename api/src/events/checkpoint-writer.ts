/** While batch follows batch, the checkpoint is written this often. */
const every = 50

/** Writes a checkpoint beside the work that moves it: at once after a rest, and now and then while the work goes on. */
export interface CheckpointWriter {
  /** The work went on. */
  note(): void
  /** The write under way, if any, is through; one that failed is heard of here, once. */
  underWay(): Promise<void>
  /** What is not being written yet will not be; resolves when nothing is under way. */
  drop(): Promise<void>
}

/** @param write writes how far the work is at that moment. @param failed called when a write fails while nobody waits for it */
export function aCheckpointWriter(write: () => Promise<void>, failed: () => void): CheckpointWriter {
  let writing: Promise<void> = Promise.resolve()
  let writtenAt = -Infinity
  let due: NodeJS.Timeout | null = null

  function begin(): void {
    due = null
    writtenAt = performance.now()
    writing = underWay().then(write)
    writing.catch(failed)
  }

  async function underWay(): Promise<void> {
    const under = writing
    writing = Promise.resolve()
    await under
  }

  return {
    note() {
      if (due !== null) return
      const rest = writtenAt + every - performance.now()
      if (rest <= 0) begin()
      else due = setTimeout(begin, rest)
    },
    underWay,
    async drop() {
      if (due !== null) clearTimeout(due)
      due = null
      await underWay().catch(() => undefined)
    },
  }
}
