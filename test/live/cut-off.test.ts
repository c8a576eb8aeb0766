import { ProblemError, type ClientToServer, type Frame, type NewShare, type ServerToClient, type SharedView, type ShareScope } from '@yidan/api/contract'
import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { io, type Socket } from 'socket.io-client'
import { aBooking, boxesOn, issuedBill, peopleFor, type People } from '../bills/a-bill.ts'
import { openPlatform, type Platform, type SignedIn } from '../support/open-platform.ts'
import { aPerson } from '../support/people.ts'
import { subscribe } from './open-hub.ts'
import { until } from '../support/until.ts'

const later = 50

/** Somebody at a socket, and what the socket told. */
interface Reader {
  readonly who: string
  readonly socket: Socket<ServerToClient, ClientToServer>
  readonly frames: Frame[]
  readonly rooms: readonly string[]
  /** What HTTP answers about the box: `seen` up to which position, or the code it is refused with. */
  readonly pull: () => Promise<string>
}

describe('what is seen from the very next event after access has ended', () => {
  let platform: Platform, people: People, carrier: SignedIn
  let billNumber = '', box = '', train = '', ahead = 0
  const readers: Reader[] = []

  before(async () => {
    platform = await openPlatform({ clock: () => new Date(Date.now() + ahead) })
    people = await peopleFor(platform, 'tractors')
    const issued = await issuedBill(platform, people, await aBooking('tractors'))
    billNumber = issued.billNumber
    box = boxesOn(issued.draft)[0]?.number ?? ''
    train = issued.draft.document?.legs.find(({ mode }) => mode === 'rail')?.trainNumber ?? ''
    carrier = await platform.signInAs('carrier-signer')
  })
  after(async () => {
    for (const { socket } of readers) socket.disconnect()
    await platform?.close()
  })

  async function reader(who: string, rooms: readonly string[], how: { headers?: Record<string, string>; share?: string }, pull: Reader['pull']): Promise<Reader> {
    const socket: Reader['socket'] = io(platform.url, { path: '/live', transports: ['websocket'], forceNew: true, reconnection: false, extraHeaders: how.headers ?? {}, ...(how.share === undefined ? {} : { auth: { share: how.share } }) })
    await new Promise<void>((resolve, reject) => {
      socket.on('connect', resolve)
      socket.on('connect_error', reject)
    })
    const frames: Frame[] = []
    socket.on('frames', (told) => frames.push(...told))
    const one = { who, socket, frames, rooms, pull }
    readers.push(one)
    return one
  }

  const answered = (view: Promise<{ readonly position: number }>): Promise<string> => view.then(({ position }) => `seen up to ${position}`, (error: unknown) => (error instanceof ProblemError ? `${error.problem.status} ${error.problem.code}` : String(error)))
  const account = (who: string, by: SignedIn): Promise<Reader> =>
    reader(who, [`container:${box}`, `bill:${billNumber}`], { headers: { cookie: by.cookie } }, () => answered(platform.client(by).call('container', { params: { container: box } })))
  const shareBy = (by: SignedIn, scope: ShareScope, days = 14): Promise<NewShare> => platform.client(by).call('createShare', { body: { scope, days, label: 'test' } })
  const tokenIn = (share: NewShare): string => share.link.split('#')[1] ?? ''
  async function pullShare(token: string): Promise<SharedView> {
    const answer = await platform.request('/api/v1/shared', { headers: { 'share-token': token } })
    if (!answer.ok) throw new ProblemError((await answer.json()) as ProblemError['problem'])
    return (await answer.json()) as SharedView
  }
  async function guest(who: string, share: NewShare): Promise<Reader> {
    const token = tokenIn(share)
    return reader(who, [`${share.kind}:${share.subject}`], { share: token }, () => answered(pullShare(token)))
  }
  async function happens(count: number): Promise<number> {
    const { refused, position } = await people.clerk.client.call('sendEvents', { body: Array.from({ length: count }, () => ({ eventType: 'EQUIPMENT', eventID: randomUUID(), eventDateTime: platform.ports.clock().toISOString(), eventClassifierCode: 'ACT', equipmentEventTypeCode: 'CROS', equipmentReference: box, emptyIndicatorCode: 'LADEN' })) })
    expect(refused).to.deep.equal([])
    return position
  }
  async function seatAll(seated: readonly Reader[]): Promise<void> {
    for (const { who, socket, rooms } of seated) for (const room of rooms) expect((await subscribe(socket, room)).ok, `${who} in ${room}`).to.equal(true)
  }

  it(`is nothing, over ${later} events, for whoever lost it; those beside them see every one`, async () => {
    const container: ShareScope = { kind: 'container', subject: box as never }, bill: ShareScope = { kind: 'bill', subject: billNumber as never }
    const shipper = await platform.signInAs('shipper-machinery')
    const stolen = await platform.signInAs('carrier-signer')
    const leaving = await aPerson(platform, carrier, ['viewer'])
    const administrator = platform.client(carrier)
    const key = await administrator.call('createApiKey', { params: { companyId: carrier.session.company.id }, body: { label: 'portal', abilities: ['follow-container', 'follow-bill', 'share-following'], days: 30 } })
    const byKey = await platform.client({ apiKey: key.secret ?? '' }).call('createShare', { body: { scope: container } })
    const shares = {
      title: await shareBy(shipper, container), titleBill: await shareBy(shipper, bill), expiring: await shareBy(carrier, container, 1), revoked: await shareBy(carrier, container), revokedBill: await shareBy(carrier, bill),
      session: await shareBy(stolen, container), person: await shareBy(leaving, container), lasting: await shareBy(carrier, container, 90),
    }
    const entitled = [await account('entitled reader (the carrier)', await platform.signInAs('carrier-clerk')), await guest('guest with a link that is good', shares.lasting)]
    const losing = [
      await account('old holder', shipper), await guest('guest of the old holder, box', shares.title), await guest('guest of the old holder, bill', shares.titleBill), await guest('guest with an expired link', shares.expiring), await guest('guest with a revoked link, box', shares.revoked),
      await guest('guest with a revoked link, bill', shares.revokedBill), await account('user whose session was revoked', stolen), await guest('guest of that session', shares.session), await account('user who was disabled', leaving),
      await guest('guest of the disabled user', shares.person), await guest('guest of a revoked API key', byKey),
    ]
    const strangers = [await account('stranger with an account', await platform.signInAs('shipper-furniture')), await reader('stranger without one', [`container:${box}`], {}, () => answered(platform.client().call('container', { params: { container: box } })))]
    await seatAll([...entitled, ...losing])
    for (const { who, socket, rooms } of strangers) for (const room of rooms) expect((await subscribe(socket, room)).ok, who).to.equal(false)

    await happens(1)
    await until(() => [...entitled, ...losing].every(({ frames, rooms }) => frames.filter(({ code }) => code === 'CROS').length === rooms.length))
    for (const { who, pull } of [...entitled, ...losing]) expect(await pull(), who).to.match(/^seen up to/)

    const to = (await platform.deskOf('consignee-bearing')).session.company.partyId
    await people.shipper.record({ action: 'endorse', bill: billNumber, args: { to, manner: 'to-order' } })
    ahead += 25 * 3_600_000
    await administrator.call('revokeShare', { params: { shareId: shares.revoked.id } })
    await administrator.call('revokeShare', { params: { shareId: shares.revokedBill.id } })
    const { items } = await platform.client(stolen).call('sessions', {})
    await platform.client(stolen).call('revokeSession', { params: { sessionId: items.find(({ current }) => current)?.id ?? '' } })
    await administrator.call('editPerson', { params: { companyId: carrier.session.company.id, personId: leaving.session.person.id }, body: { disabled: true } })
    await administrator.call('revokeApiKey', { params: { companyId: carrier.session.company.id, apiKeyId: key.id } })
    const cut = await platform.ports.eventLog.last()
    // Nobody waits for any socket to have closed: the next event comes right behind.
    for (let sent = 0; sent < later; sent += 10) await happens(10)

    const since = ({ frames }: Reader): number => frames.filter(({ position, code }) => position > cut && code === 'CROS').length
    await until(() => entitled.every((one) => since(one) >= later * one.rooms.length))
    await platform.app.hub.settled()
    await new Promise((resolve) => setTimeout(resolve, 200))
    console.log(`      frames after the cut, of ${later} events:`)
    for (const one of [...entitled, ...losing, ...strangers]) console.log(`        ${String(one.frames.filter(({ position }) => position > cut).length).padStart(3)}  ${one.who} (${one.rooms.length} room${one.rooms.length > 1 ? 's' : ''}); HTTP: ${await one.pull()}`)
    for (const one of entitled) expect(since(one), one.who).to.equal(later * one.rooms.length)
    for (const { who, frames, pull } of [...losing, ...strangers]) {
      expect(frames.filter(({ position }) => position > cut), who).to.deep.equal([])
      expect(await pull(), who).to.match(/^(401|404|410) /)
    }
  })

  it('nor is anything to be had by coming back with the link, or by asking for what was missed', async () => {
    const over = readers.filter(({ who }) => who.startsWith('guest') && !who.endsWith('is good'))
    expect(over.length).to.equal(8)
    for (const { who, socket } of over) {
      const outcome = await new Promise<string>((resolve) => {
        const again = io(platform.url, { path: '/live', transports: ['websocket'], forceNew: true, reconnection: false, auth: socket.auth as Record<string, unknown> })
        again.on('connect', () => resolve('let in'))
        again.on('connect_error', ({ message }) => resolve(message))
      })
      expect(outcome, who).to.equal('bad-credentials')
    }
    const shipper = readers.find(({ who }) => who === 'old holder')
    if (!shipper) throw new Error('no old holder')
    expect(await subscribe(shipper.socket, `container:${box}`, 0)).to.deep.equal({ ok: false, code: 'not-found' })
  })

  it('and a guest sits in the one room of the link, with nothing in it but the journey', async () => {
    const good = readers.find(({ who }) => who.endsWith('is good'))
    if (!good) throw new Error('no guest')
    for (const room of [`bill:${billNumber}`, `train:${train}`, 'corridor:all', 'desk:exceptions', `company:${carrier.session.company.id}`]) expect((await subscribe(good.socket, room)).code, room).to.equal('forbidden')
    const told = JSON.stringify(good.frames)
    for (const secret of [billNumber, carrier.session.company.name]) expect(told).to.not.contain(secret)
    expect(new Set(good.frames.map(({ kind }) => kind))).to.deep.equal(new Set(['tracking']))
  })
})
