import { type BillId, type Hash, type SignedCommand } from '@yidan/ledger'
import type { Ledger } from '@yidan/ledger/port'
import { expect } from 'chai'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { aBill, aCast, act, aHash, anActor, anApprovedBill, inDays, issueArgs, registerKey, signedAct, type Actor, type Cast } from '../support/ledger-actors.ts'
import { refuses } from '../support/refuses.ts'

/** What a thief, a careless clerk and the administrator of the platform may try. Runs on every ledger: each attack is refused, and nothing of it stays. */
export function withstandsAttacks(name: string, open: () => Promise<{ ledger: Ledger; registrar: Actor; close(): Promise<void> }>): void {
  describe(`${name}, under attack`, () => {
    let ledger: Ledger
    let cast: Cast
    let close: () => Promise<void>
    let billId: BillId
    before(async () => {
      const opened = await open()
      ledger = opened.ledger
      close = () => opened.close()
      cast = await aCast(ledger, opened.registrar)
    })
    after(() => close?.())
    beforeEach(async () => { billId = (await aBill(ledger, cast, { kind: 'blank' })).billId })

    const offer = (to: Actor) => ({ by: cast.shipper, action: 'offerPossession' as const, subject: billId, args: { to: to.partyId, expiresAt: inDays(1) } })
    /** The attack is refused with this code, and the bill is as it was. */
    const fails = async (code: Parameters<typeof refuses>[0], attack: () => Promise<unknown>): Promise<void> => {
      const before = await ledger.read(billId)
      await refuses(code, attack)
      expect(await ledger.read(billId)).to.deep.equal(before)
    }
    const changed = (signed: SignedCommand, command: Partial<SignedCommand['command']>): SignedCommand => ({ ...signed, command: { ...signed.command, ...command } })

    it('a replayed act is not done twice', async () => {
      const signed = await signedAct(ledger, offer(cast.buyer))
      const first = await ledger.submit(signed)
      await act(ledger, { by: cast.shipper, action: 'withdrawOffer', subject: billId, args: {} })
      const before = await ledger.read(billId)
      expect(await ledger.submit(signed)).to.deep.equal({ ...first, repeated: true })
      expect(await ledger.read(billId)).to.deep.equal(before)
    })
    it('a replayed act under a new id is not the act that was signed', async () => {
      const signed = await signedAct(ledger, offer(cast.buyer))
      await ledger.submit(signed)
      const before = await ledger.read(billId)
      const again = changed(signed, { expects: before?.seq ?? 0, prevHash: before?.headHash ?? aHash(), commandId: (await signedAct(ledger, offer(cast.buyer))).command.commandId })
      await fails('bad-signature', () => ledger.submit(again))
    })
    it('an act signed on a stale sequence comes too late', async () => {
      const [one, other] = [await signedAct(ledger, offer(cast.buyer)), await signedAct(ledger, offer(cast.bank))]
      await ledger.submit(one)
      await fails('stale-sequence', () => ledger.submit(other))
    })
    it('an act signed on another history does not continue this one', async () => {
      await fails('stale-head', () => act(ledger, { ...offer(cast.buyer), but: { prevHash: aHash() } }))
    })
    it('a signature by another key is no signature of the holder', async () => {
      const { command, signatures } = await signedAct(ledger, offer(cast.thief))
      const thiefs = await signedAct(ledger, { ...offer(cast.thief), by: cast.thief })
      await fails('key-not-of-party', () => act(ledger, { ...offer(cast.thief), but: { keyId: cast.thief.signer.keyId }, by: { ...cast.shipper, signer: cast.thief.signer } }))
      await fails('bad-signature', () => ledger.submit({ command, signatures: [{ keyId: signatures[0]?.keyId ?? cast.shipper.signer.keyId, value: thiefs.signatures[0]?.value ?? '' }] }))
    })
    it('a revoked key signs nothing more, not even what was written before', async () => {
      const clerk = await anActor(cast.shipper.partyId)
      await registerKey(ledger, clerk, cast.shipper, ['title'])
      const early = await signedAct(ledger, { ...offer(cast.thief), by: clerk })
      await act(ledger, { by: cast.shipper, action: 'revokeKey', subject: cast.shipper.partyId, args: { keyId: clerk.signer.keyId, reason: 'the laptop was stolen' } })
      await fails('key-revoked', () => ledger.submit(early))
    })
    it('a key of another algorithm is not taken in, nor its signature for one of ours', async () => {
      for (const namedCurve of ['P-384', 'secp256k1']) {
        const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
        const spki = publicKey.export({ format: 'der', type: 'spki' })
        const foreign: Actor = { ...cast.shipper, signer: {
          keyId: `k${createHash('sha256').update(spki).digest('hex').slice(0, 40)}` as never, publicKey: spki.toString('base64'),
          sign: (text: string) => Promise.resolve(sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url').slice(0, 86)),
        } }
        await fails('unsupported-algorithm', () => registerKey(ledger, foreign, cast.shipper, ['title']))
        await fails('unknown-key', () => act(ledger, { ...offer(cast.thief), by: foreign }))
      }
    })
    it('a changed argument is another command', async () => {
      const signed = await signedAct(ledger, offer(cast.buyer))
      await fails('bad-signature', () => ledger.submit(changed(signed, { args: { ...signed.command.args, to: cast.thief.partyId } })))
    })
    it('a command for another channel is refused here', async () => {
      await fails('wrong-network', () => act(ledger, { ...offer(cast.buyer), but: { network: 'another-channel' } }))
    })
    it('the administrator of the platform cannot act for a party, nor make a key to do it with', async () => {
      await fails('not-possessor', () => act(ledger, { ...offer(cast.thief), by: cast.registrar }))
      await fails('key-not-of-party', () => act(ledger, { ...offer(cast.thief), by: { ...cast.registrar, partyId: cast.shipper.partyId } }))
      const planted = await anActor(cast.shipper.partyId)
      await fails('approval-missing', () => registerKey(ledger, planted, cast.registrar, ['title', 'admin']))
      await fails('registrar-required', () => act(ledger, { by: cast.thief, action: 'registerParty', subject: cast.thief.partyId, args: { roles: ['bank'], identityHash: aHash() } }))
    })
    it('a key for administration alone moves no title', async () => {
      const clerk = await anActor(cast.shipper.partyId)
      await registerKey(ledger, clerk, cast.shipper, ['admin'])
      await fails('key-lacks-purpose', () => act(ledger, { ...offer(cast.thief), by: clerk }))
    })
    it('a pledged bill goes nowhere without the bank', async () => {
      await pledge()
      await fails('pledgee-must-sign', () => act(ledger, { by: cast.shipper, action: 'endorse', subject: billId, args: { to: cast.thief.partyId, manner: 'to-order' } }))
      await fails('bill-pledged', () => act(ledger, offer(cast.thief)))
      await fails('pledgee-must-sign', () => act(ledger, { by: cast.shipper, action: 'requestSurrender', subject: billId, args: { purpose: 'delivery', reason: null } }))
      await fails('not-pledgee', () => act(ledger, { by: cast.shipper, action: 'releasePledge', subject: billId, args: {} }))
    })
    it('a bill is pledged once', async () => {
      await pledge()
      await fails('bill-pledged', () => act(ledger, { by: cast.shipper, action: 'proposePledge', subject: billId, args: { pledgee: cast.otherBank.partyId, termsHash: aHash() } }))
    })
    it('no box and no document is issued twice', async () => {
      const first = await aBill(ledger, cast)
      const title = await ledger.read(first.billId)
      const next = await anApprovedBill(ledger, cast)
      const issue = (docHash: Hash, subject: BillId) => act(ledger, { by: cast.carrier, action: 'issue', subject, with: [cast.carrierSecond], args: issueArgs(cast, docHash, { containers: first.containers }) })
      await fails('container-on-live-bill', () => issue(next.docHash, next.billId))
      await fails('not-approved', () => issue(title?.docHash ?? aHash(), first.billId))
    })
    it('nothing is done on a void bill', async () => {
      await act(ledger, { by: cast.carrier, action: 'cancel', subject: billId, with: [cast.carrierSecond, cast.shipper], args: { reason: 'the goods stay here' } })
      for (const attack of [
        () => act(ledger, offer(cast.buyer)),
        () => act(ledger, { by: cast.shipper, action: 'proposePledge', subject: billId, args: { pledgee: cast.bank.partyId, termsHash: aHash() } }),
        () => act(ledger, { by: cast.shipper, action: 'requestSurrender', subject: billId, args: { purpose: 'delivery', reason: null } }),
      ]) await fails('bill-void', attack)
    })

    async function pledge(): Promise<void> {
      await act(ledger, { by: cast.shipper, action: 'proposePledge', subject: billId, args: { pledgee: cast.bank.partyId, termsHash: aHash() } })
      await act(ledger, { by: cast.bank, action: 'acceptPledge', subject: billId, args: { filingHash: aHash() } })
    }
  })
}
