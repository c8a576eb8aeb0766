import type { Registry } from 'prom-client'
import { Counter } from 'prom-client'
import { ensure } from '../access/abilities.ts'
import { companyOf, type Caller, type CallerCompany } from '../access/caller.ts'
import type { HandlersFor } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import type { Ports } from '../ports.ts'
import { openJudge } from '../tracking/index.ts'
import { bindDevice, listDevices, listRefusals, releaseDevice } from './commands.ts'
import { outcomes, takeDeviceMessage } from './intake.ts'
import { openDeviceListener, type DeviceListener } from './listener.ts'
import { openDeviceStore } from './store.ts'

export type { DeviceListener } from './listener.ts'

export interface Devices {
  readonly handlers: HandlersFor<'devices' | 'bindDevice' | 'releaseDevice' | 'deviceRefusals'>
  /** Null where no broker is named. */
  readonly listener: DeviceListener | null
  /** Adds what became of readings to the figures. */
  addTo(registry: Registry): void
}

/** Devices on boxes: whose they are, on which box, and what they tell by MQTT. */
export async function openDevices(ports: Ports): Promise<Devices> {
  const store = await openDeviceStore(ports)
  const judge = openJudge(ports)
  const { mqtt } = ports.settings
  const listener = mqtt === undefined ? null : openDeviceListener({ settings: mqtt, duty: store.duty, log: ports.log, take: (deviceId, payload) => takeDeviceMessage({ ports, store, judge }, deviceId, payload) })
  return {
    listener,
    handlers: {
      async devices({ caller, query }) {
        return { items: await listDevices(store, companyWith(caller), query.q) }
      },
      async bindDevice({ caller, params, body, concerns }) {
        concerns(`${params.deviceId} ${body.container}`)
        return bindDevice(store, companyWith(caller), { deviceId: params.deviceId, container: body.container, from: body.from === undefined ? ports.clock() : new Date(body.from) })
      },
      async releaseDevice({ caller, params, concerns }) {
        concerns(params.deviceId)
        return releaseDevice(store, companyWith(caller), params.deviceId, ports.clock())
      },
      async deviceRefusals({ caller, query }) {
        return { items: await listRefusals(store, companyWith(caller), query.deviceId) }
      },
    },
    addTo(registry) {
      if (listener === null) return
      new Counter({
        name: 'device_readings_total', help: 'Readings of box devices by what became of them', labelNames: ['outcome'], registers: [registry],
        collect() {
          const counts = listener.counts()
          this.reset()
          for (const outcome of outcomes) this.inc({ outcome }, counts[outcome])
        },
      })
    },
  }
}

function companyWith(caller: Caller): CallerCompany {
  ensure(caller, 'manage-devices')
  const company = companyOf(caller)
  if (company === null) throw new Problem('not-signed-in')
  return company
}
