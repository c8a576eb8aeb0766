import { BillNumber } from '@yidan/ledger'
import { expect } from 'chai'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { refused } from '../support/refused.ts'
import { aBooking, aDraft, inDays, issuedBill, peopleFor, send, type People } from './a-bill.ts'

describe('who may see and check a bill', () => {
  let platform: Platform, people: People, billNumber: BillNumber, hash: string
  before(async () => {
    platform = await openPlatform()
    people = await peopleFor(platform, 'furniture')
    ;({ billNumber } = await issuedBill(platform, people, await aBooking('furniture')))
    hash = (await people.shipper.client.call('bill', { params: { billNumber } })).docHash
  })
  after(async () => {
    expect(platform.bugs).to.deep.equal([])
    await platform.close()
  })
  const upload = (name: string, content: Uint8Array | string): { file: { name: string; content: Blob } } => ({ file: { name, content: new Blob([typeof content === 'string' ? content : Uint8Array.from(content)]) } })

  it('an uninvited company gets nowhere, a stranger is asked to sign in', async () => {
    const uninvited = platform.client(await platform.signInAs('consignee-tashkent'))
    const params = { billNumber }
    for (const name of ['bill', 'billHistory', 'billProof', 'pledgeTerms', 'releaseCodes'] as const) {
      await refused('not-found', () => uninvited.call(name, { params }))
      await refused('not-signed-in', () => platform.client().call(name, { params }))
    }
    for (const name of ['billDocument', 'billPdf'] as const) await refused('not-found', () => uninvited.download(name, { params }))
    await refused('forbidden', () => uninvited.call('bankCheck', { params }))
    await refused('forbidden', () => uninvited.call('prepareRelease', { params, body: {} }))
    expect((await uninvited.call('bills', { query: {} })).items.map((bill) => bill.billNumber)).not.to.include(billNumber)
    expect((await uninvited.call('search', { query: { q: billNumber } })).items).to.deep.equal([])
    await refused('not-found', () => uninvited.call('bill', { params: { billNumber: BillNumber.parse('LYLG2611999999X'.slice(0, 14) + checkOf('LYLG2611999999')) } }))
  })

  it('a draft belongs to its carrier, and to the shipper once it was sent', async () => {
    const draft = await aDraft(people, await aBooking('furniture'))
    const params = { draftId: draft.id }
    await refused('not-found', () => people.shipper.client.call('draft', { params }))
    await refused('forbidden', () => people.shipper.client.call('createDraft', { body: { from: 'content', content: {} } }))
    await send(people, draft)
    expect((await people.shipper.client.call('draft', { params })).id).to.equal(draft.id)
    expect((await people.shipper.client.call('drafts', { query: {} })).items.map(({ id }) => id)).to.include(draft.id)
    await refused('forbidden', () => people.shipper.client.call('recallDraft', { params }))
    const other = await platform.deskOf('shipper-solar')
    await refused('not-found', () => other.client.call('draft', { params }))
    await refused('not-found', () => other.client.call('returnDraft', { params, body: { reason: 'x' } }))
    const sent = await people.clerk.client.call('draft', { params })
    await refused('not-shipper', () => other.act({ action: 'approve', bill: { subject: sent.billId!, network: sent.network, head: sent.head }, args: { docHash: sent.docHash!, kind: sent.document!.kind, negotiable: true, carrier: people.clerk.session.company.partyId } }))
  })

  it('an office that oversees reads the bill, without money and without the file, and can do nothing to it but hold it', async () => {
    const regulator = platform.client(await platform.signInAs('regulator'))
    const bill = await regulator.call('bill', { params: { billNumber } })
    expect([bill.relations, bill.document?.charges, bill.actions.filter(({ allowed }) => allowed).map(({ action }) => action)]).to.deep.equal([['overseer'], null, ['placeHold']])
    await refused('forbidden', () => regulator.download('billDocument', { params: { billNumber } }))
    expect((await people.shipper.client.call('bill', { params: { billNumber } })).document?.charges?.currency).to.equal('CNY')
  })

  it('anybody may ask whether it is genuine, and learns nothing private', async () => {
    const stranger = platform.client()
    const verdict = await stranger.call('verifyNumber', { params: { billNumber: ` ${billNumber.toLowerCase()} ` }, query: { h: hash.slice(0, 16) } })
    expect([verdict.verdict, verdict.live, verdict.state, verdict.pledged, verdict.docHash]).to.deep.equal(['genuine', true, 'ISSUED', false, hash])
    const words = JSON.stringify(verdict)
    for (const secret of ['洛龙钢制家具', 'HAFEN', 'furniture', '940310', '118000', 'COSU']) expect(words).not.to.include(secret)
    expect((await stranger.call('verifyNumber', { params: { billNumber }, query: { h: 'f'.repeat(16) } })).verdict).to.equal('not-genuine')
    for (const wrong of ['LYLG26110000010', 'x', '<script>', `LYLG2612000001${checkOf('LYLG2612000001')}`]) expect((await stranger.call('verifyNumber', { params: { billNumber: wrong } })).verdict).to.equal('unknown')
    const pem = await stranger.download('certificate', { params: { issuer: '91410300MA3X1LG01Q' } })
    expect(await pem.text()).to.match(/^-----BEGIN CERTIFICATE-----/)
    await refused('not-found', () => stranger.download('certificate', { params: { issuer: 'nobody' } }))
  })

  it('a file is compared with the ledger: the true one, a copy, a forged one', async () => {
    const stranger = platform.client()
    const json = await (await people.shipper.client.download('billDocument', { params: { billNumber } })).text()
    const pdf = Buffer.from(await (await people.shipper.client.download('billPdf', { params: { billNumber } })).arrayBuffer())
    const copy = Buffer.from(await (await people.shipper.client.download('billPdf', { params: { billNumber }, query: { as: 'standing' } })).arrayBuffer())
    const verify = async (name: string, content: Uint8Array | string): Promise<string> => (await stranger.call('verifyFile', upload(name, content))).verdict
    expect(await verify('bill.json', json)).to.equal('genuine')
    expect(await verify('bill.pdf', pdf)).to.equal('genuine')
    expect(await verify('copy.pdf', copy)).to.equal('genuine')
    expect(await verify('bill.json', json.replace('"grossWeightKg":11250', '"grossWeightKg":11251'))).to.equal('not-genuine')
    expect(await verify('bill.json', json.replace('door', 'dock'))).to.equal('not-genuine')
    expect(await verify('bill.pdf', Buffer.concat([pdf, Buffer.from('\n% more\n')]))).to.equal('not-genuine')
    const touched = Buffer.from(pdf)
    const at = touched.indexOf(Buffer.from('/Count')) + 7
    touched[at] = touched[at] === 0x39 ? 0x38 : touched[at]! + 1
    expect(await verify('bill.pdf', touched)).to.be.oneOf(['not-genuine', 'unknown'])
    expect(await verify('x.bin', Buffer.from([1, 2, 3]))).to.equal('unknown')
    expect(await verify('x.json', '{"document":{"carrier":{}},"seal":"a.b.c"}')).to.be.oneOf(['unknown', 'not-genuine'])
  })

  it('the list filters, sorts, pages without a gap and exports what it shows', async () => {
    const more = []
    for (let index = 0; index < 3; index += 1) more.push((await issuedBill(platform, people, await aBooking('furniture', { count: 1 }))).billNumber)
    const { client } = people.shipper
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await client.call('bills', { query: { limit: 2, sort: 'billNumber', ...(cursor === undefined ? {} : { cursor }) } })
      expect(page.total).to.equal(4)
      seen.push(...page.items.map((bill) => bill.billNumber))
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    expect(seen).to.deep.equal([billNumber, ...more].sort())
    const numbers = async (query: object): Promise<string[]> => (await client.call('bills', { query })).items.map((bill) => bill.billNumber)
    expect(await numbers({ q: more[0]!.toLowerCase() })).to.deep.equal([more[0]])
    expect(await numbers({ q: '洛龙', mine: 'holding', state: 'ISSUED', pledged: 'no' })).to.have.length(4)
    expect(await numbers({ q: '.*' })).to.deep.equal([])
    expect(await numbers({ mine: 'pledged-to-me' })).to.deep.equal([])
    expect(await numbers({ to: '2020-01-01' })).to.deep.equal([])
    await refused('invalid-request', () => client.call('bills', { query: { cursor: 'nonsense' } }))
    const csv = Buffer.from(await (await client.download('exportBills', { query: { sort: 'billNumber' } })).arrayBuffer()).toString('utf8')
    expect(csv.startsWith('\ufeff')).to.equal(true)
    expect(csv.trim().split('\r\n')).to.have.length(5)
  })

  it('search finds a bill, a box by a number with a wrong digit, a train, a seal and a company', async () => {
    const { client } = people.shipper
    const bill = await client.call('bill', { params: { billNumber } })
    const box = bill.containers[0]!
    const found = async (q: string): Promise<string[]> => (await client.call('search', { query: { q } })).items.map(({ kind, label }) => `${kind} ${label}`)
    expect(await found(billNumber)).to.include(`bill ${billNumber}`)
    expect(await found(box.number)).to.include(`container ${box.number}`)
    const wrong = box.number.slice(0, 10) + String((Number(box.number.slice(10)) + 1) % 10)
    expect(await found(wrong)).to.include(`container ${box.number}`)
    expect(await found('x9138')).to.include('train X9138')
    expect(await found(box.seals[0]!)).to.include(`container ${box.number}`)
    expect(await found('HAFEN HANDELSBANK AG (sample)')).to.include('company HAFEN HANDELSBANK AG (sample)')
    expect(await found('(((')).to.deep.equal([])
  })

  it('views rebuilt from the log are the same, byte for byte', async () => {
    const { shipper } = people
    const bank = await platform.deskOf('bank-hafen')
    await shipper.record({ action: 'offerPossession', bill: billNumber, args: { to: bank.session.company.partyId, expiresAt: inDays(platform, 1) } })
    await bank.record({ action: 'acceptOffer', bill: billNumber, args: {} })
    const db = platform.ports.database.getClient().db(platform.ports.database.name)
    const dump = async (): Promise<string> => JSON.stringify(await Promise.all(['bills', 'bill_documents', 'bill_boxes'].map((name) => db.collection(name).find().sort({ _id: 1 }).toArray())))
    const before = await dump()
    await platform.ports.feed.rebuild()
    expect(await dump()).to.equal(before)
  })

  it('nonsense never ends in a fault of ours', async () => {
    const { cookie } = await platform.signInAs('carrier-clerk')
    const post = (path: string, body: BodyInit, headers: Record<string, string> = { 'content-type': 'application/json' }): Promise<Response> => platform.request(`/api/v1${path}`, { method: 'POST', headers: { cookie, 'x-yidan': '1', ...headers }, body })
    const statuses: number[] = []
    for (const booking of [{ legs: 'x' }, { containers: [{ number: 5 }] }, { parties: { consignee: 7 } }, { freight: { lines: [{ perTEU: {} }] } }, {}]) statuses.push((await post('/drafts', JSON.stringify({ from: 'booking', booking }))).status)
    expect(statuses).to.deep.equal([400, 400, 400, 400, 201])
    for (const content of ['{', '[]', '', '\0\0\0', 'PK\x03\x04garbage', '箱号\n', '{"legs":"x"}', 'a,b\n"c']) {
      const form = new FormData()
      form.set('file', new Blob([content]), 'list.csv')
      expect((await post('/drafts/import', form, {})).status, JSON.stringify(content)).to.be.lessThan(500)
    }
    const draft = await aDraft(people, await aBooking('furniture'))
    for (const change of [{ legs: [{ plannedDeparture: '9999-99-99T99:99:99+99:99' }] }, { containers: [{ volumeM3: 1e308, packages: -1e9 }] }, { charges: { lines: [{ leg: 1e9, perTeu: '9'.repeat(40) }] } }, { insurance: { amount: '٣' } }]) {
      const saved = await people.clerk.client.call('saveDraft', { params: { draftId: draft.id }, body: { revision: (await people.clerk.client.call('draft', { params: { draftId: draft.id } })).revision, content: change } })
      expect(saved.faults.length).to.be.greaterThan(0)
      await refused('draft-faulty', () => people.clerk.client.call('sendForApproval', { params: { draftId: draft.id }, body: { revision: saved.revision } }))
      await refused('draft-faulty', () => people.clerk.client.download('draftPdf', { params: { draftId: draft.id } }))
    }
    await people.clerk.client.call('discardDraft', { params: { draftId: draft.id } })
    await refused('not-found', () => people.clerk.client.call('draft', { params: { draftId: draft.id } }))
  })

  it('the container list imports six rows, refuses eight with their cures, and into a draft again', async () => {
    const { client } = people.clerk
    const { readFile } = await import('node:fs/promises')
    const content = await readFile(new URL('../fixtures/bookings/LYNB20261123-005-container-list.csv', import.meta.url))
    const report = await client.call('importDraft', upload('LYNB20261123-005-container-list.csv', content))
    expect([report.rows, report.imported, report.refused, report.draft.content.containers?.length]).to.deep.equal([14, 6, 8, 6])
    expect([...new Set(report.faults.map(({ row }) => row))]).to.deep.equal([8, 9, 10, 11, 12, 13, 14, 15])
    expect(report.faults.every(({ message, cure, column }) => message !== '' && cure !== undefined && column !== undefined)).to.equal(true)
    expect(report.faults.find(({ code }) => code === 'check-digit')).to.deep.include({ row: 9, column: 'number', value: 'LYDU0000030', cure: '校验位应为 9，即 LYDU0000039；请核对整个箱号' })
    const again = await client.call('importContainers', { params: { draftId: report.draft.id }, file: { ...upload('list.csv', content).file, fields: { mode: 'append' } } })
    expect([again.imported, again.refused]).to.deep.equal([0, 14])
    const instead = await client.call('importContainers', { params: { draftId: report.draft.id }, file: { ...upload('list.csv', content).file, fields: { mode: 'replace' } } })
    expect([instead.imported, instead.draft.content.containers?.length]).to.deep.equal([6, 6])
    const booking = await client.call('importDraft', upload('booking.json', await readFile(new URL('../fixtures/bookings/LYTA20261122-003.json', import.meta.url))))
    expect([booking.imported, booking.draft.content.kind]).to.deep.equal([10, 'straight'])
  })
})

/** ISO 7064 MOD 37,36, to make numbers that are well formed and of no bill. */
function checkOf(body: string): string {
  return Array.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ').find((character) => BillNumber.safeParse(body + character).success) ?? ''
}
