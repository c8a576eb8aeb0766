import { expect } from 'chai'
import { effectScope, nextTick, ref, type Ref } from 'vue'
import type { follow } from '../live.ts'
import { useUnderWay } from './use-under-way.ts'

describe('a screen about what is under way', () => {
  /** A screen, and what its socket was asked for. */
  function aScreen() {
    const scope = effectScope(), position = ref<number>(), followed: (number | undefined)[] = []
    let readings = 0, left = 0, tell: (() => void) | null = null, close: ((code: string) => void) | null = null, resync: (() => Promise<number | undefined>) | null = null
    const how: typeof follow = (following) => {
      followed.push(following.since)
      tell = () => { following.onFrames([]) }
      close = following.onClosed
      resync = following.readAgain
      return () => { left += 1 }
    }
    const ended = scope.run(() => useUnderWay(async () => { readings += 1 }, () => position.value, how)) as Ref<boolean>
    return { scope, position, followed, ended, tell: () => { tell?.() }, close: (code: string) => { close?.(code) }, resync: () => resync?.(), readings: () => readings, left: () => left }
  }
  const aMoment = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 250) })

  it('is followed from where it was read, once, and left when it is closed', async () => {
    const screen = aScreen()
    expect(screen.followed).to.deep.equal([])
    for (const position of [7, 9]) {
      screen.position.value = position
      await nextTick()
    }
    expect(screen.followed).to.deep.equal([7])
    screen.scope.stop()
    expect(screen.left()).to.equal(1)
  })

  it('reads once what moves together', async () => {
    const screen = aScreen()
    screen.position.value = 7
    await nextTick()
    for (let frame = 0; frame < 5; frame += 1) screen.tell()
    await aMoment()
    expect(screen.readings()).to.equal(1)
    screen.tell()
    screen.scope.stop()
    await aMoment()
    expect(screen.readings(), 'nothing is read for a screen that is gone').to.equal(1)
  })

  it('is read again when another log took the place of the one it was read from, and says when nobody tells it any more', async () => {
    const screen = aScreen()
    screen.position.value = 7
    await nextTick()
    expect(await screen.resync()).to.equal(7)
    expect(screen.readings()).to.equal(1)
    expect(screen.ended.value).to.equal(false)
    screen.close('forbidden')
    expect(screen.ended.value).to.equal(true)
  })
})
