import { actions, noHash, refusalCodes, wouldRefuse, type ActionName, type Instant, type Title } from '@yidan/ledger'
import { expect } from 'chai'
import { generateKeyPairSync } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { aBill, aBillId, aCast, act, aHash, anApprovedBill, aPartyId, inDays, signedAct, type Cast } from '../support/ledger-actors.ts'
import { openTestLedger, type OpenedLedger } from '../support/open-ledger.ts'
import { refuses } from '../support/refuses.ts'

describe('refusals that need a special ledger', () => {
  let opened: OpenedLedger
  let cast: Cast
  before(async () => {
    opened = await openTestLedger()
    cast = await aCast(opened.ledger, opened.registrar)
  })
  after(() => opened.close())

  it('refuses to approve under the id of a bill that is issued', async () => {
    const { billId } = await aBill(opened.ledger, cast)
    await refuses('bill-exists', () => act(opened.ledger, { by: cast.shipper, action: 'approve', subject: billId, args: { docHash: aHash(), kind: 'to-order', negotiable: true, carrier: cast.carrier.partyId } }))
  })
  it('refuses to approve another shipper’s bill', async () => {
    const { billId } = await anApprovedBill(opened.ledger, cast)
    await refuses('not-shipper', () => act(opened.ledger, { by: cast.buyer, action: 'approve', subject: billId, args: { docHash: aHash(), kind: 'to-order', negotiable: true, carrier: cast.carrier.partyId } }))
  })
  it('refuses a shipper that is none, and a carrier that is none', async () => {
    const approve = (by: Cast['shipper'], carrier: Cast['carrier']) => act(opened.ledger, { by, action: 'approve', subject: aBillId(), args: { docHash: aHash(), kind: 'to-order', negotiable: true, carrier: carrier.partyId } })
    await refuses('party-lacks-role', () => approve(cast.bank, cast.carrier))
    await refuses('party-lacks-role', () => approve(cast.shipper, cast.bank))
  })
  it('refuses title acts on a bill that is only approved', async () => {
    const { billId } = await anApprovedBill(opened.ledger, cast)
    await refuses('not-issued', () => act(opened.ledger, { by: cast.shipper, action: 'endorse', subject: billId, args: { to: cast.buyer.partyId, manner: 'to-order' } }))
  })
  it('refuses to reissue as a bill that exists', async () => {
    const { billId } = await aBill(opened.ledger, cast)
    const other = await aBill(opened.ledger, cast)
    await act(opened.ledger, { by: cast.shipper, action: 'requestSurrender', subject: billId, args: { purpose: 'amendment', reason: null } })
    await act(opened.ledger, { by: cast.carrier, action: 'acceptSurrender', subject: billId, args: { freight: 'prepaid', releases: [] } })
    await refuses('successor-exists', () => act(opened.ledger, { by: cast.carrier, with: [cast.carrierSecond], action: 'reissue', subject: billId, args: { successor: { billId: other.billId, docHash: aHash(), visualisationHash: aHash() } } }))
  })
  it('refuses a key nobody registered', async () => {
    const { billId } = await aBill(opened.ledger, cast)
    const stranger = { ...cast.shipper, signer: { ...cast.shipper.signer, keyId: `k${'0'.repeat(40)}` as never } }
    await refuses('unknown-key', () => act(opened.ledger, { by: stranger, action: 'withdrawOffer', subject: billId, args: {} }))
  })
  it('refuses a key on another curve', async () => {
    const publicKey = generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
    const { person, signer } = cast.buyer
    const signed = await signedAct(opened.ledger, { by: cast.buyer, action: 'registerKey', subject: cast.buyer.partyId, args: { key: { keyId: signer.keyId, publicKey, algorithm: 'ES256', person, purposes: ['title'] } } })
    await refuses('unsupported-algorithm', () => opened.ledger.submit(signed))
  })
})

describe('the dry run', () => {
  it('says what would be refused before anybody signs', async () => {
    const opened = await openTestLedger()
    const cast = await aCast(opened.ledger, opened.registrar)
    const { billId } = await aBill(opened.ledger, cast)
    const title = await opened.ledger.read(billId) as Title
    const dry = (by: keyof Cast, action: ActionName, args: object) => wouldRefuse({
      view: opened.ledger.view, now: new Date().toISOString() as Instant,
      command: { domain: 'yidan-title/1', network: 'test', action, subject: billId, expects: title.seq, prevHash: noHash, party: cast[by].partyId, keyId: cast[by].signer.keyId, commandId: '01890000-0000-7000-8000-000000000000' as never, at: title.updatedAt, notAfter: inDays(1), args: { ...args } },
    })?.code ?? null
    expect(dry('shipper', 'endorse', { to: cast.buyer.partyId, manner: 'to-order' })).to.equal(null)
    expect(dry('thief', 'endorse', { to: cast.buyer.partyId, manner: 'to-order' })).to.equal('not-possessor')
    expect(dry('bank', 'releasePledge', {})).to.equal('not-pledged')
    expect(dry('shipper', 'endorse', { to: aPartyId(), manner: 'to-order' })).to.equal('recipient-unknown')
    await opened.close()
  })
})

describe('every refusal code', () => {
  it('is used by a rule and earned by a test', async () => {
    const root = join(import.meta.dirname, '../..')
    const read = async (pattern: string) => {
      const texts: string[] = []
      for await (const path of filesOf(root, pattern)) texts.push(await readFile(path, 'utf8'))
      return texts.join('\n')
    }
    const rules = (await read('ledger/domain')).replace(/export const refusalCodes[\s\S]*?as const/, '') + (await read('ledger/embedded'))
    const tests = await read('test/ledger')
    expect(refusalCodes.filter((code) => !rules.includes(`'${code}'`)), 'no rule gives them').to.deep.equal([])
    expect(refusalCodes.filter((code) => !tests.includes(`'${code}'`)), 'no test earns them').to.deep.equal([])
  })
  it('belongs to an action with a name of its own', () => {
    for (const [name, action] of Object.entries(actions)) expect(action.name).to.equal(name)
  })
})

async function* filesOf(root: string, folder: string): AsyncIterable<string> {
  for (const entry of await readdir(join(root, folder), { recursive: true })) if (entry.endsWith('.ts')) yield join(root, folder, entry)
}
