import type { ContainerNumber } from '@yidan/ledger'
import { z } from 'zod'
import type { Told } from '../intake/source.ts'

const at = z.iso.datetime({ offset: true })
const latitude = z.number().min(-90).max(90), longitude = z.number().min(-180).max(180)
const somewhere = { latitude: latitude.optional(), longitude: longitude.optional() }
const degrees = z.number().min(-150).max(250)

/**
 * What a device says, one thing at a time or up to a hundred in an array. `at` is when the device saw it, with an offset. Temperatures in °C,
 * shocks in g. A door that was closed is no event of the standard: it is read and nothing more.
 */
export const DeviceReading = z.discriminatedUnion('type', [
  z.object({ type: z.literal('position'), at, latitude, longitude, speedKmh: z.number().min(0).max(1200).optional() }),
  z.object({ type: z.literal('temperature'), at, temperature: degrees.optional(), supply: degrees.optional(), return: degrees.optional(), ambient: degrees.optional(), setPoint: degrees.optional(), humidity: z.number().min(0).max(100).optional() })
    .refine(({ temperature, supply, return: back, ambient }) => [temperature, supply, back, ambient].some((value) => value !== undefined), 'a temperature message has temperature, supply, return or ambient'),
  z.object({ type: z.literal('door'), at, state: z.enum(['open', 'closed']).default('open'), ...somewhere }),
  z.object({ type: z.literal('shock'), at, g: z.number().min(0).max(500), ...somewhere }),
])
export type DeviceReading = z.infer<typeof DeviceReading>

export const largestMessage = 64 * 1024
const Message = z.union([z.array(z.unknown()).min(1).max(100), z.record(z.string(), z.unknown())])

export type ReadMessage = { readonly readings: readonly DeviceReading[]; readonly faults: readonly string[] }

/** The readings in a message, and what is wrong with those that are none. */
export function readMessage(payload: Buffer): ReadMessage {
  if (payload.length > largestMessage) return { readings: [], faults: [`longer than ${largestMessage} bytes`] }
  let given: unknown
  try {
    given = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    return { readings: [], faults: ['no JSON in UTF-8'] }
  }
  const message = Message.safeParse(given)
  if (!message.success) return { readings: [], faults: ['neither an object nor an array of 1 to 100'] }
  const parsed = (Array.isArray(message.data) ? message.data : [message.data]).map((one) => DeviceReading.safeParse(one))
  return { readings: parsed.flatMap(({ data }) => data ?? []), faults: parsed.flatMap(({ error }, index) => (error ? [`/${index}: ${error.issues.slice(0, 3).map(({ path, message: what }) => `${path.join('/')} ${what}`).join('; ')}`] : [])) }
}

/** Our event of a reading; null where there is none to tell. */
export function eventOf(reading: DeviceReading, container: ContainerNumber): Told | null {
  const common = { eventDateTime: new Date(reading.at).toISOString(), eventClassifierCode: 'ACT', equipmentReference: container } as const
  switch (reading.type) {
    case 'position':
      return { eventType: 'POSITION', ...common, latitude: reading.latitude, longitude: reading.longitude, ...given('speedKmh', reading.speedKmh) }
    case 'temperature':
      return {
        eventType: 'REEFER', ...common, reeferEventTypeCode: 'MEAS',
        measuredParameters: { ...given('temperatureValue', reading.temperature), ...given('supplyAirTemperatureValue', reading.supply), ...given('returnAirTemperatureValue', reading.return), ...given('ambientTemperatureValue', reading.ambient), ...given('humidityPercentage', reading.humidity), temperatureUnit: 'CEL' },
        ...(reading.setPoint === undefined ? {} : { setpointParameters: { temperatureValue: reading.setPoint, temperatureUnit: 'CEL' } }),
      }
    case 'door':
      return reading.state === 'closed' ? null : { eventType: 'IOT', ...common, iotEventTypeCode: 'DETC', iotEventCode: 'DRO', ...spotOf(reading) }
    case 'shock':
      return { eventType: 'IOT', ...common, iotEventTypeCode: 'DETC', iotEventCode: 'SHK', shockG: reading.g, ...spotOf(reading) }
  }
}

function spotOf({ latitude: north, longitude: east }: { readonly latitude?: number | undefined; readonly longitude?: number | undefined }): { eventLocation?: { latitude: number; longitude: number } } {
  return north === undefined || east === undefined ? {} : { eventLocation: { latitude: north, longitude: east } }
}

function given<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [N in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: Value }
}

