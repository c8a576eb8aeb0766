import { z } from 'zod'
import { route } from '../route.ts'
import { Track } from '../views/index.ts'

const span = z.object({ from: z.iso.datetime({ offset: true }).optional(), to: z.iso.datetime({ offset: true }).optional(), limit: z.coerce.number().int().min(1).max(5000).default(1000) })

export const positionRoutes = {
  unitTrack: route({ method: 'get', path: '/units/{service}/track', tag: 'tracking', summary: 'Where a train, vessel or truck has been, oldest first', ability: 'follow-train', params: z.object({ service: z.string().min(1).max(80) }), query: span, responses: { 200: Track } }),
  containerTrack: route({ method: 'get', path: '/containers/{container}/track', tag: 'tracking', summary: 'Where a box has been on this journey: by its own device, and by the units while it rode on them', ability: 'follow-container', params: z.object({ container: z.string().max(11) }), query: span, responses: { 200: Track } }),
}
