import { expect } from 'chai'
import { ahead, noteTime } from './clock.ts'

describe('the platform’s time on a machine whose clock is wrong', () => {
  const here = Date.parse('2026-11-22T08:00:00Z')
  const told = (seconds: number): number => {
    noteTime(new Date(here + seconds * 1_000).toUTCString(), here)
    return ahead.value
  }
  afterEach(() => { told(0) })

  it('is taken from the answers, and given up when the clock is set right', () => {
    expect(told(600)).to.equal(600_000)
    expect(told(-3_600)).to.equal(-3_600_000)
    expect(told(1)).to.equal(0)
  })

  it('does not waver with the way of an answer', () => {
    expect(told(3)).to.equal(0)
    expect(told(600)).to.equal(600_000)
    expect(told(597)).to.equal(600_000)
  })

  it('stays as it was when an answer tells no time', () => {
    told(600)
    noteTime(null, here)
    noteTime('yesterday', here)
    expect(ahead.value).to.equal(600_000)
  })
})
