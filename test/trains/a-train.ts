import type { Client, RunView, TrainPlan, Wagon } from '@yidan/api/contract'
import { withCheckDigit } from '@yidan/ledger'
import { randomUUID } from 'node:crypto'
import { wagonCheckDigit } from '../../api/src/trains/wagon-number.ts'
import type { z } from 'zod'

/** Trains to tell stories with: a run to Tashkent over Horgos with boxes joining at Xi'an, and its wagons on either gauge. */
let serial = Math.floor(Math.random() * 300_000)
export function aBox(owner = 'TBJU'): string {
  serial += 1
  return withCheckDigit(owner + String(serial).padStart(6, '0'))
}

type Plan = z.input<typeof TrainPlan>
export const toTashkent: Plan = {
  corridor: 'horgos',
  calls: [
    { place: '洛阳东', code: 'CNLYA', arrival: null, departure: '2026-11-24T20:00:00+08:00' },
    { place: '西安', code: 'CNSIA', arrival: '2026-11-25T04:00:00+08:00', departure: '2026-11-25T08:00:00+08:00', exchange: true },
    { place: '霍尔果斯', code: 'CNHRS', arrival: '2026-11-29T10:00:00+08:00', departure: '2026-11-29T16:00:00+08:00', border: true },
    { place: '阿腾科里', code: 'KZATK', arrival: '2026-11-29T18:00:00+08:00', departure: '2026-11-30T02:00:00+05:00', border: true, gaugeTo: 1520 },
    { place: '塔什干', code: 'UZTAS', arrival: '2026-12-02T10:00:00+05:00', departure: null },
  ],
}

/** 7 digits of China Railway. */
export const chinaWagon = (index: number): string => String(5_240_000 + index)
/** 8 digits of the 1520 mm network. */
export const wideWagon = (index: number): string => {
  const seven = String(9_400_000 + index)
  return seven + wagonCheckDigit(seven)
}

type PlacedBox = Wagon['boxes'][number]
export const forty = (container: string, more: Partial<PlacedBox> = {}): PlacedBox => ({ position: 1, container, sizeType: '45G1', grossKg: 26_000, empty: false, ...more })
export const twenty = (container: string, position: number, more: Partial<PlacedBox> = {}): PlacedBox => ({ position, container, sizeType: '22G1', grossKg: 18_000, empty: false, ...more })
export const flat = (index: number, boxes: readonly PlacedBox[], more: Partial<Wagon> = {}): Wagon => ({ number: chinaWagon(index), type: 'NX70', tareKg: 23_800, payloadKg: 70_000, lengthMm: 16_366, loadingFeet: 40, boxes: [...boxes], ...more })
export const wide = (index: number, boxes: readonly PlacedBox[]): Wagon => ({ number: wideWagon(index), type: '13-9751', tareKg: 27_000, payloadKg: 68_000, lengthMm: 25_220, loadingFeet: 80, boxes: [...boxes] })

/** Fifty flat wagons: these boxes first, and 40' boxes that no bill here knows. */
export function fiftyWagons(own: readonly PlacedBox[], { from = 0 }: { readonly from?: number } = {}): Wagon[] {
  return Array.from({ length: 50 }, (_, index) => flat(from + index, [own[index] ?? forty(aBox())]))
}

/** The same boxes on wagons of the other gauge, two to each. */
export function onWideWagons(wagons: readonly Wagon[]): Wagon[] {
  const boxes = wagons.flatMap((wagon) => wagon.boxes)
  return Array.from({ length: Math.ceil(boxes.length / 2) }, (_, index) => wide(index, boxes.slice(index * 2, index * 2 + 2).map((box, place) => ({ ...box, position: 1 + place * 2 }))))
}

/** What the yard's scanners report of boxes: gated in, or loaded on the train. */
export async function scan(client: Client, { code, boxes, at, service }: { readonly code: 'GTIN' | 'LOAD' | 'DISC'; readonly boxes: readonly string[]; readonly at: string; readonly service?: string }): Promise<number> {
  const { refused, position } = await client.call('sendEvents', {
    body: boxes.map((container) => ({
      eventType: 'EQUIPMENT', eventID: randomUUID(), eventDateTime: at, eventClassifierCode: 'ACT', equipmentEventTypeCode: code, equipmentReference: container, emptyIndicatorCode: 'LADEN', eventLocation: { locationName: '东方红（洛阳）国际陆港', UNLocationCode: 'CNLYA' },
      ...(service === undefined ? {} : { transportCall: { modeOfTransport: 'RAIL', carrierServiceCode: service, UNLocationCode: 'CNLYA' } }),
    })),
  })
  if (refused.length > 0) throw new Error(JSON.stringify(refused))
  return position
}

/** What the train itself reports of a call, as the railway sends it. */
export async function railway(client: Client, { code, at, service, place }: { readonly code: 'DEPA' | 'ARRI'; readonly at: string; readonly service: string; readonly place: string }): Promise<number> {
  const { refused, position } = await client.call('sendEvents', { body: [{ eventType: 'TRANSPORT', eventID: randomUUID(), eventDateTime: at, eventClassifierCode: 'ACT', transportEventTypeCode: code, transportCall: { modeOfTransport: 'RAIL', carrierServiceCode: service, UNLocationCode: place } }] })
  if (refused.length > 0) throw new Error(JSON.stringify(refused))
  return position
}

export const boxesIn = (wagons: readonly Pick<Wagon, 'boxes'>[]): string[] => wagons.flatMap(({ boxes }) => boxes.map(({ container }) => container))
export const confirmationOf = (view: RunView, call: number): { number: string; boxes: string[] }[] => (view.sections.findLast((section) => section.call < call)?.wagons ?? []).map(({ number, boxes }) => ({ number, boxes: boxes.map(({ container }) => container) }))
