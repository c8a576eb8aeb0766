import { Worker } from 'node:worker_threads'
import { expect } from 'chai'
import { openRenderer, renderBill, RendererBusy, RenderFailed, type BillPrint, type Renderer } from '../../api/src/documents/index.ts'
import { billFrom, billOfTwoHundredBoxes } from '../support/bill-documents.ts'
import { aSealAuthority, sealedPrint } from '../support/sealed-bill.ts'

describe('the printing thread', () => {
  let seals: Awaited<ReturnType<typeof aSealAuthority>>
  let print: BillPrint
  const opened: Renderer[] = []
  const open = (options?: Parameters<typeof openRenderer>[0]): Renderer => {
    const renderer = openRenderer(options)
    opened.push(renderer)
    return renderer
  }
  before(async () => {
    seals = await aSealAuthority()
    print = await sealedPrint(seals.authority, billFrom('furnitureToHamburg'))
  })
  after(async () => {
    await Promise.all(opened.map((renderer) => renderer.close()))
    await seals.close()
  })

  it('prints the very bytes that the caller’s own thread would', async () => {
    const renderer = open()
    const here = Buffer.from(renderBill(print))
    const there = await Promise.all(Array.from({ length: 20 }, () => renderer.render(print)))
    for (const bytes of there) expect(here.equals(bytes)).to.equal(true)
  })

  it('leaves the event loop free while it prints', async () => {
    const renderer = open()
    await renderer.render(print)
    const large = await sealedPrint(seals.authority, billOfTwoHundredBoxes())
    let longest = 0
    let last = performance.now()
    const ticking = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 1)
    await Promise.all(Array.from({ length: 10 }, () => renderer.render(large)))
    clearInterval(ticking)
    const began = performance.now()
    renderBill(large)
    expect(longest).to.be.below(Math.max(40, (performance.now() - began) * 2))
  })

  it('fails one bill that cannot be printed, and prints the next', async () => {
    const renderer = open()
    const wrong = renderer.render({ ...print, document: billFrom('solarToTashkent') })
    const right = renderer.render(print)
    expect(await wrong.catch((error: unknown) => error)).to.be.instanceOf(RenderFailed).with.property('message').that.includes('another document')
    expect((await right).length).to.be.above(10_000)
  })

  it('starts anew when the thread dies over a bill', async () => {
    let deaths = 1
    const renderer = open({
      newWorker: () => (deaths-- > 0
        ? new Worker(`require('node:worker_threads').parentPort.on('message', () => process.exit(9))`, { eval: true })
        : new Worker(`const { parentPort } = require('node:worker_threads'); parentPort.on('message', ({ id }) => parentPort.postMessage({ id, bytes: new Uint8Array([37]) }))`, { eval: true })),
    })
    const [first, second] = await Promise.allSettled([renderer.render(print), renderer.render(print)])
    expect(first).to.have.property('reason').that.is.instanceOf(RenderFailed)
    expect(second).to.deep.equal({ status: 'fulfilled', value: new Uint8Array([37]) })
  })

  it('gives up on a thread that hangs', async () => {
    const renderer = open({ deadlineMs: 100, newWorker: () => new Worker(`require('node:worker_threads').parentPort.on('message', () => { for (;;); })`, { eval: true }) })
    expect(await renderer.render(print).catch((error: unknown) => error)).to.be.instanceOf(RenderFailed)
  })

  it('refuses more waiting bills than it was told to keep', async () => {
    const renderer = open({ maxWaiting: 2 })
    const asked = await Promise.allSettled(Array.from({ length: 5 }, () => renderer.render(print)))
    const refused = asked.filter((result) => result.status === 'rejected')
    expect(refused).to.have.length(2)
    for (const result of refused) expect(result.reason).to.be.instanceOf(RendererBusy)
    expect(renderer.waiting).to.equal(0)
  })

  it('tells those who wait when it closes', async () => {
    const renderer = open()
    const waiting = [renderer.render(print), renderer.render(print)].map((promise) => promise.catch((error: unknown) => error))
    await renderer.close()
    for (const error of await Promise.all(waiting)) expect(error).to.be.instanceOf(RenderFailed)
    expect(await renderer.render(print).catch((error: unknown) => error)).to.be.instanceOf(RenderFailed)
  })
})
