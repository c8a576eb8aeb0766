import { ProblemError, type NewShare, type ShareScope, type SharedView } from '@yidan/api/contract'
import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aBooking, boxesOn, issuedBill, peopleFor, type People } from '../bills/a-bill.ts'
import { openPlatform, type Platform, type SignedIn } from '../support/open-platform.ts'
import { aPerson } from '../support/people.ts'
import { rawDump, readableIn } from '../support/raw-dump.ts'

const day = 86_400_000

describe('share links over HTTP', () => {
  let platform: Platform, people: People, shipper: SignedIn, webRoot: string
  let billNumber = '', box = '', seal = '', train = '', ahead = 0
  before(async () => {
    webRoot = await mkdtemp(join(tmpdir(), 'yidan-web-'))
    await writeFile(join(webRoot, 'index.html'), '<!doctype html><title>一单</title>')
    platform = await openPlatform({ clock: () => new Date(Date.now() + ahead), settings: { webRoot } })
    people = await peopleFor(platform, 'tractors')
    const issued = await issuedBill(platform, people, await aBooking('tractors'))
    billNumber = issued.billNumber
    ;({ number: box, seal } = boxesOn(issued.draft)[0] ?? { number: '', seal: '' })
    train = issued.draft.document?.legs.find(({ mode }) => mode === 'rail')?.trainNumber ?? ''
    shipper = await platform.signInAs('shipper-machinery')
  })
  after(async () => {
    await platform?.close()
    await rm(webRoot, { recursive: true })
  })

  const ofBox = (): ShareScope => ({ kind: 'container', subject: box as never })
  const share = (by: SignedIn, scope: ShareScope = ofBox(), more: { days?: number; label?: string } = {}): Promise<NewShare> => platform.client(by).call('createShare', { body: { scope, ...more } })
  const tokenIn = ({ link }: Pick<NewShare, 'link'>): string => link.split('#')[1] ?? ''
  async function pull(token: string, method = 'GET'): Promise<{ status: number; code: string | null; view: SharedView; text: string }> {
    const answer = await platform.request('/api/v1/shared', { method, headers: { 'share-token': token } })
    const text = await answer.text()
    const json = JSON.parse(text) as SharedView & { code?: string }
    return { status: answer.status, code: answer.ok ? null : (json.code ?? null), view: json, text }
  }
  const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', (error: unknown) => (error instanceof ProblemError ? error.problem.code : String(error)))

  it('lead to the journey of a box, and to nothing of bill, seals, goods, reporters or carriers', async () => {
    const { link, embedLink, expiresAt } = await share(shipper, ofBox(), { label: '张先生' })
    expect(link).to.match(/^http:\/\/yidan\.test\/s#[\w-]{43}$/)
    expect(embedLink).to.equal(link.replace('/s#', '/embed#'))
    expect(Math.round((Date.parse(expiresAt) - Date.now()) / day)).to.equal(14)
    const { status, view, text } = await pull(tokenIn({ link }), 'POST')
    expect(status).to.equal(200)
    expect(view.boxes.map(({ number, movement }) => [number, movement])).to.deep.equal([[box, 'GATED_IN']])
    expect(view.boxes[0]?.eta?.likely).to.be.a('string')
    expect(view.legs.length).to.equal(3)
    expect(view.timeline.map(({ code }) => code)).to.include('GTIN')
    for (const secret of [billNumber, seal, '张先生', '示例远洋', '车队', '场站（示例）']) expect(text, secret).to.not.contain(secret)
  })

  it('lead to all boxes of a bill, and to a train with the sharer’s own boxes alone', async () => {
    const bill = await pull(tokenIn(await share(shipper, { kind: 'bill', subject: billNumber as never })))
    expect([bill.view.boxCount, bill.view.boxes.length, bill.view.legs.length]).to.deep.equal([2, 2, 3])
    await people.clerk.client.call('sendEvents', { body: [{ eventType: 'EQUIPMENT', eventID: randomUUID(), eventDateTime: platform.ports.clock().toISOString(), eventClassifierCode: 'ACT', equipmentEventTypeCode: 'LOAD', equipmentReference: box, emptyIndicatorCode: 'LADEN', transportCall: { modeOfTransport: 'RAIL', carrierServiceCode: train } }] }).then(({ position }) => platform.ports.feed.upTo(position))
    const scope: ShareScope = { kind: 'train', subject: train }
    expect((await pull(tokenIn(await share(shipper, scope)))).view.boxes.map(({ number }) => number)).to.include(box)
    const [ofOthers, ofTerminal] = [await share(await platform.signInAs('shipper-furniture'), scope), await share(await platform.signInAs('terminal-manager'), scope)]
    for (const link of [ofOthers, ofTerminal]) {
      const { view, text } = await pull(tokenIn(link))
      expect([view.kind, view.boxes]).to.deep.equal(['train', []])
      expect(text).to.not.contain(box)
    }
  })

  it('are refused to whoever may not follow, as if there were nothing; and for more days than ninety', async () => {
    const stranger = await platform.signInAs('shipper-furniture')
    for (const scope of [ofBox(), { kind: 'bill', subject: billNumber as never }, { kind: 'train', subject: 'X0000 NOWHERE' }] as const) expect(await codeOf(share(stranger, scope)), scope.kind).to.equal('not-found')
    for (const days of [0, 91, 1.5]) expect(await codeOf(share(shipper, ofBox(), { days })), String(days)).to.equal('invalid-request')
    expect(await codeOf(platform.client().call('createShare', { body: { scope: ofBox() } }))).to.equal('not-signed-in')
    for (const token of ['', 'x', 'x'.repeat(43), `${tokenIn(await share(shipper))}x`]) expect(await pull(token), token).to.include({ status: 404, code: 'share-unknown' })
  })

  it('say when they are over, and why', async () => {
    const [short, revoked] = [await share(shipper, ofBox(), { days: 1 }), await share(shipper)]
    await platform.client(shipper).call('revokeShare', { params: { shareId: revoked.id } })
    expect(await pull(tokenIn(revoked))).to.include({ status: 410, code: 'share-revoked' })
    expect((await pull(tokenIn(short))).status).to.equal(200)
    ahead += day + 1
    expect(await pull(tokenIn(short))).to.include({ status: 410, code: 'share-expired' })
    ahead -= day + 1
  })

  it('count how often they were opened, and are listed for their maker and the company’s administrators alone', async () => {
    const administrator = await platform.signInAs('shipper-machinery')
    const clerk = await aPerson(platform, administrator, ['clerk'])
    const made = await share(clerk, ofBox(), { label: 'for the buyer' })
    for (let opening = 0; opening < 3; opening += 1) await pull(tokenIn(made), 'POST')
    await pull(tokenIn(made))
    const mine = await platform.client(clerk).call('shares', {})
    expect(mine.items.map(({ id, openings, label, state }) => ({ id, openings, label, state }))).to.deep.equal([{ id: made.id, openings: 3, label: 'for the buyer', state: 'active' }])
    expect(mine.items[0]?.lastOpenedAt).to.be.a('string')
    expect(Object.keys(mine.items[0] ?? {})).to.not.include.members(['link'])
    expect((await platform.client(administrator).call('shares', {})).items.map(({ id }) => id)).to.include(made.id)
    const viewer = await aPerson(platform, administrator, ['viewer'])
    for (const other of [viewer, await platform.signInAs('shipper-furniture')]) {
      expect((await platform.client(other).call('shares', {})).items.map(({ id }) => id)).to.not.include(made.id)
      expect(await codeOf(platform.client(other).call('revokeShare', { params: { shareId: made.id } }))).to.equal('not-found')
    }
    const paged = await platform.client(administrator).call('shares', { query: { limit: 2 } })
    const further = await platform.client(administrator).call('shares', { query: { limit: 200, cursor: paged.next ?? '' } })
    expect(new Set([...paged.items, ...further.items].map(({ id }) => id)).size).to.equal(paged.total)
  })

  it('outlive signing out, and do not outlive the session being revoked', async () => {
    const [leaving, stolen] = [await platform.signInAs('shipper-machinery'), await platform.signInAs('shipper-machinery')]
    const [kept, ended] = [await share(leaving), await share(stolen)]
    await platform.client(leaving).call('signOut', {})
    const { items } = await platform.client(stolen).call('sessions', {})
    await platform.client(shipper).call('revokeSession', { params: { sessionId: items.find(({ current }) => current)?.id ?? '' } })
    expect((await pull(tokenIn(kept))).status).to.equal(200)
    expect(await pull(tokenIn(ended))).to.include({ status: 410, code: 'share-ended' })
  })

  it('are nowhere to be found but with whom they were given: the database has a hash, and the label sealed', async () => {
    const made = await share(shipper, ofBox(), { label: '只给李女士' })
    const dump = await rawDump(platform.ports.database)
    expect(readableIn(dump, [tokenIn(made), '只给李女士'])).to.deep.equal([])
    expect(readableIn(dump, [made.id]).length).to.be.greaterThan(0)
  })

  it('are shown on a page that tells nobody where its reader came from, and in a frame that no other page can be put in', async () => {
    const html = { headers: { accept: 'text/html' } }
    const headers = async (path: string): Promise<(string | null)[]> => { const answer = await platform.request(path, html); return [/frame-ancestors ([^;]+)/.exec(answer.headers.get('content-security-policy') ?? '')?.[1] ?? null, answer.headers.get('x-frame-options'), answer.headers.get('referrer-policy')] }
    expect(await headers('/embed')).to.deep.equal(['*', null, 'no-referrer'])
    expect(await headers('/s')).to.deep.equal(["'none'", 'SAMEORIGIN', 'no-referrer'])
    for (const path of ['/', '/embed/', '/Embed', '/shares', '/sign-in', '/containers/X']) expect(await headers(path), path).to.deep.equal(["'none'", 'SAMEORIGIN', 'same-origin'])
  })

  it('end for good when title has moved on', async () => {
    const made = await share(shipper)
    const buyer = await platform.deskOf('consignee-bearing')
    const to = buyer.session.company.partyId
    await people.shipper.record({ action: 'endorse', bill: billNumber, args: { to, manner: 'to-order' } })
    expect(await pull(tokenIn(made))).to.include({ status: 410, code: 'share-ended' })
    const listed = (await platform.client(shipper).call('shares', { query: { subject: box, state: 'over' } })).items.find(({ id }) => id === made.id)
    expect([listed?.state, listed?.because]).to.deep.equal(['ended', 'title-moved'])
    expect(await codeOf(share(shipper))).to.equal('not-found')
  })
})
