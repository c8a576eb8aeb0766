import { expect } from 'chai'
import { betweenBatches } from './between-batches.ts'
import type { LogEntry } from './types.ts'

describe('what a projection remembers between batches', () => {
  const batch = (...positions: number[]): LogEntry[] => positions.map((position) => ({ position }) as LogEntry)

  it('is there for the batch that follows, once', () => {
    const memory = betweenBatches<string>()
    expect(memory.take(batch(1, 2))).to.equal(null)
    memory.keep(batch(1, 2), 'two')
    expect(memory.take(batch(3))).to.equal('two')
    expect(memory.take(batch(3)), 'the batch failed and comes again').to.equal(null)
  })

  it('is forgotten when the log is applied from elsewhere: again, from the start, or after what another process applied', () => {
    const memory = betweenBatches<string>()
    for (const next of [batch(2), batch(1), batch(4), batch()]) {
      memory.keep(batch(1, 2), 'two')
      expect(memory.take(next)).to.equal(null)
    }
  })
})
