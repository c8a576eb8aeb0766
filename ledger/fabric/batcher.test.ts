import { expect } from 'chai'
import type { Subject } from '../domain/index.ts'
import { takeBatch, type Waiting } from './batcher.ts'

const bill = (n: number): Subject => `b${String(n).padStart(32, '0')}` as Subject
const waits = (n: number, change: Partial<Waiting> & { readonly name?: string } = {}): Waiting & { readonly name: string } => ({ touches: [bill(n)], group: 'Port,Bank', alone: false, size: 1_000, name: `of bill ${n}`, ...change })
const take = <W extends Waiting>(queue: W[], { busy = [], held = [], most = 128, bytes = 1_000_000 }: { busy?: Subject[]; held?: string[]; most?: number; bytes?: number } = {}) =>
  takeBatch(queue, { busy: new Set(busy), held: (group) => held.includes(group), limits: { most, bytes } })
const names = (batch: readonly { readonly name: string }[]) => batch.map(({ name }) => name)

describe('forming batches', () => {
  it('takes everything that waits, in its order', () => {
    const queue = [waits(1), waits(2), waits(3)]
    expect(names(take(queue))).to.deep.equal(['of bill 1', 'of bill 2', 'of bill 3'])
    expect(queue).to.have.length(0)
  })
  it('takes nothing from an empty queue', () => expect(take([])).to.deep.equal([]))
  it('never takes two commands of one bill', () => {
    const queue = [waits(1, { name: 'first' }), waits(1, { name: 'second' }), waits(2)]
    expect(names(take(queue))).to.deep.equal(['first', 'of bill 2'])
    expect(names(queue)).to.deep.equal(['second'])
  })
  it('leaves what touches a bill that is under way, and what waits behind it', () => {
    const both = waits(0, { touches: [bill(1), bill(2)], name: 'combines 1 and 2' })
    const queue = [both, waits(2), waits(3)]
    expect(names(take(queue, { busy: [bill(1)] }))).to.deep.equal(['of bill 3'])
    expect(names(queue)).to.deep.equal(['combines 1 and 2', 'of bill 2'])
  })
  it('keeps the order of one bill’s commands even when the first has to be endorsed by others', () => {
    const queue = [waits(1), waits(2, { group: 'Port,Assoc', name: 'earlier' }), waits(2, { name: 'later' }), waits(3)]
    expect(names(take(queue))).to.deep.equal(['of bill 1', 'of bill 3'])
    expect(names(take(queue))).to.deep.equal(['earlier'])
    expect(names(take(queue))).to.deep.equal(['later'])
  })
  it('has one set of organisations in a batch, and the longest waiting decides which', () => {
    const queue = [waits(1, { group: 'Port,Assoc' }), waits(2), waits(3, { group: 'Port,Assoc' }), waits(4)]
    expect(names(take(queue))).to.deep.equal(['of bill 1', 'of bill 3'])
    expect(names(take(queue))).to.deep.equal(['of bill 2', 'of bill 4'])
  })
  it('passes over a set of organisations that is held, not over the others', () => {
    const queue = [waits(1), waits(2, { group: 'Port,Assoc' }), waits(3)]
    expect(names(take(queue, { held: ['Port,Bank'] }))).to.deep.equal(['of bill 2'])
    expect(take(queue, { held: ['Port,Bank'] })).to.deep.equal([])
    expect(queue).to.have.length(2)
  })
  it('lets what goes alone go alone', () => {
    const queue = [waits(1), waits(2, { alone: true }), waits(3)]
    expect(names(take(queue))).to.deep.equal(['of bill 1', 'of bill 3'])
    expect(names(take(queue))).to.deep.equal(['of bill 2'])
  })
  it('keeps to the limits of number and size, but lets a single big one pass', () => {
    const queue = Array.from({ length: 300 }, (_, n) => waits(n))
    expect(take(queue)).to.have.length(128)
    expect(take(queue, { bytes: 10_000 })).to.have.length(10)
    expect(names(take([waits(1, { size: 900_000 }), waits(2)], { bytes: 10_000 }))).to.deep.equal(['of bill 1'])
  })
  it('is fair: with fresh commands arriving all the time, one that waits goes within the next batch that may hold it', () => {
    const queue = [waits(0, { name: 'patient', group: 'Port,Assoc' })]
    for (let n = 1; n <= 50; n += 1) queue.push(waits(n))
    expect(names(take(queue, { most: 8 }))[0]).to.equal('patient')
    for (let n = 1; n <= 7; n += 1) {
      for (let more = 0; more < 8; more += 1) queue.push(waits(1_000 * n + more))
      expect(names(take(queue, { most: 8 }))[0]).to.equal(`of bill ${(n - 1) * 8 + 1}`)
    }
  })
})
