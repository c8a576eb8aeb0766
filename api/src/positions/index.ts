import type { HandlersFor } from '../http/handlers.ts'
import type { Ports } from '../ports.ts'
import { openTrackingReader } from '../tracking/view.ts'
import { openPositionWatcher, type PositionWatcher } from './fence-watcher.ts'
import { openPositionStore } from './store.ts'
import { containerTrack, unitTrack } from './tracks.ts'

export { positionProjections } from './projection.ts'
export type { PositionWatcher } from './fence-watcher.ts'

export function openPositions(ports: Ports): PositionWatcher {
  return openPositionWatcher(ports, openPositionStore(ports))
}

/** Where boxes and units have been. */
export function positionHandlers(ports: Ports): HandlersFor<'unitTrack' | 'containerTrack'> {
  const desk = { ports, reader: openTrackingReader(ports), store: openPositionStore(ports) }
  return {
    unitTrack: ({ caller, params, query }) => unitTrack(desk, caller, params.service, query),
    containerTrack: ({ caller, params, query }) => containerTrack(desk, caller, params.container, query),
  }
}
