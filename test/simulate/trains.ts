import type { Client, CorridorName, Wagon } from '@yidan/api/contract'
import { fellowBoxesOf, unitOf, type Leg, type Travelling } from './plan.ts'

/** Which way out of Luoyang each train of the sample bookings goes. */
const corridorOf: Readonly<Record<string, CorridorName>> = { X9136: 'qingdao', X9137: 'qingdao', X9138: 'ningbo', X8206: 'horgos' }

/** Plans the trains of these bills and puts fifty wagons together: the bills' boxes first, then those of other shippers. */
export async function planTrains(dispatcher: Client, bills: readonly Travelling[]): Promise<readonly string[]> {
  const rides = bills.flatMap((bill) => bill.document.legs.filter((leg) => corridorOf[unitOf(leg)] !== undefined).map((leg) => ({ bill, leg })))
  return Promise.all(rides.map(async ({ bill, leg }) => {
    const service = unitOf(leg)
    const calls = [{ ...placeOf(leg.from), arrival: null, departure: leg.plannedDeparture }, { ...placeOf(leg.to), arrival: leg.plannedArrival, departure: null }]
    const { run, revision } = await dispatcher.call('planTrain', { body: { service, plan: { corridor: corridorOf[service] ?? 'horgos', calls } } })
    await dispatcher.call('composeTrain', { params: { run, call: 1 }, body: { revision, wagons: wagonsFor(bill) } })
    return run
  }))
}

function placeOf({ name, code }: Leg['from']): { place: string; code: string } {
  return { place: name, code: code ?? '' }
}

type PlacedBox = Wagon['boxes'][number]

function wagonsFor(bill: Travelling): Wagon[] {
  const own = bill.document.containers.map(({ number, sizeType }): Omit<PlacedBox, 'position'> => ({ container: number, sizeType, grossKg: 24_000, empty: false }))
  const others = fellowBoxesOf(bill).map((container): Omit<PlacedBox, 'position'> => ({ container, sizeType: '22G1', grossKg: 17_000, empty: false }))
  const long = own.filter(({ sizeType }) => sizeType.startsWith('4')), short = [...own.filter(({ sizeType }) => !sizeType.startsWith('4')), ...others]
  const loads = [...long.map((box) => [{ ...box, position: 1 }]), ...Array.from({ length: Math.ceil(short.length / 2) }, (_, index) => short.slice(index * 2, index * 2 + 2).map((box, place) => ({ ...box, position: place + 1 })))]
  return loads.map((boxes): Wagon => ({ number: nextWagon(), type: 'NX70', tareKg: 23_800, payloadKg: 70_000, lengthMm: 16_366, loadingFeet: 40, boxes }))
}

let serial = 5_240_000
/** Seven digits, as on the wagons of China Railway. */
function nextWagon(): string {
  serial += 1
  return String(serial)
}
