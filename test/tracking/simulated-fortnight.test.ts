import { expect } from 'chai'
import { simulatedClock } from '../simulate/clock.ts'
import { begins, simulate } from '../simulate/fortnight.ts'
import { openPlatform } from '../support/open-platform.ts'

describe('a fortnight of four bookings, four trains of fifty wagons, and what goes wrong with them', () => {

  it('ends where the plan and its troubles have every box; a silent tracker is shown as silent, a withdrawn report as withdrawn', async () => {
    const clock = simulatedClock(begins)
    const platform = await openPlatform({ clock: () => clock.now(), settings: { sessionDays: 90 } })
    try {
      const { events, differences } = await simulate({ platform, clock, speed: Infinity, tell: () => undefined })
      expect(differences.join("\n").slice(0, 3000)).to.equal("")
      expect(events).to.be.greaterThan(1_000)
      expect(platform.bugs).to.deep.equal([])
    } finally {
      await platform.close()
    }
  })
})
