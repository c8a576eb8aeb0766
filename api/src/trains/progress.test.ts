import type { RunId } from '@yidan/api/contract'
import { expect } from 'chai'
import { progressOf, type Progress } from './progress.ts'
import type { TrainRun } from './run.ts'

const day = 86_400_000
const at = (days: number): string => new Date(Date.UTC(2026, 10, 24) + days * day).toISOString()
const fact = (code: 'DEPA' | 'ARRI', days: number, place = code === 'DEPA' ? 'CNLYA' : 'DEHAM') => ({ eventID: `${code}${days}`, code, at: at(days), created: at(days), place: { name: null, code: place } })
const seen = (days: number, latitude: number | null, longitude: number | null) => ({ at: at(days), eventID: `p${days}`, place: { name: 'somewhere', code: null }, latitude, longitude })

/** Every week from Luoyang to Hamburg in twelve days. */
function run(start: number): TrainRun {
  const call = { border: false, gaugeTo: null, exchange: false } as const
  const calls = [{ ...call, place: '洛阳', code: 'CNLYA', arrival: null, departure: at(start) }, { ...call, place: 'Hamburg', code: 'DEHAM', arrival: at(start + 12), departure: null }]
  return { _id: `X8155.${at(start).slice(0, 10)}` as RunId, service: 'X8155', date: at(start).slice(0, 10), plan: { corridor: 'cn-eu', gauge: 1435, calls, limits: {} } as never, sections: [], reports: [], cancelled: false, revision: 1, start: at(start), end: at(start + 12), stations: [], boxes: [], wagons: [], position: 1 }
}
const progress = (start: number, sightings: ReturnType<typeof seen>[], { now = 8.2, facts = [fact('DEPA', 0), fact('DEPA', 7)] } = {}): Progress =>
  progressOf({ run: run(start), told: { facts, estimates: [], sightings }, neighbours: { before: at(start - 7), after: at(start + 7) }, now: new Date(at(now)) })

describe('two trains of one number on the way at once', () => {
  const both = [seen(8, 55.5, 37), seen(8.1, 34.8, 110.5)]

  it('are each where it should have come to', () => {
    expect(progress(0, both).lastSeen).to.include({ latitude: 55.5, at: at(8) })
    expect(progress(7, both).lastSeen).to.include({ latitude: 34.8, at: at(8.1) })
  })

  it('are not said to be where only a name was told, which either may have sent', () => {
    expect(progress(0, [seen(6, 50, 60), seen(8, null, null)]).lastSeen).to.include({ at: at(6) })
    expect(progress(7, [seen(8, null, null)]).lastSeen).to.include({ place: '洛阳', at: at(7) })
  })

  it('arrive one after the other', () => {
    const facts = [fact('DEPA', 0), fact('DEPA', 7), fact('ARRI', 12.5)]
    expect([progress(0, both, { facts, now: 13 }).state, progress(7, both, { facts, now: 13 }).state]).to.deep.equal(['arrived', 'departed'])
    expect(progress(7, [...both, seen(13, null, null)], { facts, now: 13.1 }).lastSeen, 'the first is at its end').to.include({ at: at(13) })
  })
})
