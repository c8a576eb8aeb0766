import { ensure } from '../access/abilities.ts'
import type { HandlersFor } from '../http/handlers.ts'
import type { Directory } from '../parties/directory.ts'
import type { Ports } from '../ports.ts'
import { openTrackingReader } from '../tracking/view.ts'
import { corridorBoard } from './board.ts'
import { openRun, type Asking } from './desk.ts'
import { importComposition } from './import-composition.ts'
import { listRuns } from './list.ts'
import { loadingList } from './loading-list.ts'
import { compositionCsv, preAdvice, preAdviceCsv } from './papers.ts'
import { cancelRun, changePlan, compose, planRun } from './planning.ts'
import { confirmArrival, reportDelay, reportDeparture } from './reporting.ts'
import { openTrainStore } from './store.ts'
import { runView } from './view.ts'

export { trainProjections } from './projection.ts'

type TrainRoute =
  | 'trainRuns' | 'trainRun' | 'planTrain' | 'changeTrainPlan' | 'cancelTrain' | 'composeTrain' | 'importComposition' | 'compositionFile' | 'loadingList' | 'reportDeparture' | 'reportDelay' | 'preAdvice' | 'preAdviceFile'
  | 'confirmArrival' | 'corridorBoard'

/** 班列: planning and composing trains, what they report on the way, and the board of everything under way. */
export function trainHandlers(ports: Ports, directory: Directory): HandlersFor<TrainRoute> {
  const desk = { ports, directory, store: openTrainStore(ports), reader: openTrackingReader(ports) }
  const asking = ({ caller, language }: Pick<Asking, 'caller' | 'language'>): Asking => ({ ...desk, caller, language })
  return {
    async trainRuns({ query, ...call }) {
      ensure(call.caller, 'follow-train')
      return listRuns(asking(call), query)
    },
    trainRun: async ({ params, ...call }) => runView(asking(call), await openRun(desk, params.run)),
    async planTrain({ body, concerns, ...call }) {
      const view = await planRun(asking(call), body)
      concerns(view.run)
      return { status: 201, json: view }
    },
    async changeTrainPlan({ params, body, concerns, ...call }) {
      concerns(params.run)
      return changePlan(asking(call), { ...body, run: params.run })
    },
    async cancelTrain({ params, body, concerns, ...call }) {
      concerns(params.run)
      return cancelRun(asking(call), { ...body, run: params.run })
    },
    async composeTrain({ params, body, concerns, ...call }) {
      concerns(params.run)
      return compose(asking(call), { ...body, ...params })
    },
    async importComposition({ params, fields, file, concerns, ...call }) {
      concerns(params.run)
      return importComposition(asking(call), { ...params, revision: fields.revision, file })
    },
    compositionFile: async ({ params, ...call }) => ({ file: await compositionCsv(asking(call), params), contentType: 'text/csv', name: `${params.run}-${params.call}.csv` }),
    loadingList: async ({ params }) => loadingList(desk, params.run, params.call),
    async reportDeparture({ params, body, concerns, ...call }) {
      concerns(params.run)
      return reportDeparture(asking(call), { ...body, run: params.run })
    },
    async reportDelay({ params, body, concerns, ...call }) {
      concerns(params.run)
      return reportDelay(asking(call), { ...body, run: params.run })
    },
    preAdvice: async ({ params, ...call }) => preAdvice(asking(call), params),
    preAdviceFile: async ({ params, ...call }) => ({ file: preAdviceCsv(await preAdvice(asking(call), params), call.language), contentType: 'text/csv', name: `pre-advice-${params.run}-${params.call}.csv` }),
    async confirmArrival({ params, body, concerns, ...call }) {
      concerns(params.run)
      return confirmArrival(asking(call), { ...body, run: params.run })
    },
    corridorBoard: async (call) => corridorBoard(asking(call)),
  }
}
