import { z } from 'zod'
import { route } from '../route.ts'
import { CompositionImport, CorridorBoard, DelayReason, LoadingList, NewTimes, page, PreAdvice, runFilters, RunId, RunSummary, RunView, TrainNumber, TrainPlan, Wagons } from '../views/index.ts'

const run = z.object({ run: RunId })
const revision = z.int().min(1)
const section = z.object({ run: RunId, call: z.coerce.number().int().min(1).max(40) })
const at = z.iso.datetime({ offset: true })
const MiB = 1024 * 1024

/** 班列 management. Whatever others must see goes through the log; a change names the revision it was made upon. */
export const trainRoutes = {
  trainRuns: route({ method: 'get', path: '/train-runs', tag: 'trains', summary: 'Train runs, the latest departure first; by station, day, corridor, state or text (train number, box, wagon)', ability: 'follow-train', query: z.object(runFilters), responses: { 200: page(RunSummary) } }),
  trainRun: route({ method: 'get', path: '/train-runs/{run}', tag: 'trains', summary: 'One run: calls with plan, estimate and fact, composition with the boxes the caller may follow, reports', ability: 'follow-train', params: run, responses: { 200: RunView } }),
  planTrain: route({ method: 'post', path: '/train-runs', tag: 'trains', summary: 'Plan a run; the local day of the first departure is part of its name', ability: 'plan-train', idempotent: true, body: z.strictObject({ service: TrainNumber, plan: TrainPlan }), responses: { 201: RunView } }),
  changeTrainPlan: route({ method: 'put', path: '/train-runs/{run}/plan', tag: 'trains', summary: 'Change the plan while the train has not left', ability: 'plan-train', params: run, body: z.strictObject({ revision, plan: TrainPlan }), responses: { 200: RunView } }),
  cancelTrain: route({ method: 'post', path: '/train-runs/{run}/cancellation', tag: 'trains', summary: 'The train does not run; not after it has left', ability: 'plan-train', params: run, body: z.strictObject({ revision, reason: z.string().trim().min(1).max(250) }), responses: { 200: RunView } }),
  composeTrain: route({ method: 'put', path: '/train-runs/{run}/compositions/{call}', tag: 'trains', summary: 'The whole train as it leaves a call: the first, one where boxes join and leave (甩挂), or a change of gauge (the same boxes on other wagons). All faults at once, by wagon and slot', ability: 'compose-train', params: section,
    body: z.strictObject({ revision, wagons: Wagons }), responses: { 200: RunView } }),
  importComposition: route({ method: 'post', path: '/train-runs/{run}/compositions/{call}/import', tag: 'trains', summary: 'The same from a wagon list (CSV, XLSX), one row a box; saved only when it has no fault', ability: 'compose-train', params: section, upload: { fields: z.object({ revision: z.coerce.number().int().min(1) }), maxBytes: 5 * MiB }, responses: { 200: CompositionImport } }),
  compositionFile: route({ method: 'get', path: '/train-runs/{run}/compositions/{call}/export', tag: 'trains', summary: 'The composition as a wagon list (CSV) that can be imported again', ability: 'read-train-papers', params: section, responses: { 200: { contentType: 'text/csv' } } }),
  loadingList: route({ method: 'get', path: '/train-runs/{run}/compositions/{call}/loading-list', tag: 'trains', summary: 'The list against the yard’s scans: loaded, in the yard, missing, elsewhere, or not on the list', ability: 'read-train-papers', params: section, responses: { 200: LoadingList } }),
  reportDeparture: route({ method: 'post', path: '/train-runs/{run}/departures', tag: 'trains', summary: 'The train has left a call: one event for every box aboard. Boxes of the list that were not loaded are named, and must be agreed to', ability: 'report-train', params: run,
    body: z.strictObject({ revision, call: z.int().min(1), at, withoutMissing: z.boolean().default(false) }), responses: { 200: RunView } }),
  reportDelay: route({ method: 'post', path: '/train-runs/{run}/delays', tag: 'trains', summary: 'The train is late: reason and new times of the calls ahead', ability: 'report-train', params: run,
    body: z.strictObject({ revision, call: z.int().min(1), reason: DelayReason, remark: z.string().trim().max(250).optional(), times: z.array(NewTimes).min(1).max(40) }), responses: { 200: RunView } }),
  preAdvice: route({ method: 'get', path: '/train-runs/{run}/pre-advice/{call}', tag: 'trains', summary: '到达预报 for the station of a call', ability: 'read-train-papers', params: section, responses: { 200: PreAdvice } }),
  preAdviceFile: route({ method: 'get', path: '/train-runs/{run}/pre-advice/{call}/export', tag: 'trains', summary: 'The same as CSV, one row a box', ability: 'read-train-papers', params: section, responses: { 200: { contentType: 'text/csv' } } }),
  confirmArrival: route({ method: 'post', path: '/train-runs/{run}/confirmations', tag: 'trains', summary: '到达确报: the wagon list as found on arrival; what differs from the composition is kept. Reports the arrival too when nobody has', ability: 'report-train', params: run,
    body: z.strictObject({ revision, call: z.int().min(2), at, wagons: z.array(z.strictObject({ number: z.string().trim().max(15), boxes: z.array(z.string().trim().toUpperCase().max(15)).max(6) })).min(1).max(150) }), responses: { 200: RunView } }),
  corridorBoard: route({ method: 'get', path: '/corridors', tag: 'trains', summary: 'All trains and vessels under way: where last seen, between which calls, late or stale', ability: 'follow-train', responses: { 200: CorridorBoard } }),
}
