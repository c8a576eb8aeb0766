import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { ActionName, ArgsOf, BillDocument, BillId, ContainerNumber, Hash, Instant } from '@yidan/ledger'
import { gateHandlers } from '../../api/src/yard/index.ts'
import type { Directory } from '../../api/src/parties/directory.ts'
import { Problem } from '../../api/src/http/problem.ts'
import type { Language } from '../../api/src/http/handlers.ts'
import { act, aCast, aContainer, aHash, anApprovedBill, inDays, issueArgs, releasesFor, type Actor, type Cast } from '../support/ledger-actors.ts'
import { billFrom } from '../support/bill-documents.ts'
import { equipment, frozen, openLog, position, received, type OpenedLog } from '../tracking/open-log.ts'
import { openTrackingReader } from '../../api/src/tracking/view.ts'
import { aPerson, portsOver } from '../live/open-hub.ts'

describe('the gate', () => {
  let open: OpenedLog
  let cast: Cast
  let document: BillDocument
  let docHash: Hash
  let billId: BillId
  let now: Date
  let containers: ContainerNumber[]

  beforeEach(async () => {
    now = new Date()
    open = await openLog()
    cast = await aCast(open.ledger, open.opened.registrar)
    ;({ billId, docHash } = await anApprovedBill(open.ledger, cast))
    containers = [aContainer(), aContainer()]
    const sample = billFrom('tractorsToSantos')
    document = { ...sample, billId, containers: containers.map((number, index) => ({ ...(sample.containers[index] as BillDocument['containers'][number]), number })) }
    const { last } = await open.eventLog.append([frozen(document, { carrier: cast.carrier.partyId, shipper: cast.shipper.partyId, docHash })])
    await open.feed.upTo(last)
  })
  afterEach(() => open.close())

  const directory = { byParty: (partyId: string) => Promise.resolve({ name: '东方红陆港', nameEn: 'Land Port', partyId }) } as unknown as Directory
  const handlers = (): ReturnType<typeof gateHandlers> => gateHandlers(portsOver(open, () => now), directory)
  const asking = (language: Language = 'en') => ({ caller: aPerson(cast.terminal.partyId, ['terminal']), language, concerns: () => undefined }) as never as Parameters<ReturnType<typeof gateHandlers>['gateCheck']>[0]
  const check = async (code: string, container?: string, language?: Language) => {
    const answer = await handlers().gateCheck({ ...asking(language), query: { code, ...(container === undefined ? {} : { container }) } })
    return answer as Exclude<typeof answer, { status: number } | { file: unknown }>
  }
  const move = async (direction: 'in' | 'out', container: string, given: { moveId?: string; seal?: string; place?: string } = {}) => {
    const answer = await handlers().gateMove({ ...asking(), body: { moveId: randomUUID(), direction, container, at: now.toISOString(), empty: false, ...given } } as never)
    return answer as Exclude<typeof answer, { status: number } | { file: unknown }>
  }
  const codesOf = ({ reasons }: { reasons: { code: string }[] }): string[] => reasons.map(({ code }) => code)
  const record = async <N extends ActionName>(by: Actor, action: N, args: ArgsOf<N>, also: readonly Actor[] = []): Promise<void> => {
    const receipt = await act(open.ledger, { by, action, subject: billId, args, with: also })
    await open.feed.upToLedger(receipt.position)
  }
  const issue = (): Promise<void> => record(cast.carrier, 'issue', issueArgs(cast, docHash, { containers }), [cast.carrierSecond])
  const surrender = async (expiresAt?: Instant): Promise<ReadonlyMap<ContainerNumber, string>> => {
    await record(cast.shipper, 'requestSurrender', { purpose: 'delivery', reason: null })
    const { codes, releases } = await releasesFor(billId, containers, expiresAt)
    await record(cast.carrier, 'acceptSurrender', { freight: 'prepaid', releases })
    return codes
  }
  const box = (index = 0): ContainerNumber => containers[index] as ContainerNumber

  it('holds a box of a bill in every state but surrendered for delivery, and says why', async () => {
    expect(codesOf(await check(box()))).to.deep.equal(['H01'])
    await issue()
    expect(codesOf(await check(box()))).to.deep.equal(['H01'])
    await record(cast.shipper, 'proposePledge', { pledgee: cast.bank.partyId, termsHash: aHash() })
    await record(cast.bank, 'acceptPledge', { filingHash: aHash() })
    expect(codesOf(await check(box()))).to.deep.equal(['H01', 'H02'])
    await record(cast.bank, 'releasePledge', {})
    await record(cast.shipper, 'requestSurrender', { purpose: 'delivery', reason: null })
    const pending = await check(box())
    expect(pending).to.deep.include({ word: 'HOLD', deliver: null })
    expect(pending.reasons[0]?.message).to.match(/not accepted/)
    await record(cast.carrier, 'rejectSurrender', { reason: 'freight' })
    expect(codesOf(await check(box()))).to.deep.equal(['H01'])
  })

  it('releases a surrendered box, tells the terminal what to sign, and holds it once delivered', async () => {
    await issue()
    const codes = await surrender()
    const released = await check(codes.get(box()) ?? '', box())
    expect(released).to.deep.include({ word: 'RELEASE', reasons: [], next: 'gate-out', container: box(), billNumber: document.billNumber })
    expect(released.deliver).to.deep.include({ subject: billId, network: 'test' })
    await record(cast.terminal, 'deliver', { container: box(), code: codes.get(box()) ?? '' })
    const replayed = await check(codes.get(box()) ?? '', box())
    expect(codesOf(replayed)).to.deep.equal(['H18'])
    expect(replayed.reasons[0]?.message).to.match(/Land Port/)
    expect((await check(box(1))).word).to.equal('RELEASE')
  })

  it('holds on a wrong code, a code of another box, and a code out of date', async () => {
    await issue()
    const codes = await surrender(inDays(1))
    expect(codesOf(await check('WRONG234', box()))).to.deep.equal(['H18'])
    expect(codesOf(await check(codes.get(box(1)) ?? '', box()))).to.deep.equal(['H18'])
    expect(codesOf(await check(codes.get(box()) ?? ''))).to.deep.equal(['H09'])
    now = new Date(Date.now() + 2 * 86_400_000)
    expect(codesOf(await check(codes.get(box()) ?? '', box()))).to.deep.equal(['H18'])
  })

  it('reads the QR of the bill: forged when its hash is not the ledger’s, else a choice of boxes', async () => {
    await issue()
    const address = (hash: string): string => `https://yidan.example/v/${document.billNumber}?h=${hash}`
    expect(codesOf(await check(address('0'.repeat(16))))).to.deep.equal(['H23'])
    expect(codesOf(await check(address(docHash.slice(0, 3))))).to.deep.equal(['H23'])
    const held = await check(address(docHash.slice(0, 16)))
    expect(held.word).to.equal('HOLD')
    expect(held.boxes.map(({ container, word }) => [container, word])).to.deep.equal(containers.map((container) => [container, 'HOLD']))
    await surrender()
    expect((await check(address(docHash.slice(0, 16)))).word).to.equal('RELEASE')
    const one = await check(document.billNumber, box(1))
    expect([one.word, one.container]).to.deep.equal(['RELEASE', box(1)])
    expect(codesOf(await check(document.billNumber, aContainer()))).to.deep.equal(['H09'])
  })

  it('helps with the check digit, in the caller’s language', async () => {
    const wrong = box().slice(0, 10) + String((Number(box().slice(10)) + 1) % 10)
    const english = await check(wrong)
    expect(codesOf(english)).to.deep.equal(['H10'])
    expect(english.reasons[0]?.message).to.contain(`${box().slice(10)} (${box()})`)
    expect((await check(wrong, undefined, 'zh')).reasons[0]?.message).to.match(/校验位/)
  })

  it('holds a box that is on no bill, and a text that is nothing', async () => {
    expect(codesOf(await check(aContainer()))).to.deep.equal(['H09'])
    expect(codesOf(await check('???'))).to.deep.equal(['H09'])
    expect(codesOf(await check('LYLG2611000042X'))).to.deep.equal(['H10'])
  })

  it('holds a surrendered box that customs has selected, until it is cleared', async () => {
    await issue()
    await surrender()
    const selected = await open.eventLog.append([received(equipment({ container: box(), code: 'CUSI', at: now.toISOString() }))])
    await open.feed.upTo(selected.last)
    expect(codesOf(await check(box()))).to.deep.equal(['H05'])
    const cleared = await open.eventLog.append([received(equipment({ container: box(), code: 'CUSR', at: new Date(now.getTime() + 1).toISOString() }))])
    await open.feed.upTo(cleared.last)
    expect((await check(box())).word).to.equal('RELEASE')
  })

  it('asks for the gate-in of a box that has not come yet, records it, and a second scan changes nothing', async () => {
    expect((await check(box())).next).to.equal('gate-in')
    const moveId = randomUUID()
    const seal = document.containers[0]?.seals[0]?.number ?? ''
    const first = await move('in', box(), { moveId, seal })
    expect(first).to.deep.include({ recorded: true, repeated: false, eventID: moveId, warnings: [] })
    const last = await open.eventLog.last()
    expect(await move('in', box(), { moveId, seal })).to.deep.include({ recorded: false, repeated: true, eventID: moveId })
    expect(await move('in', box(), { seal })).to.deep.include({ recorded: false, repeated: true, eventID: moveId })
    expect(await open.eventLog.last()).to.equal(last)
    expect((await check(box())).next).to.equal('none')
  })

  it('takes a box in once when it is scanned many times at once', async () => {
    const results = await Promise.all(Array.from({ length: 12 }, () => move('in', box())))
    expect(results.filter(({ recorded }) => recorded)).to.have.length(1)
  })

  it('records another seal with a warning, and the box is held for it', async () => {
    expect((await move('in', box(), { seal: 'STRANGE1' })).warnings[0]).to.contain('STRANGE1')
    await issue()
    await surrender()
    expect(codesOf(await check(box()))).to.deep.equal(['H11'])
  })

  it('lets nothing out without a release, and lets a delivered box out once', async () => {
    await issue()
    await move('in', box())
    const refused = await move('out', box()).catch((error: unknown) => error)
    expect(refused).to.be.instanceOf(Problem)
    expect((refused as Problem).code).to.equal('not-accepted-for-delivery')
    expect((refused as Problem).faults.map(({ code }) => code)).to.deep.equal(['H01'])
    const codes = await surrender()
    await record(cast.terminal, 'deliver', { container: box(), code: codes.get(box()) ?? '' })
    expect(await move('out', box())).to.deep.include({ recorded: true, repeated: false })
    expect(await move('out', box())).to.deep.include({ recorded: false, repeated: true })
    expect((await move('out', box(1))).recorded).to.equal(true)
  })

  it('lets a move through that cannot be true, and keeps it for a person: the box is on a vessel at sea', async () => {
    const call = { modeOfTransport: 'VESSEL', vesselName: 'HUAYANG BRIDGE', exportVoyageNumber: '0123E' } as const
    const hoursAgo = (hours: number): string => new Date(now.getTime() - hours * 3_600_000).toISOString()
    const told = await open.eventLog.append([
      received(equipment({ container: box(), code: 'LOAD', at: hoursAgo(20), transportCall: call, eventLocation: { UNLocationCode: 'CNQDP' } })),
      received(position({ at: hoursAgo(1), latitude: 31.5, longitude: 127.5, transportCall: call })),
    ])
    await open.feed.upTo(told.last)
    const moveId = randomUUID()
    const moved = await move('in', box(), { moveId, place: 'CNLYA' })
    expect(moved).to.deep.include({ recorded: true, repeated: false, putAside: true, eventID: moveId })
    expect(moved.warnings[0]).to.match(/kept for a person.*two places/i)
    expect((await open.eventLog.byId([`put-aside:${moveId}`])).size).to.equal(1)
    expect((await openTrackingReader(open).box(box()))?.state.movement).to.equal('LOADED')
    expect(await move('in', box(), { moveId, place: 'CNLYA' })).to.deep.include({ recorded: false, repeated: true, putAside: true })
    expect(await move('in', box(1), { place: 'CNLYA' }), 'the next box is none the worse for it').to.deep.include({ recorded: true, putAside: false })
  })

  it('refuses a move id that was another move, a place that is none, and a move in the future', async () => {
    const moveId = randomUUID()
    await move('in', box(), { moveId })
    const codeOf = async (attempt: Promise<unknown>): Promise<string> => ((await attempt.catch((error: unknown) => error)) as Problem).code
    expect(await codeOf(move('in', box(1), { moveId }))).to.equal('idempotency-key-reused')
    expect(await codeOf(move('in', box(1), { place: 'xx' }))).to.equal('invalid-request')
    now = new Date(Date.now() - 3_600_000)
    expect(await codeOf(handlers().gateMove({ ...asking(), body: { moveId: randomUUID(), direction: 'in', container: box(1), at: new Date().toISOString(), empty: false } } as never))).to.equal('invalid-request')
  })
})
