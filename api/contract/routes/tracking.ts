import { BillNumber } from '@yidan/ledger'
import { z } from 'zod'
import { route } from '../route.ts'
import { BillTracking, ContainerSummary, ContainerView, GateMove, GateMoveResult, GateVerdict, IntakeReport, LedgerStanding, movements, page, Paging, TrackingEvent, TrainView } from '../views/index.ts'

const container = z.object({ container: z.string().max(11) })

export const trackingRoutes = {
  sendEvents: route({ method: 'post', path: '/events', tag: 'tracking', summary: 'Up to 1,000 events; each is taken or refused by itself; an event id seen before is a duplicate and changes nothing', ability: 'send-events',
    body: z.union([z.array(z.unknown()).min(1).max(1000), TrackingEvent]), responses: { 200: IntakeReport } }),
  containers: route({ method: 'get', path: '/containers', tag: 'tracking', summary: 'Boxes the caller may follow', ability: 'follow-container', query: z.object({ q: z.string().max(60).optional(), movement: z.enum(movements).optional(), late: z.enum(['yes']).optional(), ...Paging }), responses: { 200: page(ContainerSummary) } }),
  container: route({ method: 'get', path: '/containers/{container}', tag: 'tracking', summary: 'One box: state, legs, timeline, what comes next', ability: 'follow-container', params: container, responses: { 200: ContainerView } }),
  billTracking: route({ method: 'get', path: '/bills/{billNumber}/tracking', tag: 'tracking', summary: 'All boxes of a bill on its legs', ability: 'follow-bill', params: z.object({ billNumber: BillNumber }), responses: { 200: BillTracking } }),
  train: route({ method: 'get', path: '/trains/{service}', tag: 'tracking', summary: 'A train, vessel or truck by its number, with the boxes aboard that the caller may follow', ability: 'follow-train', params: z.object({ service: z.string().min(1).max(80) }), query: z.object({ /** How many entries of the timeline, the newest there are. */ entries: z.coerce.number().int().min(1).max(1_000).default(50) }), responses: { 200: TrainView } }),
  gateCheck: route({ method: 'get', path: '/gate/check', tag: 'gate', summary: 'RELEASE or HOLD for whatever was scanned or typed: a bill’s QR, a box number, a release code', ability: 'check-at-gate', query: z.object({ code: z.string().trim().min(1).max(500), container: z.string().max(11).optional() }), responses: { 200: GateVerdict } }),
  gateMove: route({ method: 'post', path: '/gate/moves', tag: 'gate', summary: 'Gate-in or gate-out as an event; the same move again changes nothing', ability: 'record-gate-move', body: GateMove, responses: { 200: GateMoveResult } }),
}
export const systemRoutes = {
  ledger: route({ method: 'get', path: '/ledger', tag: 'system', summary: 'How the ledger stands: keepers, height, lag, last records, what waits, certificates that end', ability: 'read-ledger', responses: { 200: LedgerStanding } }),
  system: route({ method: 'get', path: '/system', tag: 'system', summary: 'Which ledger this runs on, demo or not, version', ability: 'read-system', responses: { 200: z.strictObject({ version: z.string(), demo: z.boolean(), publicUrl: z.string(), ledger: z.strictObject({ kind: z.enum(['embedded', 'fabric']), network: z.string(), position: z.int(), registrar: z.string() }) }) } }),
  openapi: route({ method: 'get', path: '/openapi.json', tag: 'system', summary: 'This interface as OpenAPI 3.1', ability: 'read-system', responses: { 200: z.record(z.string(), z.unknown()) } }),
}
