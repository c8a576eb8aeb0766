import { ContainerNumber } from '@yidan/ledger'
import { z } from 'zod'
import { route } from '../route.ts'
import { DeviceId, DeviceRefusal, DeviceView } from '../views/index.ts'

const device = z.object({ deviceId: DeviceId })

export const deviceRoutes = {
  devices: route({ method: 'get', path: '/devices', tag: 'machines', summary: 'The company’s box devices, the last to be bound first, 200 at most', ability: 'manage-devices', query: z.object({ /** Beginning of a device’s name, or the box it is on. */ q: z.string().max(64).optional() }), responses: { 200: z.strictObject({ items: z.array(DeviceView) }) } }),
  bindDevice: route({ method: 'put', path: '/devices/{deviceId}', tag: 'machines', summary: 'The device is on this box from a moment on (now, when none is given): what it tells of times since then is told of the box, in the company’s name', ability: 'manage-devices', params: device, body: z.strictObject({ container: ContainerNumber, from: z.iso.datetime({ offset: true }).optional() }), responses: { 200: DeviceView } }),
  releaseDevice: route({ method: 'delete', path: '/devices/{deviceId}', tag: 'machines', summary: 'The device was taken off its box; late messages of times before still count', ability: 'manage-devices', params: device, responses: { 200: DeviceView } }),
  deviceRefusals: route({ method: 'get', path: '/device-refusals', tag: 'machines', summary: 'The last 200 messages that could not be taken, newest first, kept for 30 days: of the company’s devices; for the operator of all, those of nobody too', ability: 'manage-devices', query: z.object({ deviceId: DeviceId.optional() }), responses: { 200: z.strictObject({ items: z.array(DeviceRefusal) }) } }),
}
