import type { BoardUnit } from '@yidan/api/contract'
import { expect } from 'chai'
import { layOutBoard } from './board.ts'

const size = { width: 1180, height: 480, margin: 50 }
const unit = (given: Partial<BoardUnit>): BoardUnit => ({ service: 'X8206', mode: 'rail', run: null, corridor: 'horgos', state: 'moving', from: { place: '洛阳东', code: 'CNLYA' }, to: { place: '霍尔果斯', code: 'CNHRS' }, expected: null, late: false, delay: null, lastSeen: null, boxes: null, ...given })
const seen = (latitude: number | null, longitude: number | null): BoardUnit['lastSeen'] => ({ latitude, longitude, place: null, at: '2026-11-24T12:00:00.000Z', stale: false })

describe('the corridor board', () => {
  it('draws every station of the corridors once, each within the picture', () => {
    const { nodes, lost, spots } = layOutBoard([], size)
    expect(new Set(nodes.map(({ place }) => place.code)).size).to.equal(nodes.length)
    for (const code of ['CNLYA', 'CNAKL', 'CNHRS', 'CNERC', 'CNMLX', 'CNQDP', 'CNNBP', 'CNLYG']) expect(nodes.map(({ place }) => place.code)).to.include(code)
    for (const { x, y } of nodes) expect(x >= 0 && x <= size.width && y >= 0 && y <= size.height).to.equal(true)
    expect([lost, spots]).to.deep.equal([[], []])
  })

  it('puts a train without a position between its calls and says so, with one where it was', () => {
    const nodeAt = (code: string): number => layOutBoard([], size).nodes.find(({ place }) => place.code === code)?.x ?? NaN
    const [between] = layOutBoard([unit({})], size).spots
    expect(between?.how).to.equal('between')
    expect(between && between.x > nodeAt('CNHRS') && between.x < nodeAt('CNLYA')).to.equal(true)
    const [west] = layOutBoard([unit({ lastSeen: seen(44, 82) })], size).spots
    const [east] = layOutBoard([unit({ lastSeen: seen(34.5, 111) })], size).spots
    expect([west?.how, east?.how]).to.deep.equal(['seen', 'seen'])
    expect((west?.x ?? 0) < (east?.x ?? 0)).to.equal(true)
  })

  it('gathers what stands at one place, and says what it cannot draw', () => {
    const { spots, lost } = layOutBoard([unit({ service: 'A', state: 'waiting' }), unit({ service: 'B', state: 'standing' }), unit({ service: 'C', from: { place: 'Nowhere', code: null }, to: null })], size)
    expect(spots.map(({ units, how }) => [units.map(({ service }) => service), how])).to.deep.equal([[['A', 'B'], 'at']])
    expect(lost.map(({ service }) => service)).to.deep.equal(['C'])
  })

  it('takes a ship round by sea', () => {
    const ship = unit({ service: 'COSCO STAR 012W', mode: 'sea', corridor: null, from: { place: '宁波舟山港', code: 'CNNBP' }, to: { place: 'Hamburg', code: 'DEHAM' } })
    expect(layOutBoard([ship], size).lines.find(({ mode }) => mode === 'sea')?.points.length).to.be.greaterThan(2)
  })
})
