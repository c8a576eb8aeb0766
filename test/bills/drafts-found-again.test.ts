import type { DraftView } from '@yidan/api/contract'
import { expect } from 'chai'
import { billStore } from '../../api/src/bills/store.ts'
import { examined } from '../bench/scale-lookup.ts'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { aBooking, aDraft, boxesOn, issuedBill, peopleFor, send, type People } from './a-bill.ts'

describe('drafts are found again', () => {
  let platform: Platform, people: People, editing: DraftView, sent: DraftView, issued: readonly DraftView[]
  before(async () => {
    platform = await openPlatform()
    people = await peopleFor(platform, 'furniture')
    // Nobody opens an inbox or a list in between, like a forwarder whose system does all of it.
    const first = await issuedBill(platform, people, await aBooking('furniture'))
    editing = await aDraft(people, await aBooking('furniture'))
    const second = await issuedBill(platform, people, await aBooking('furniture'))
    sent = await send(people, await aDraft(people, await aBooking('furniture')))
    issued = [second.draft, first.draft]
    await platform.ports.feed.upTo(await platform.ports.eventLog.last(), 10_000)
  })
  after(async () => {
    expect(platform.bugs).to.deep.equal([])
    await platform.close()
  })
  const listed = async (query: { q?: string; status?: DraftView['status'] } = {}, desk = people.clerk): Promise<string[]> => (await desk.client.call('drafts', { query })).items.map(({ id }) => id)
  const ids = (...drafts: readonly DraftView[]): string[] => drafts.map(({ id }) => id).sort()

  it('each by how it stands, those that are issued and those that are not', async () => {
    expect((await listed()).sort()).to.deep.equal(ids(editing, sent, ...issued))
    expect(await listed({ status: 'editing' })).to.deep.equal([editing.id])
    expect(await listed({ status: 'awaiting-approval' })).to.deep.equal([sent.id])
    expect((await listed({ status: 'issued' })).sort()).to.deep.equal(ids(...issued))
    expect((await listed({}, people.shipper)).sort()).to.deep.equal(ids(sent, ...issued))
  })

  it('page by page each once, the last changed first, however it stands', async () => {
    const seen: { id: string; updatedAt: string }[] = []
    for (let cursor: string | undefined, page = 0; page < 5; page += 1) {
      const { items, next, total } = await people.clerk.client.call('drafts', { query: { limit: 1, cursor } })
      expect(total).to.equal(4)
      seen.push(...items)
      if (next === null) break
      cursor = next
    }
    expect(seen.map(({ id }) => id).sort()).to.deep.equal(ids(editing, sent, ...issued))
    expect(seen.map(({ updatedAt }) => updatedAt)).to.deep.equal(seen.map(({ updatedAt }) => updatedAt).sort().reverse())
  })

  it('by number and by company; an issued one by all that its bill is found by', async () => {
    const [one] = issued
    const box = boxesOn(one!)[0]!
    for (const q of [one!.billNumber!, one!.billNumber!.toLowerCase(), box.number, box.seal]) expect(await listed({ q }), q).to.deep.equal([one!.id])
    expect(await listed({ q: boxesOn(sent)[0]!.number }, people.shipper)).to.deep.equal([sent.id])
    const shipper = one!.document!.shipper.name
    expect((await listed({ q: shipper.slice(1, 4) })).sort()).to.deep.equal(ids(editing, sent, ...issued))
    expect(await listed({ q: 'no such thing' })).to.deep.equal([])
  })

  it('the search shows the bill of an issued one, and the draft of one that is not', async () => {
    const kinds = async (q: string): Promise<string[]> => (await people.clerk.client.call('search', { query: { q } })).items.map(({ kind }) => kind)
    expect(await kinds(issued[0]!.billNumber!)).to.deep.equal(['bill'])
    expect(await kinds(sent.billNumber!)).to.deep.equal(['draft'])
  })

  it('what was issued over the years costs neither the list, the search nor the inbox anything', async () => {
    const { drafts } = billStore(platform.ports)
    const session = await platform.signInAs('carrier-clerk')
    const read = (path: string) => () => platform.request(path, { headers: { cookie: session.cookie } }).then(async (answer) => void expect(answer.status, await answer.text()).to.equal(200))
    const looks = [read('/api/v1/drafts?limit=2'), read('/api/v1/drafts?limit=2&status=awaiting-approval'), read(`/api/v1/drafts?limit=2&q=${issued[0]!.billNumber}`), read(`/api/v1/search?q=${issued[0]!.billNumber}`), read('/api/v1/inbox')]
    const cost = async (): Promise<number[]> => {
      const found: number[] = []
      for (const look of looks) found.push(await examined({ platform }, look))
      return found
    }
    const before = await cost()
    const pattern = await drafts.findOne({ _id: issued[0]!.id })
    await drafts.kept.insertMany(await drafts.seal(Array.from({ length: 1_500 }, (_, index) => ({ ...pattern!, _id: `dr_old${index}` as never, billId: null, tokens: [`OLD${index}`], updatedAt: new Date(2020, 0, 1, 0, index) }))))
    const after = await cost()
    // The first list is counted, up to 1,000 and one.
    expect(after[0]).to.be.lessThan(before[0]! + 1_100)
    for (const index of [1, 2, 3, 4]) expect(after[index], `look ${index}`).to.be.lessThan(before[index]! + 20)
  })
})
