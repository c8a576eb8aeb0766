import type { BillDocument } from '@yidan/ledger'

/** The names under which the log files events of a bill's trains and vessels: 车次; vessel and voyage; plate. Capitals, single spaces. */
export function serviceNames(text: string): string[] {
  const { legs } = JSON.parse(text) as Pick<BillDocument, 'legs'>
  const names = legs.flatMap(({ mode, trainNumber, vessel, voyage, plate }) => {
    const name = mode === 'rail' ? trainNumber : mode === 'sea' ? [vessel, voyage].filter((part) => part !== undefined).join(' ') : plate
    return name === undefined || name === '' ? [] : [name.trim().replace(/\s+/g, ' ').toUpperCase()]
  })
  return [...new Set(names)]
}
