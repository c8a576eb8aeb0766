import type { Platform } from './open-platform.ts'

/** Resolves when the views hold everything, the desk has looked at it, and those concerned were told: what is found is a new entry, to be looked at in turn. */
export async function allLookedAt({ ports, app }: Pick<Platform, 'ports' | 'app'>): Promise<void> {
  for (let before = -1; before !== (await ports.eventLog.last()); ) {
    before = await ports.eventLog.last()
    await ports.feed.upTo(before, 60_000)
    await app.exceptions.settled()
    await app.exceptionNotices.settled()
  }
}
