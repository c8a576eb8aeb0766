import type { TrainView } from '@yidan/api/contract'
import type { MapLeg } from '../../widgets/route-map/route.ts'

/** A train's calls as legs from one to the next, for the route map. */
export function legsOfCalls(train: Pick<TrainView, 'mode' | 'calls'>): readonly MapLeg[] {
  return train.calls.slice(1).flatMap((to, index): MapLeg[] => {
    const from = train.calls[index]
    if (!from) return []
    const progress = to.actualArrival ?? to.actualDeparture ? 'done' : from.actualDeparture ? 'under-way' : 'waiting'
    return [{ mode: train.mode, from: from.place, fromCode: from.code, to: to.place, toCode: to.code, progress }]
  })
}
