import { statementStates } from '@yidan/api/contract'
import type { BillDocument, BillNumber } from '@yidan/ledger'
import { expect } from 'chai'
import { readAttachments } from '../../api/src/documents/index.ts'
import type { Page } from 'playwright-core'
import { aBooking, issuedBill, peopleFor, type People } from '../bills/a-bill.ts'
import { barriersOn, openPortal, type Portal } from './browser.ts'


/** The QR of a printed bill at the gate and on anybody's phone: judged on the device, with a network and without. */
describe('The signed QR of a bill', function () {
  this.timeout(240_000)
  let portal: Portal, people: People, phone: Page, billNumber: BillNumber, address: string, document: BillDocument
  before(async function () {
    portal = await openPortal(this)
    people = await peopleFor(portal.platform, 'tractors')
    ;({ billNumber } = await issuedBill(portal.platform, people, await aBooking('tractors', { count: 2 })))
    const pdf = new Uint8Array(await (await people.shipper.client.download('billPdf', { params: { billNumber }, query: { as: 'standing' } })).arrayBuffer())
    const { bill, seal } = await readAttachments(pdf)
    document = JSON.parse(Buffer.from(bill).toString('utf8')) as BillDocument
    ;({ address } = JSON.parse(Buffer.from(seal ?? []).toString('utf8')) as { address: string })
    phone = await portal.personAt('terminal-gate', { width: 390 })
    await phone.goto(`${portal.platform.url}/gate`)
  })
  after(() => portal?.close())
  const ask = async (code: string): Promise<void> => {
    const field = phone.getByRole('textbox', { name: '箱号、提单号或提货码' })
    await field.fill(code)
    await field.press('Enter')
  }
  /** Made to state another entry: the second three characters hold its number. */
  const altered = (): string => {
    const at = address.indexOf('#') + 6
    return address.slice(0, at) + (address[at] === '0' ? '1' : '0') + address.slice(at + 1)
  }

  it('is on a copy with the state as of now, by the keys that anybody may read', async () => {
    expect(address).to.match(new RegExp(`/v/${billNumber}#`))
    const { items, network } = await portal.platform.client().call('issuerKeys', {})
    expect(network).to.equal(portal.platform.ports.ledger.network)
    expect(items.map(({ issuer }) => issuer)).to.include(document.carrier.creditCode)
    expect(statementStates).to.include('ISSUED')
  })

  it('is refused at the gate when it was altered, with the reason, and nothing is asked', async () => {
    const asked: string[] = []
    phone.on('request', (request) => asked.push(request.url()))
    await ask(altered())
    await phone.getByText('二维码系伪造或已损坏').waitFor()
    await phone.getByText('扣留').first().waitFor()
    await phone.getByText('承运人的签名与码中内容不符').waitFor()
    expect(asked.filter((url) => url.includes('/gate/check'))).to.deep.equal([])
    expect(await barriersOn(phone)).to.deep.equal([])
  })

  it('gives the ledger’s word when there is a network', async () => {
    await ask(address)
    await phone.getByText('选择箱子').waitFor()
    await phone.getByRole('button', { name: '下一辆' }).click()
  })

  it('without a network it is told from a forged one all the same, with its state and time, and what the ledger said a moment ago', async () => {
    await phone.context().setOffline(true)
    await ask(address)
    await phone.getByText('二维码由承运人本人签名').waitFor()
    await phone.getByText(document.carrier.name).first().waitFor()
    await phone.getByText('已签发').first().waitFor()
    await phone.getByText('几分钟前账本的答复').waitFor()
    await ask(altered())
    await phone.getByText('二维码系伪造或已损坏').waitFor()
    await phone.context().setOffline(false)
  })

  it('opens the verify page on any phone, and tells no server what it states', async () => {
    const stranger = await portal.aStranger()
    const asked: string[] = []
    stranger.on('request', (request) => asked.push(request.url()))
    const here = (code: string): string => `${portal.platform.url}${code.slice(code.indexOf('/v/'))}`
    await stranger.goto(here(address))
    await stranger.getByText(/The QR is the carrier’s own|二维码由承运人本人签名/).waitFor()
    await stranger.getByText(/真 · |GENUINE/i).first().waitFor()
    const fragment = address.slice(address.indexOf('#') + 1)
    expect(asked.filter((url) => decodeURIComponent(url).split('#')[0]?.includes(fragment.slice(0, 60)))).to.deep.equal([])
    await stranger.goto('about:blank')
    await stranger.goto(here(altered()))
    await stranger.getByText(/FORGED or damaged|二维码系伪造或已损坏/).waitFor()
    await stranger.goto(`${portal.platform.url}/v/${billNumber}?h=${(await portal.platform.client().call('verifyNumber', { params: { billNumber }, query: {} })).docHash?.slice(0, 16)}`)
    await stranger.getByText(/真 · |GENUINE/i).first().waitFor()
    await stranger.close()
  })
})
