import { expect } from 'chai'
import { setTimeout as pause } from 'node:timers/promises'
import { aCheckpointWriter } from './checkpoint-writer.ts'

describe('A checkpoint beside the work', () => {
  it('is written at once after a rest', async () => {
    const { writes, writer } = counted()
    writer.note()
    await writer.underWay()
    expect(writes).to.deep.equal([0])
  })

  it('is written now and then while the work goes on, and once more at its end', async () => {
    const { writes, writer, go } = counted()
    for (let step = 0; step < 40; step += 1) {
      go()
      writer.note()
      await pause(5)
    }
    await pause(100)
    await writer.underWay()
    expect(writes.length).to.be.within(3, 20)
    expect(writes.at(-1)).to.equal(40)
  })

  it('tells of a write that failed, once, and goes on', async () => {
    const failures: string[] = []
    let fails = true
    const writer = aCheckpointWriter(() => (fails ? Promise.reject(new Error('taken over')) : Promise.resolve()), () => failures.push('heard'))
    writer.note()
    const told = await writer.underWay().then(() => 'nothing', (error: Error) => error.message)
    expect(told).to.equal('taken over')
    expect(failures).to.deep.equal(['heard'])
    fails = false
    await writer.underWay()
  })

  it('does not write what was dropped', async () => {
    const { writes, writer, go } = counted()
    writer.note()
    await writer.underWay()
    go()
    writer.note()
    await writer.drop()
    await pause(100)
    expect(writes).to.deep.equal([0])
  })
})

function counted(): { readonly writes: number[]; readonly writer: ReturnType<typeof aCheckpointWriter>; readonly go: () => void } {
  let position = 0
  const writes: number[] = []
  const writer = aCheckpointWriter(() => {
    writes.push(position)
    return Promise.resolve()
  }, () => undefined)
  return { writes, writer, go: () => { position += 1 } }
}
