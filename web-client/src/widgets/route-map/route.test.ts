import { expect } from 'chai'
import { placeLabels, widthOf } from './labels.ts'
import { findPlace, places } from './places.ts'
import { along, layOut, placeUnit, type MapLeg, type MapUnit } from './route.ts'

const leg = (mode: MapLeg['mode'], from: string, fromCode: string | null, to: string, toCode: string | null, progress: MapLeg['progress'] = 'waiting'): MapLeg => ({ mode, from, fromCode, to, toCode, progress })
const toSantos = [
  leg('road', '豫西农业装备厂区', null, '东方红（洛阳）国际陆港', null, 'done'),
  leg('rail', '东方红（洛阳）国际陆港', 'CNLYA', '黄岛港', 'CNQDP', 'under-way'),
  leg('sea', '青岛港', 'CNTAO', 'Santos', 'BRSSZ'),
]
const toTashkent = [leg('rail', '东方红（洛阳）国际陆港', 'CNLYA', '霍尔果斯', 'CNHRS'), leg('rail', 'Altynkol', null, 'Tashkent', 'UZTAS')]
const toHamburg = [leg('sea', '宁波舟山港', 'CNNBP', 'Hamburg', 'DEHAM'), leg('road', 'Hamburg CTA', null, 'Elbe Moebel, Hamburg-Harburg', null)]
const size = { width: 800, height: 300 }
const unit = (given: Partial<MapUnit>): MapUnit => ({ label: 'X9136', leg: 2, place: null, latitude: null, longitude: null, stale: false, ...given })

describe('places of the corridors', () => {
  it('have each code once and each a position on the earth', () => {
    const codes = places.flatMap((place) => [place.code, ...(place.also ?? []).filter((word) => /^[A-Z]{5}$/.test(word))])
    expect(new Set(codes).size).to.equal(codes.length)
    for (const { latitude, longitude } of places) expect(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180).to.equal(true)
  })

  it('are found by code, by the carriers’ own code and by how the name begins', () => {
    expect(findPlace({ code: 'CNTAO' })?.code).to.equal('CNQDP')
    expect(findPlace({ name: '宁波舟山港 北仑' })?.code).to.equal('CNNBP')
    expect(findPlace({ name: 'Hamburg CTA' })?.code).to.equal('DEHAM')
    expect(findPlace({ name: 'Elbe Moebel, Hamburg-Harburg' })).to.equal(null)
    expect(findPlace({ code: 'XXXXX', name: 'Nowhere' })).to.equal(null)
  })
})

describe('the route on the map', () => {
  it('joins legs where the carriers spell one port in two ways', () => {
    const { nodes, transfers } = layOut(toSantos, size)
    expect(nodes.map((node) => node.name)).to.deep.equal(['豫西农业装备厂区', '东方红（洛阳）国际陆港', '黄岛港', 'Santos'])
    expect(transfers).to.have.length(0)
  })

  it('shows the short way between two stations of a border', () => {
    const { nodes, transfers } = layOut(toTashkent, size)
    expect(nodes).to.have.length(4)
    expect(transfers.map(([from, to]) => [from.name, to.name])).to.deep.equal([['霍尔果斯', 'Altynkol']])
  })

  it('keeps order and rough direction: Tashkent lies west of Luoyang, Qingdao east of it', () => {
    const west = layOut(toTashkent, size).nodes, east = layOut(toSantos, size).nodes
    expect(west.map((node) => node.x)).to.deep.equal([...west.map((node) => node.x)].sort((one, other) => other - one))
    expect(east[2]?.x).to.be.greaterThan(east[1]?.x ?? 0)
    expect(west[3]?.y).to.be.lessThan(west[0]?.y ?? 0)
  })

  it('finds room for places it does not know, inside the picture and apart from the others', () => {
    for (const legs of [toSantos, toHamburg, [leg('road', 'A', null, 'B', null), leg('rail', 'B', null, 'C', null)]]) {
      const { nodes } = layOut(legs, { width: 350, height: 220 })
      for (const [index, node] of nodes.entries()) {
        expect(node.x).to.be.within(0, 350)
        expect(node.y).to.be.within(0, 220)
        for (const other of nodes.slice(index + 1)) expect(Math.hypot(node.x - other.x, node.y - other.y)).to.be.greaterThan(12)
      }
    }
  })

  it('leads a ship to Europe round the land', () => {
    expect(layOut(toHamburg, size).lines[0]?.points).to.have.length(5)
  })

  it('draws a train where it was seen, by its distance to both ends', () => {
    const layout = layOut(toSantos, size)
    const [start, end] = [layout.nodes[1], layout.nodes[2]]
    const placed = placeUnit(layout, unit({ latitude: 35.3, longitude: 116.3 }))
    expect(placed?.how).to.equal('seen')
    expect(placed?.x).to.be.greaterThan(start?.x ?? Infinity)
    expect(placed?.x).to.be.lessThan(end?.x ?? 0)
  })

  it('draws a unit at the place that was named, else somewhere on its leg, else not at all', () => {
    const layout = layOut(toSantos, size)
    expect(placeUnit(layout, unit({ place: '青岛港 前湾' }))).to.include({ how: 'seen', x: layout.nodes[2]?.x })
    expect(placeUnit(layout, unit({ place: '某小站' }))?.how).to.equal('assumed')
    expect(placeUnit(layout, unit({ leg: null }))).to.equal(null)
  })

  it('goes along a bent line by its length', () => {
    expect(along([{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 30 }], 0.5)).to.deep.equal({ x: 10, y: 10 })
  })

  it('writes names beside their points without covering one another', () => {
    const labels = placeLabels([{ x: 50, y: 50, text: '洛阳陆港' }, { x: 80, y: 50, text: '郑州圃田' }], { width: 200, height: 120, size: 12 })
    const [one, other] = labels
    const apart = Math.abs((one?.y ?? 0) - (other?.y ?? 0)) >= 12 || Math.abs((one?.x ?? 0) - (other?.x ?? 0)) >= widthOf('洛阳陆港', 12)
    expect(apart).to.equal(true)
  })
})
