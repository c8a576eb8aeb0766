import { expect } from 'chai'
import { BlockStream } from './block-stream.ts'
import { positionOf, type FreshBlock } from './records.ts'

const news = (number: number, outcomes: readonly { readonly txId: string; readonly code: number }[] = []): FreshBlock => ({
  number, heads: [], outcomes: outcomes.map((outcome) => ({ ...outcome, block: number, records: [] })),
  records: [{ position: positionOf({ block: number, place: 0, nth: 0 }), commandId: `c${number}` as never, entries: [], recordedAt: '' as never }],
})

/** A chain that grows, and peers that give it until they are told to break. */
class PretendChain {
  readonly blocks: FreshBlock[] = []
  readonly opened: number[] = []
  #wake: (() => void)[] = []
  #breaks = 0

  add(...blocks: readonly FreshBlock[]): void {
    this.blocks.push(...blocks)
    for (const wake of this.#wake.splice(0)) wake()
  }

  break(): void {
    this.#breaks += 1
    for (const wake of this.#wake.splice(0)) wake()
  }

  async *open(from: number, signal: AbortSignal): AsyncIterable<FreshBlock> {
    this.opened.push(from)
    const breaks = this.#breaks
    for (let next = from; !signal.aborted; ) {
      if (this.#breaks > breaks) throw new Error('the peer went away')
      const block = this.blocks.find(({ number }) => number === next)
      if (block) {
        yield block
        next += 1
      } else {
        await new Promise<void>((resolve) => {
          this.#wake.push(resolve)
          signal.addEventListener('abort', () => resolve())
        })
      }
    }
  }
}

describe('the stream of blocks', () => {
  let chain: PretendChain, stream: BlockStream
  const open = (keep = 256, from = 1): BlockStream => new BlockStream({ open: (first, signal) => chain.open(first, signal), from, keep })
  const read = async (from: number, count: number): Promise<number[]> => {
    const stop = new AbortController(), numbers: number[] = []
    for await (const { number } of stream.blocks(from, stop.signal)) if (numbers.push(number) === count) stop.abort()
    return numbers
  }
  beforeEach(() => {
    chain = new PretendChain()
    stream = open()
    stream.start()
  })
  afterEach(() => stream.stop())

  it('gives every block in order, those that are there and those that come', async () => {
    chain.add(news(1), news(2))
    setTimeout(() => chain.add(news(3)), 20)
    expect(await read(1, 3)).to.deep.equal([1, 2, 3])
  })
  it('goes on where it was when the peer goes away', async () => {
    chain.add(news(1), news(2))
    const reading = read(1, 4)
    setTimeout(() => chain.break(), 20)
    setTimeout(() => chain.add(news(3), news(4)), 40)
    expect(await reading).to.deep.equal([1, 2, 3, 4])
    expect(chain.opened.at(-1)).to.equal(3)
  })
  it('tells what became of a transaction to whoever asked before or after', async () => {
    const { outcome } = stream.outcomeOf('ab12')
    chain.add(news(1, [{ txId: 'ab12', code: 11 }]))
    expect(await outcome).to.include({ txId: 'ab12', code: 11, block: 1 })
    expect(await stream.outcomeOf('ab12').outcome).to.include({ code: 11 })
  })
  it('has told what a block wrote before anybody hears what became of a transaction, and tells each block once', async () => {
    const told: number[] = [], heard: number[][] = []
    await stream.stop()
    stream = new BlockStream({ open: (first, signal) => chain.open(first, signal), from: 1, keep: 1, onBlock: ({ number }) => void told.push(number) })
    void stream.outcomeOf('ab12').outcome.then(() => heard.push([...told]))
    stream.start()
    chain.add(news(1), news(2, [{ txId: 'ab12', code: 0 }]), news(3))
    while (stream.next <= 3) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(heard[0]).to.include(2)
    expect(await read(1, 3)).to.deep.equal([1, 2, 3])
    expect(told).to.deep.equal([1, 2, 3])
  })
  it('takes no second copy of an envelope for its end', async () => {
    const { outcome } = stream.outcomeOf('ab12')
    chain.add(news(1, [{ txId: 'ab12', code: 9 }]), news(2, [{ txId: 'cd34', code: 0 }]))
    await read(1, 2)
    expect(await Promise.race([outcome, Promise.resolve('nothing yet')])).to.equal('nothing yet')
  })
  it('reads what it no longer has at hand from a peer, and joins itself without a gap', async () => {
    await stream.stop()
    stream = open(3)
    stream.start()
    chain.add(...Array.from({ length: 10 }, (_, index) => news(index + 1)))
    while (stream.next <= 10) await new Promise((resolve) => setTimeout(resolve, 5))
    setTimeout(() => chain.add(news(11)), 30)
    expect(await read(2, 10)).to.deep.equal([2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  })
  it('ends for whoever reads when it is stopped', async () => {
    const reading = read(1, 5)
    await stream.stop()
    expect(await reading).to.deep.equal([])
  })
})
