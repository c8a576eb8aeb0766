import { expect } from 'chai'
import type { ExceptionKind, NoticePreferences, NoticeView } from '@yidan/api/contract'
import { randomUUID } from 'node:crypto'
import { aBooking, boxesOn, issuedBill, peopleFor, type People } from '../bills/a-bill.ts'
import { allLookedAt } from '../support/looked-at.ts'
import { openPlatform, type Platform, type SignedIn } from '../support/open-platform.ts'

const minute = 60_000

describe('notices about exceptions', () => {
  let platform: Platform, people: People, now: Date, boxes: string[]

  beforeEach(async () => {
    now = new Date('2026-11-22T02:00:00Z')
    platform = await openPlatform({ clock: () => now })
    people = await peopleFor(platform, 'tractors')
    const { draft } = await issuedBill(platform, people, await aBooking('tractors'))
    boxes = boxesOn(draft).map(({ number }) => number)
    await quiet()
  })
  afterEach(async () => {
    await platform.close()
    expect(platform.bugs).to.deep.equal([])
  })

  const box = (index = 0): string => boxes[index] ?? ''
  /** Everything that follows from what happened has been written and told. */
  const quiet = (): Promise<void> => allLookedAt(platform)
  async function happens(code: string, container: string, more: object = {}): Promise<void> {
    now = new Date(now.getTime() + minute)
    const report = await people.clerk.client.call('sendEvents', { body: [{ eventType: 'EQUIPMENT', eventID: randomUUID(), eventDateTime: now.toISOString(), eventClassifierCode: 'ACT', equipmentEventTypeCode: code, equipmentReference: container, emptyIndicatorCode: 'LADEN', ...more }] })
    expect(report.refused).to.deep.equal([])
    await quiet()
  }
  const breakSeal = (container = box()): Promise<void> => happens('INSP', container, { seals: [{ sealNumber: 'XX999' }] })
  async function later(minutes: number): Promise<void> {
    now = new Date(now.getTime() + minutes * minute)
    await platform.app.exceptionNotices.start()
    await quiet()
  }
  const noticesOf = async (account: string, query: object = {}): Promise<NoticeView[]> => (await platform.client(await platform.signInAs(account)).call('notices', { query: { limit: 50, ...query } })).items
  const kindsOf = async (account: string, query: object = {}): Promise<string[]> => (await noticesOf(account, query)).map(({ exception }) => `${exception.kind} ${exception.container}`)

  const mailsTo = (account: string): readonly { subject: string; text: string }[] => platform.mails.filter(({ to, text }) => to.startsWith(`${account}@`) && text.includes('/exceptions/'))
  async function choose(account: string, change: (usual: NoticePreferences) => NoticePreferences): Promise<SignedIn> {
    const signedIn = await platform.signInAs(account)
    const client = platform.client(signedIn)
    await client.call('changeNoticePreferences', { body: change(await client.call('noticePreferences', {})) })
    return signedIn
  }

  it('reach everybody who may read of it and nobody else, one each, newest first; a terminal is told of what it can see to, an office of nothing', async () => {
    await breakSeal()
    await happens('CUSS', box(1))
    for (const account of ['shipper-machinery', 'carrier-clerk', 'carrier-signer', 'operator']) expect(await kindsOf(account), account).to.deep.equal([`CUSTOMS ${box(1)}`, `SEAL ${box()}`])
    expect(await kindsOf('terminal-manager')).to.deep.equal([`SEAL ${box()}`])
    for (const account of ['shipper-furniture', 'bank-luoyang', 'customs', 'regulator']) expect(await kindsOf(account), account).to.deep.equal([])
    expect(await kindsOf('operator', { kind: 'CUSTOMS' })).to.deep.equal([`CUSTOMS ${box(1)}`])
  })

  it('are one each time it begins, not one for each report of it', async () => {
    await happens('CUSS', box())
    await happens('CUSI', box())
    expect(await kindsOf('operator')).to.have.length(1)
    await happens('CUSR', box())
    await happens('CUSI', box())
    const all = await noticesOf('operator')
    expect(all).to.have.length(2)
    expect(new Set(all.map(({ exception }) => exception.id)).size).to.equal(1)
  })

  it('are counted until they are read, one by one or all', async () => {
    await breakSeal()
    await happens('CUSS', box())
    const client = platform.client(await platform.signInAs('operator'))
    expect(await client.call('noticeCounts', {})).to.deep.equal({ unread: 2 })
    const [first] = await noticesOf('operator')
    expect(await client.call('readNotices', { body: { ids: [first?.id ?? ''] } })).to.deep.equal({ unread: 1 })
    expect((await noticesOf('operator', { unread: 'true' })).map(({ exception }) => exception.kind)).to.deep.equal(['SEAL'])
    const other = platform.client(await platform.signInAs('carrier-clerk'))
    expect(await client.call('readNotices', { body: { ids: null } })).to.deep.equal({ unread: 0 })
    expect(await other.call('noticeCounts', {}), 'of somebody else').to.deep.equal({ unread: 2 })
    expect((await client.call('notices', { query: { limit: 1 } })).next).to.be.a('string')
  })

  it('go out by mail at once when grave, else together after an hour, Chinese first, naming nobody', async () => {
    await breakSeal()
    expect(mailsTo('shipper-machinery')).to.have.length(1)
    const [grave] = mailsTo('shipper-machinery')
    expect(grave?.subject).to.equal(`一单 Yidan · 封志不符 ${box()} / Seal ${box()}`)
    expect(grave?.text).to.match(/封志 XX999 不是提单所载[\s\S]*Seal XX999 is not on the bill\n[\s\S]*http:\/\/yidan\.test\/exceptions\/ex_[0-9a-f]{24}/)
    for (const name of ['李单证', '王签发', '赵外贸', '蒋运营']) expect(grave?.text).to.not.contain(name)
    await happens('CUSS', box())
    await later(30)
    await happens('CUSS', box(1))
    expect(mailsTo('operator')).to.have.length(1)
    await later(31)
    expect(mailsTo('operator')).to.have.length(2)
    expect(mailsTo('operator')[1]?.subject).to.equal('一单 Yidan · 2 个新异常 / 2 new exceptions')
    await later(120)
    expect(mailsTo('operator')).to.have.length(2)
    expect(mailsTo('carrier-signer'), 'an administrator too').to.have.length(2)
    expect(mailsTo('terminal-gate'), 'gate people are told on the screen').to.have.length(0)
  })

  it('are not mailed about what was over by then', async () => {
    await happens('CUSS', box())
    await happens('CUSR', box())
    await later(90)
    expect(mailsTo('operator')).to.have.length(0)
    expect((await noticesOf('operator'))[0]?.exception.state).to.equal('ended')
  })

  it('follow what the person chose: kinds, channels, language, quiet hours in their own time zone', async () => {
    const only = (kind: ExceptionKind, screen: boolean, mail: boolean) => (usual: NoticePreferences): NoticePreferences => ({ ...usual, language: 'en', kinds: { ...usual.kinds, [kind]: { screen, mail } } })
    await choose('operator', only('SEAL', true, false))
    await choose('carrier-clerk', only('SEAL', false, true))
    await choose('customs', only('SEAL', true, true))
    await choose('shipper-machinery', (usual) => ({ ...usual, quiet: { from: '10:00', until: '11:00', timeZone: 'Asia/Shanghai', grave: false } }))
    await breakSeal()
    expect(mailsTo('operator')).to.have.length(0)
    expect(await kindsOf('operator')).to.have.length(1)
    expect(await kindsOf('carrier-clerk')).to.deep.equal([])
    expect(mailsTo('carrier-clerk')[0]?.subject).to.equal(`一单 Yidan · Seal ${box()}`)
    expect(mailsTo('carrier-clerk')[0]?.text).to.not.contain('封志')
    expect(await kindsOf('customs')).to.have.length(1)
    expect(mailsTo('shipper-machinery'), 'at ten in the morning in Luoyang').to.have.length(0)
    await later(60)
    expect(mailsTo('shipper-machinery')).to.have.length(1)
  })

  it('refuse preferences that cannot be, naming each fault', async () => {
    const signedIn = await platform.signInAs('operator')
    const usual = await platform.client(signedIn).call('noticePreferences', {})
    const answer = await platform.request('/api/v1/notices/preferences', { method: 'PUT', headers: { cookie: signedIn.cookie, origin: 'http://yidan.test', 'content-type': 'application/json' }, body: JSON.stringify({ ...usual, digest: 7, quiet: { from: '25:00', until: '07:00', timeZone: 'Mars/Base', grave: true } }) })
    expect(answer.status).to.be.oneOf([400, 422])
    const { errors } = (await answer.json()) as { errors: { pointer: string }[] }
    expect(errors.map(({ pointer }) => pointer)).to.include.members(['/digest', '/quiet/from', '/quiet/timeZone'])
  })

  it('neither reach nor stay with somebody whose title has moved on', async () => {
    await happens('CUSS', box())
    expect(await kindsOf('shipper-machinery')).to.have.length(1)
    const { billNumber } = await people.shipper.client.call('container', { params: { container: box() } })
    if (billNumber === null) throw new Error('the box is on a bill')
    const bank = await platform.deskOf('bank-luoyang')
    await people.shipper.record({ action: 'endorse', bill: billNumber, args: { to: bank.session.company.partyId, manner: 'to-order' } })
    await quiet()
    await later(90)
    expect(mailsTo('shipper-machinery'), 'the mail was due after title had moved').to.have.length(0)
    expect(await kindsOf('shipper-machinery')).to.deep.equal([])
    expect(await platform.client(await platform.signInAs('shipper-machinery')).call('noticeCounts', {})).to.deep.equal({ unread: 0 })
    await breakSeal()
    expect(await kindsOf('shipper-machinery')).to.deep.equal([])
    expect(await kindsOf('bank-luoyang')).to.deep.equal([`SEAL ${box()}`])
  })
})
