import { expect } from 'chai'
import { checkContainerNumber, type PartyId } from '@yidan/ledger'
import type { Service } from '../../api/src/tracking/store.ts'
import { companyOf, eventsOfBill, lines, namesIn, runsOf, type Run, type Scale } from '../bench/scale/generate.ts'
import { patternOf, patternsOf, type Pattern } from '../bench/scale/patterns.ts'
import { shapeOf } from '../bench/scale/weave.ts'
import { openPlatform, type Platform } from '../support/open-platform.ts'

describe('a generated history', () => {
  const bills = Number(process.env['YIDAN_SCALE_BILLS'] ?? 20_000)
  let platform: Platform
  let scale: Scale
  let others: Readonly<Record<'over' | 'underWay', Pattern>>
  before(async () => {
    platform = await openPlatform()
    scale = { bills, patterns: await patternsOf(platform), large: companyOf(900_001), small: companyOf(900_002), carrier: companyOf(900_003), namesOf: () => ['a'.repeat(64)], now: new Date() }
    // Not those that the history is made after.
    others = { over: await patternOf(platform, 'over'), underWay: await patternOf(platform, 'underWay') }
  })
  after(() => platform.close())

  it('has records of the very shape that the projections write', () => {
    const runs = [...runsOf({ ...scale, bills: 4_000 })]
    for (const [pattern, run] of [[others.over, runs[0]], [others.underWay, runs.at(-1)]] as const) {
      const known = namesIn(pattern)
      const shapes = (record: unknown): string[] => shapeOf(record, new RegExp(`(${known.source}|SC[ABD]U\\d{7})`))
      expect(shapes(run?.bills[0])).to.deep.equal(shapes(pattern.bill))
      expect(shapes(run?.documents[0])).to.deep.equal(shapes(pattern.document))
      expect(shapes(JSON.parse(run?.documents[0]?.text ?? ''))).to.deep.equal(shapes(JSON.parse(pattern.document.text)))
      expect(shapes(run?.drafts[0])).to.deep.equal(shapes(pattern.draft))
      expect(shapes(run?.tracked[0])).to.deep.equal(shapes(pattern.tracked))
      expect(shapes(run?.boxes[0])).to.deep.equal(shapes(pattern.box))
      expect(shapes(run?.gateHistories[0])).to.deep.equal(shapes(pattern.gateHistory))
      expect(shapes(run?.entries.slice(0, eventsOfBill - 1))).to.deep.equal(shapes(pattern.entries))
    }
    expect(shapeOf(runs.at(-1)?.exceptions[0], namesIn(others.underWay))).to.deep.equal(shapeOf(others.underWay.exceptions[0], namesIn(others.underWay)))
  })

  it('numbers its events without gap, and names no bill, box or event twice', () => {
    const { runs, services } = all()
    const entries = runs.flatMap((run) => run.entries)
    expect(entries).to.have.length(bills * eventsOfBill)
    expect(new Set(entries.map(({ _id }) => _id)).size).to.equal(entries.length)
    expect(entries.reduce((most, { _id }) => Math.max(most, _id), 0)).to.equal(entries.length)
    expect(new Set(entries.map(({ id }) => id)).size).to.equal(entries.length)
    for (const key of ['bills', 'documents', 'tracked', 'boxes'] as const) expect(new Set(runs.flatMap((run) => run[key].map(({ _id }) => _id))).size, key).to.equal(bills)
    expect(runs.flatMap((run) => run.boxes).every(({ _id }) => checkContainerNumber(_id).ok)).to.equal(true)
    expect(services.size).to.equal(lines)
  })

  it('says the same of a bill in all views: its number, box, document, parties and train', () => {
    const { runs } = all()
    for (const run of [runs[3], runs.at(-2)]) {
      const draft = run?.drafts[1]
      expect(run?.bills[5]).to.include({ _id: draft?.billId, billNumber: draft?.billNumber })
      const [bill, tracked, box, document] = [run?.bills[7], run?.tracked[7], run?.boxes[7], run?.documents[7]]
      expect(tracked).to.include({ _id: bill?._id, billNumber: bill?.billNumber, docHash: bill?.title.docHash, shipper: bill?.title.shipper })
      expect(box).to.include({ billId: bill?._id, billNumber: bill?.billNumber, _id: bill?.containers[0] })
      expect(document).to.include({ _id: bill?.title.docHash, billId: bill?._id })
      expect(JSON.parse(document?.text ?? '')).to.include({ billId: bill?._id, billNumber: bill?.billNumber })
      expect(box?.followers).to.include(bill?.title.shipper)
      expect(box?.services).to.include(tracked?.legs[1]?.unit)
    }
  })

  it('gives a fifth of the bills to the large company and a hundred to the small one', () => {
    const shippers = all().runs.flatMap((run) => run.tracked.map(({ shipper }) => shipper))
    const of = (party: PartyId): number => shippers.filter((shipper) => shipper === party).length
    expect(of(scale.large)).to.equal(bills / 5)
    expect(new Set(all().runs.flatMap((run) => run.drafts.map(({ _id }) => _id))).size).to.equal(bills / 5)
    expect(of(scale.small)).to.be.within(80, 100)
  })

  let made: { runs: Run[]; services: Map<string, Service> } | null = null
  function all(): NonNullable<typeof made> {
    if (made) return made
    const runs: Run[] = []
    const generator = runsOf(scale)
    for (let next = generator.next(); ; next = generator.next()) {
      if (next.done) return (made = { runs, services: next.value })
      runs.push(next.value)
    }
  }
})
