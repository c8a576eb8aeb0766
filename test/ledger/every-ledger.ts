import { canonicalJson, type BillId, type RefusalCode, type Title } from '@yidan/ledger'
import type { Ledger } from '@yidan/ledger/port'
import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { aBill, aBillId, aCast, aContainer, act, aHash, anActor, anApprovedBill, inDays, issueArgs, registerKey, releasesFor, signedAct, type Actor, type Cast } from '../support/ledger-actors.ts'
import { refuses } from '../support/refuses.ts'
import { replacesBills } from './replacement.ts'
import { copesWithTroubles } from './troubles.ts'

/** What every ledger must do. Runs on the embedded ledger, and on any other that implements the port. */
export function behavesLikeALedger(name: string, open: () => Promise<{ ledger: Ledger; registrar: Actor; close(): Promise<void> }>): void {
  describe(name, () => {
    let ledger: Ledger
    let cast: Cast
    let close: () => Promise<void>
    before(async () => {
      const opened = await open()
      ledger = opened.ledger
      close = () => opened.close()
      cast = await aCast(ledger, opened.registrar)
    })
    after(() => close())

    const read = async (billId: BillId): Promise<Title> => {
      const title = await ledger.read(billId)
      if (!title) throw new Error('the bill is not on the ledger')
      return title
    }
    const offer = (billId: BillId, from: Actor, to: Actor) => act(ledger, { by: from, action: 'offerPossession', subject: billId, args: { to: to.partyId, expiresAt: inDays(2) } })
    const accept = (billId: BillId, by: Actor) => act(ledger, { by, action: 'acceptOffer', subject: billId, args: {} })
    const pledge = async (billId: BillId) => {
      await act(ledger, { by: cast.shipper, action: 'proposePledge', subject: billId, args: { pledgee: cast.bank.partyId, termsHash: aHash() } })
      await act(ledger, { by: cast.bank, action: 'acceptPledge', subject: billId, args: { filingHash: aHash() } })
    }
    const surrender = async (billId: BillId, by: Actor, purpose: 'delivery' | 'amendment' = 'delivery') =>
      act(ledger, { by, action: 'requestSurrender', subject: billId, args: { purpose, reason: null } })

    describe('issue', () => {
      it('gives an approved bill to its shipper', async () => {
        const { billId } = await aBill(ledger, cast)
        const title = await read(billId)
        expect(title.state).to.deep.equal({ name: 'ISSUED' })
        expect(title.titleholder).to.equal(cast.shipper.partyId)
        expect(title.possessor).to.equal(cast.shipper.partyId)
      })
      for (const kind of ['straight', 'to-named-order', 'blank'] as const) {
        it(`starts a ${kind} bill with its own titleholder`, async () => {
          const title = await read((await aBill(ledger, cast, { kind })).billId)
          expect(title.titleholder).to.equal({ straight: cast.consignee.partyId, 'to-named-order': cast.bank.partyId, blank: 'BLANK' }[kind])
          expect(title.possessor).to.equal(cast.shipper.partyId)
        })
      }
      const wrong: [string, RefusalCode, (given: { docHash: ReturnType<typeof aHash> }) => Partial<ReturnType<typeof issueArgs>>][] = [
        ['another document than the approved one', 'wrong-document-hash', () => ({ docHash: aHash() })],
        ['no box at all', 'no-containers', () => ({ containers: [], received: [] })],
        ['a box twice', 'duplicate-container', () => { const box = aContainer(); return { containers: [box, box] } }],
        ['a box that was not received', 'container-not-received', () => ({ containers: [aContainer()], received: [] })],
        ['a titleholder that does not fit the kind', 'kind-mismatch', () => ({ titleholder: cast.thief.partyId })],
      ]
      for (const [what, code, change] of wrong) {
        it(`refuses ${what}`, async () => {
          const { billId, docHash } = await anApprovedBill(ledger, cast)
          await refuses(code, () => act(ledger, { by: cast.carrier, action: 'issue', subject: billId, with: [cast.carrierSecond], args: { ...issueArgs(cast, docHash), ...change({ docHash }) } }))
          expect((await read(billId)).state.name).to.equal('APPROVED')
        })
      }
      it('T-10 refuses a single person', async () => {
        const { billId, docHash } = await anApprovedBill(ledger, cast)
        await refuses('second-person-required', () => act(ledger, { by: cast.carrier, action: 'issue', subject: billId, args: issueArgs(cast, docHash) }))
      })
      it('refuses the same person with a second key as the second person', async () => {
        const sameAgain = { ...(await anActor(cast.carrier.partyId)), person: cast.carrier.person }
        await registerKey(ledger, sameAgain, cast.carrier, ['title'])
        const { billId, docHash } = await anApprovedBill(ledger, cast)
        await refuses('second-person-required', () => act(ledger, { by: cast.carrier, action: 'issue', subject: billId, with: [sameAgain], args: issueArgs(cast, docHash) }))
      })
      it('refuses anybody but the carrier the shipper approved', async () => {
        const { billId, docHash } = await anApprovedBill(ledger, cast)
        const accomplice = await secondOf(cast.thief)
        await refuses('not-carrier', () => act(ledger, { by: cast.thief, action: 'issue', subject: billId, with: [cast.carrier, cast.carrierSecond, accomplice], args: issueArgs(cast, docHash) }))
      })
      it('refuses a bill nobody approved', () => refuses('unknown-bill', () => act(ledger, { by: cast.carrier, action: 'issue', subject: aBillId(), with: [cast.carrierSecond], args: issueArgs(cast, aHash()) })))
      it('T-2 refuses to issue twice', async () => {
        const { billId } = await aBill(ledger, cast)
        const { docHash } = await read(billId)
        await refuses('not-approved', () => act(ledger, { by: cast.carrier, action: 'issue', subject: billId, with: [cast.carrierSecond], args: issueArgs(cast, docHash) }))
      })
      it('refuses a document that was issued before, under any other number', async () => {
        const { billId } = await aBill(ledger, cast)
        const { docHash } = await read(billId)
        await refuses('document-already-issued', () => act(ledger, { by: cast.shipper, action: 'approve', subject: aBillId(), args: { docHash, kind: 'to-order', negotiable: true, carrier: cast.carrier.partyId } }))
      })
      it('refuses a box that is on another live bill, and takes it once that bill is accomplished', async () => {
        const { billId, containers } = await aBill(ledger, cast)
        const next = await anApprovedBill(ledger, cast)
        const again = () => act(ledger, { by: cast.carrier, action: 'issue', subject: next.billId, with: [cast.carrierSecond], args: issueArgs(cast, next.docHash, { containers }) })
        const refusal = await refuses('container-on-live-bill', again)
        expect(refusal.detail).to.include({ billId })
        await deliverAll(billId, containers, cast.shipper)
        await again()
      })
      it('T-2 lets exactly one of 50 concurrent issues have a box they share', async () => {
        const box = aContainer()
        const bills = await Promise.all(Array.from({ length: 50 }, () => anApprovedBill(ledger, cast)))
        const outcomes = await Promise.allSettled(bills.map(({ billId, docHash }) =>
          act(ledger, { by: cast.carrier, action: 'issue', subject: billId, with: [cast.carrierSecond], args: issueArgs(cast, docHash, { containers: [box, aContainer()] }) })))
        expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).to.have.length(1)
        const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [(outcome.reason as { code: string }).code] : []))
        expect(new Set(reasons)).to.deep.equal(new Set(['container-on-live-bill']))
      })
    })

    describe('the command', () => {
      const blank = async () => (await aBill(ledger, cast, { kind: 'blank' })).billId
      const args = () => ({ to: cast.buyer.partyId, expiresAt: inDays(2) })
      it('T-15 gives the first receipt when it comes again', async () => {
        const subject = await blank()
        const signed = await signedAct(ledger, { by: cast.shipper, action: 'offerPossession', subject, args: args() })
        const first = await ledger.submit(signed)
        const second = await ledger.submit(signed)
        expect(first.repeated).to.equal(false)
        expect(second).to.deep.equal({ ...first, repeated: true })
        expect(await ledger.status(signed.command)).to.deep.equal({ state: 'recorded', receipt: second })
        expect((await read(subject)).seq).to.equal(3)
      })
      it('is refused with other bytes under a used id', async () => {
        const subject = await blank()
        const signed = await signedAct(ledger, { by: cast.shipper, action: 'offerPossession', subject, args: args() })
        await ledger.submit(signed)
        await refuses('command-id-reused', () => act(ledger, { by: cast.shipper, action: 'withdrawOffer', subject, args: {}, but: { commandId: signed.command.commandId } }))
      })
      const wrong: [string, RefusalCode, Parameters<typeof act>[1]['but']][] = [
        ['for another network', 'wrong-network', { network: 'elsewhere' }],
        ['with a stale sequence', 'stale-sequence', { expects: 1 }],
        ['with another head', 'stale-head', { prevHash: aHash() }],
        ['after its end', 'command-expired', { at: '2026-01-01T00:00:00.000Z' as never, notAfter: '2026-01-01T01:00:00.000Z' as never }],
        ['from the future', 'command-from-the-future', { at: inDays(1), notAfter: inDays(2) }],
        ['that would live for a month', 'expiry-too-far', { notAfter: inDays(30) }],
        ['about a party, when it is about a bill', 'malformed-command', undefined],
        ['with an unknown action', 'unknown-action', { action: 'steal' }],
        ['named after something every object has', 'unknown-action', { action: 'constructor' }],
        ['with an argument too many', 'malformed-command', { args: { to: 'p'.padEnd(33, '0'), expiresAt: inDays(1), fee: 1 } }],
      ]
      for (const [what, code, but] of wrong) {
        it(`is refused ${what}`, async () => {
          const subject = code === 'malformed-command' && but === undefined ? (cast.shipper.partyId as never) : await blank()
          await refuses(code, () => act(ledger, { by: cast.shipper, action: 'offerPossession', subject, args: args(), ...(but ? { but } : {}) }))
        })
      }
      it('is refused when an argument was changed after signing', async () => {
        const subject = await blank()
        const signed = await signedAct(ledger, { by: cast.shipper, action: 'offerPossession', subject, args: args() })
        await refuses('bad-signature', () => ledger.submit({ ...signed, command: { ...signed.command, args: { ...signed.command.args, to: cast.thief.partyId } } }))
      })
      it('is refused when somebody else’s key signed it', async () => {
        const subject = await blank()
        await refuses('key-not-of-party', () => act(ledger, { by: { ...cast.thief, partyId: cast.shipper.partyId }, action: 'offerPossession', subject, args: args() }))
      })
      it('is refused with a signature copied from another command', async () => {
        const [one, other] = [await blank(), await blank()]
        const signed = await signedAct(ledger, { by: cast.shipper, action: 'offerPossession', subject: one, args: args() })
        const target = await signedAct(ledger, { by: cast.shipper, action: 'offerPossession', subject: other, args: args() })
        await refuses('bad-signature', () => ledger.submit({ ...target, signatures: signed.signatures }))
      })
      it('is refused with the same signature twice', async () => {
        const subject = await blank()
        await refuses('duplicate-signature', () => act(ledger, { by: cast.shipper, with: [cast.shipper], action: 'offerPossession', subject, args: args() }))
      })
      it('is refused by a party the ledger does not know', async () => {
        await refuses('unknown-party', async () => act(ledger, { by: await anActor(), action: 'acceptOffer', subject: await blank(), args: {} }))
      })
      for (const [what, input] of Object.entries({ nothing: null, text: 'transfer please', 'an empty object': {}, 'a polluted prototype': JSON.parse('{"__proto__":{"command":{}},"signatures":[]}') as unknown, 'a huge number of signatures': { command: {}, signatures: Array.from({ length: 10_000 }, () => ({})) } })) {
        it(`refuses ${what} as malformed`, () => refuses('malformed-command', () => ledger.submit(input as never)))
      }
    })

    describe('possession and endorsement', () => {
      it('moves only when the recipient accepts', async () => {
        const { billId } = await aBill(ledger, cast)
        await act(ledger, { by: cast.shipper, action: 'endorse', subject: billId, args: { to: cast.buyer.partyId, manner: 'to-order' } })
        await offer(billId, cast.shipper, cast.buyer)
        expect((await read(billId)).possessor).to.equal(cast.shipper.partyId)
        await refuses('not-recipient', () => accept(billId, cast.thief))
        await accept(billId, cast.buyer)
        const title = await read(billId)
        expect([title.titleholder, title.possessor]).to.deep.equal([cast.buyer.partyId, cast.buyer.partyId])
      })
      it('T-1 lets exactly one of 50 concurrent offers of one bill through', async () => {
        const { billId } = await aBill(ledger, cast, { kind: 'blank' })
        const signed = await Promise.all(Array.from({ length: 50 }, () => signedAct(ledger, { by: cast.shipper, action: 'offerPossession', subject: billId, args: { to: cast.buyer.partyId, expiresAt: inDays(1) } })))
        const outcomes = await Promise.allSettled(signed.map((command) => ledger.submit(command)))
        expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).to.have.length(1)
        for (const outcome of outcomes) if (outcome.status === 'rejected') expect((outcome.reason as { code: string }).code).to.equal('stale-sequence')
      })
      it('gives both pointers back when an endorsed offer is rejected', async () => {
        const { billId } = await aBill(ledger, cast)
        await act(ledger, { by: cast.shipper, action: 'endorse', subject: billId, args: { to: cast.buyer.partyId, manner: 'to-order' } })
        await offer(billId, cast.shipper, cast.buyer)
        await act(ledger, { by: cast.buyer, action: 'rejectOffer', subject: billId, args: { reason: 'wrong goods' } })
        const title = await read(billId)
        expect([title.titleholder, title.possessor, title.endorsable]).to.deep.equal([cast.shipper.partyId, cast.shipper.partyId, true])
      })
      it('locks the bill while an offer is open, until it is withdrawn', async () => {
        const { billId } = await aBill(ledger, cast)
        await offer(billId, cast.shipper, cast.buyer)
        await refuses('offer-open', () => act(ledger, { by: cast.shipper, action: 'endorse', subject: billId, args: { to: cast.buyer.partyId, manner: 'to-order' } }))
        await refuses('offer-open', () => surrender(billId, cast.shipper))
        await refuses('not-possessor', () => act(ledger, { by: cast.thief, action: 'withdrawOffer', subject: billId, args: {} }))
        await act(ledger, { by: cast.shipper, action: 'withdrawOffer', subject: billId, args: {} })
        await act(ledger, { by: cast.shipper, action: 'endorse', subject: billId, args: { to: cast.buyer.partyId, manner: 'to-order' } })
      })
      it('refuses an offer to oneself, to nobody known, already over, or open for months', async () => {
        const { billId } = await aBill(ledger, cast)
        const to = async (party: string, expiresAt = inDays(1)) => act(ledger, { by: cast.shipper, action: 'offerPossession', subject: billId, args: { to: party as never, expiresAt } })
        await refuses('same-party', () => to(cast.shipper.partyId))
        await refuses('recipient-unknown', () => to(`p${'0'.repeat(32)}`))
        await refuses('offer-expired', () => to(cast.buyer.partyId, inDays(-1)))
        await refuses('expiry-too-far', () => to(cast.buyer.partyId, inDays(60)))
        await refuses('no-offer', () => accept(billId, cast.buyer))
      })
      it('T-8 ends the chain with an endorsement by name', async () => {
        const { billId } = await aBill(ledger, cast)
        await act(ledger, { by: cast.shipper, action: 'endorse', subject: billId, args: { to: cast.buyer.partyId, manner: 'named' } })
        await offer(billId, cast.shipper, cast.buyer)
        await accept(billId, cast.buyer)
        await refuses('endorsement-final', () => act(ledger, { by: cast.buyer, action: 'endorse', subject: billId, args: { to: cast.thief.partyId, manner: 'to-order' } }))
      })
      it('T-8 refuses an endorser who is not the last endorsee', async () => {
        const { billId } = await aBill(ledger, cast)
        await refuses('not-possessor', () => act(ledger, { by: cast.thief, action: 'endorse', subject: billId, args: { to: cast.thief.partyId, manner: 'to-order' } }))
        await act(ledger, { by: cast.shipper, action: 'endorse', subject: billId, args: { to: cast.buyer.partyId, manner: 'to-order' } })
        await refuses('not-titleholder', () => act(ledger, { by: cast.shipper, action: 'endorse', subject: billId, args: { to: cast.thief.partyId, manner: 'to-order' } }))
      })
      it('lets whoever possesses a blank bill turn it into an order bill', async () => {
        const { billId } = await aBill(ledger, cast, { kind: 'blank' })
        await offer(billId, cast.shipper, cast.buyer)
        await accept(billId, cast.buyer)
        await act(ledger, { by: cast.buyer, action: 'endorse', subject: billId, args: { to: cast.consignee.partyId, manner: 'to-order' } })
        expect((await read(billId)).titleholder).to.equal(cast.consignee.partyId)
      })
      it('T-16 refuses to endorse a straight bill, and hands it only to its consignee', async () => {
        const { billId } = await aBill(ledger, cast, { kind: 'straight' })
        await refuses('bill-straight', () => act(ledger, { by: cast.shipper, action: 'endorse', subject: billId, args: { to: cast.buyer.partyId, manner: 'to-order' } }))
        await refuses('only-to-consignee', () => offer(billId, cast.shipper, cast.buyer))
        await refuses('not-titleholder', () => act(ledger, { by: cast.shipper, action: 'proposePledge', subject: billId, args: { pledgee: cast.bank.partyId, termsHash: aHash() } }))
        await offer(billId, cast.shipper, cast.consignee)
        await accept(billId, cast.consignee)
      })
      it('moves a waybill-like bill nowhere and delivers it to its consignee by identity', async () => {
        const { billId, containers } = await aBill(ledger, cast, { kind: 'straight', negotiable: false })
        await refuses('not-negotiable', () => offer(billId, cast.shipper, cast.consignee))
        await refuses('not-titleholder', () => surrender(billId, cast.shipper))
        await refuses('not-pledgeable', () => act(ledger, { by: cast.consignee, action: 'proposePledge', subject: billId, args: { pledgee: cast.bank.partyId, termsHash: aHash() } }))
        await deliverAll(billId, containers, cast.consignee)
      })
      it('refuses to call an order bill non-negotiable', () => refuses('kind-mismatch', () => anApprovedBill(ledger, cast, { kind: 'to-order', negotiable: false })))
    })

    describe('pledge', () => {
      it('T-4 gives the bank control and locks the bill', async () => {
        const { billId } = await aBill(ledger, cast)
        await pledge(billId)
        expect((await read(billId)).possessor).to.equal(cast.bank.partyId)
        await refuses('pledgee-must-sign', () => act(ledger, { by: cast.shipper, action: 'endorse', subject: billId, args: { to: cast.thief.partyId, manner: 'to-order' } }))
        await refuses('bill-pledged', () => offer(billId, cast.bank, cast.thief))
        await refuses('bill-pledged', () => act(ledger, { by: cast.shipper, action: 'proposePledge', subject: billId, args: { pledgee: cast.otherBank.partyId, termsHash: aHash() } }))
        await refuses('pledgee-must-sign', () => surrender(billId, cast.shipper))
        await refuses('pledgee-must-sign', () => surrender(billId, cast.shipper, 'amendment'))
      })
      it('moves with the bank’s signature', async () => {
        const { billId } = await aBill(ledger, cast)
        await pledge(billId)
        await act(ledger, { by: cast.shipper, action: 'endorse', subject: billId, with: [cast.bank], args: { to: cast.buyer.partyId, manner: 'to-order' } })
        await refuses('not-titleholder', () => act(ledger, { by: cast.shipper, action: 'requestSurrender', subject: billId, with: [cast.bank], args: { purpose: 'delivery', reason: null } }))
        await act(ledger, { by: cast.buyer, action: 'requestSurrender', subject: billId, with: [cast.bank], args: { purpose: 'delivery', reason: null } })
        await act(ledger, { by: cast.carrier, action: 'rejectSurrender', subject: billId, args: { reason: 'freight unpaid' } })
        expect((await read(billId)).possessor).to.equal(cast.bank.partyId)
      })
      it('goes back to the pledgor on release, and only the bank releases', async () => {
        const { billId } = await aBill(ledger, cast)
        await refuses('not-pledged', () => act(ledger, { by: cast.bank, action: 'releasePledge', subject: billId, args: {} }))
        await pledge(billId)
        await refuses('not-pledgee', () => act(ledger, { by: cast.otherBank, action: 'releasePledge', subject: billId, args: {} }))
        await act(ledger, { by: cast.bank, action: 'releasePledge', subject: billId, args: {} })
        const title = await read(billId)
        expect([title.possessor, title.encumbrance.name]).to.deep.equal([cast.shipper.partyId, 'NONE'])
      })
      it('T-17 is only with a bank, only once, and locks from the proposal on', async () => {
        const { billId } = await aBill(ledger, cast)
        await refuses('not-a-bank', () => act(ledger, { by: cast.shipper, action: 'proposePledge', subject: billId, args: { pledgee: cast.thief.partyId, termsHash: aHash() } }))
        await refuses('no-pledge-proposal', () => act(ledger, { by: cast.bank, action: 'acceptPledge', subject: billId, args: { filingHash: aHash() } }))
        await act(ledger, { by: cast.shipper, action: 'proposePledge', subject: billId, args: { pledgee: cast.bank.partyId, termsHash: aHash() } })
        await refuses('pledge-proposed', () => act(ledger, { by: cast.shipper, action: 'proposePledge', subject: billId, args: { pledgee: cast.otherBank.partyId, termsHash: aHash() } }))
        await refuses('pledge-proposed', () => offer(billId, cast.shipper, cast.buyer))
        await refuses('not-pledgee', () => act(ledger, { by: cast.otherBank, action: 'acceptPledge', subject: billId, args: { filingHash: aHash() } }))
        await refuses('not-holder', () => act(ledger, { by: cast.thief, action: 'withdrawPledge', subject: billId, args: {} }))
        await act(ledger, { by: cast.bank, action: 'declinePledge', subject: billId, args: { reason: 'too old' } })
        await act(ledger, { by: cast.shipper, action: 'proposePledge', subject: billId, args: { pledgee: cast.otherBank.partyId, termsHash: aHash() } })
        await act(ledger, { by: cast.shipper, action: 'withdrawPledge', subject: billId, args: {} })
        await offer(billId, cast.shipper, cast.buyer)
      })
    })

    describe('surrender and delivery', () => {
      it('T-5 delivers box by box against codes, each once, and accomplishes the bill with the last', async () => {
        const { billId, containers } = await aBill(ledger, cast)
        const [first, second] = containers
        if (!first || !second) throw new Error('the bill has two boxes')
        await refuses('not-accepted-for-delivery', () => act(ledger, { by: cast.terminal, action: 'deliver', subject: billId, args: { container: first, code: 'ABCDEF' } }))
        await surrender(billId, cast.shipper)
        await refuses('surrender-pending', () => offer(billId, cast.carrier, cast.thief))
        await refuses('not-carrier', async () => act(ledger, { by: cast.thief, action: 'acceptSurrender', subject: billId, args: { freight: 'prepaid', releases: (await releasesFor(billId, containers)).releases } }))
        const { codes, releases } = await releasesFor(billId, containers)
        await refuses('release-codes-incomplete', () => act(ledger, { by: cast.carrier, action: 'acceptSurrender', subject: billId, args: { freight: 'prepaid', releases: releases.slice(1) } }))
        await act(ledger, { by: cast.carrier, action: 'acceptSurrender', subject: billId, args: { freight: 'prepaid', releases } })
        await refuses('bill-surrendered', () => offer(billId, cast.carrier, cast.thief))
        const code = (box: typeof first) => codes.get(box) ?? ''
        await refuses('bad-release-code', () => act(ledger, { by: cast.terminal, action: 'deliver', subject: billId, args: { container: first, code: code(second) } }))
        await refuses('not-delivery-party', () => act(ledger, { by: cast.thief, action: 'deliver', subject: billId, args: { container: first, code: code(first) } }))
        await refuses('container-not-on-bill', () => act(ledger, { by: cast.terminal, action: 'deliver', subject: billId, args: { container: aContainer(), code: 'ABCDEF' } }))
        await act(ledger, { by: cast.terminal, action: 'deliver', subject: billId, args: { container: first, code: code(first) } })
        await refuses('container-already-delivered', () => act(ledger, { by: cast.terminal, action: 'deliver', subject: billId, args: { container: first, code: code(first) } }))
        await act(ledger, { by: cast.carrier, action: 'deliver', subject: billId, args: { container: second, code: code(second) } })
        expect((await read(billId)).state.name).to.equal('ACCOMPLISHED')
        await refuses('bill-accomplished', () => surrender(billId, cast.shipper))
      })
      it('T-19 burns a code once, when the gate that took it offline tells late and another told before', async () => {
        const { billId, containers: [box] } = await aBill(ledger, cast, { containers: [aContainer()] })
        if (!box) throw new Error('the bill has a box')
        await surrender(billId, cast.shipper)
        const { codes, releases } = await releasesFor(billId, [box])
        await act(ledger, { by: cast.carrier, action: 'acceptSurrender', subject: billId, args: { freight: 'prepaid', releases } })
        const burns = await Promise.all([cast.terminal, cast.carrier].map((by) => signedAct(ledger, { by, action: 'deliver', subject: billId, args: { container: box, code: codes.get(box) ?? '' } })))
        const outcomes = await Promise.allSettled(burns.map((signed) => ledger.submit(signed)))
        expect(outcomes.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected'])
        await refuses('bill-accomplished', () => act(ledger, { by: cast.terminal, action: 'deliver', subject: billId, args: { container: box, code: codes.get(box) ?? '' } }))
      })
      it('refuses releases that are wrong, and renews them when they were lost', async () => {
        const { billId, containers } = await aBill(ledger, cast)
        await refuses('no-surrender-request', () => act(ledger, { by: cast.carrier, action: 'rejectSurrender', subject: billId, args: { reason: 'nothing asked' } }))
        await surrender(billId, cast.shipper)
        const old = await releasesFor(billId, containers, inDays(-1))
        await refuses('release-code-expired', () => act(ledger, { by: cast.carrier, action: 'acceptSurrender', subject: billId, args: { freight: 'prepaid', releases: old.releases } }))
        const { releases } = await releasesFor(billId, containers)
        await act(ledger, { by: cast.carrier, action: 'acceptSurrender', subject: billId, args: { freight: 'settled', releases } })
        const renewed = await releasesFor(billId, containers.slice(0, 1))
        await act(ledger, { by: cast.carrier, action: 'renewReleases', subject: billId, args: { releases: renewed.releases } })
        const box = containers[0] as (typeof containers)[number]
        await act(ledger, { by: cast.terminal, action: 'deliver', subject: billId, args: { container: box, code: renewed.codes.get(box) ?? '' } })
        await refuses('container-already-delivered', () => act(ledger, { by: cast.carrier, action: 'renewReleases', subject: billId, args: { releases: renewed.releases } }))
      })
      it('gives the bill back when the carrier rejects', async () => {
        const { billId } = await aBill(ledger, cast, { kind: 'blank' })
        await surrender(billId, cast.shipper)
        await act(ledger, { by: cast.carrier, action: 'rejectSurrender', subject: billId, args: { reason: 'freight unpaid' } })
        const title = await read(billId)
        expect([title.state.name, title.possessor, title.titleholder]).to.deep.equal(['ISSUED', cast.shipper.partyId, 'BLANK'])
      })
      it('takes a bill only from whoever has title and possession', async () => {
        const { billId } = await aBill(ledger, cast, { kind: 'to-named-order' })
        await refuses('not-titleholder', () => surrender(billId, cast.shipper))
        await refuses('not-possessor', () => surrender(billId, cast.bank))
      })
    })

    describe('cancel and reissue', () => {
      it('cancels an issued bill with two people of the carrier and the shipper, and frees its boxes', async () => {
        const { billId, containers } = await aBill(ledger, cast)
        await refuses('second-person-required', () => act(ledger, { by: cast.carrier, action: 'cancel', subject: billId, with: [cast.shipper], args: { reason: 'wrong train' } }))
        await refuses('shipper-must-sign', () => act(ledger, { by: cast.carrier, action: 'cancel', subject: billId, with: [cast.carrierSecond], args: { reason: 'wrong train' } }))
        await act(ledger, { by: cast.carrier, action: 'cancel', subject: billId, with: [cast.carrierSecond, cast.shipper], args: { reason: 'wrong train' } })
        expect((await read(billId)).state).to.deep.equal({ name: 'VOIDED', reason: 'CANCELLED' })
        await refuses('bill-void', () => offer(billId, cast.shipper, cast.buyer))
        await aBill(ledger, cast, { containers })
      })
      it('does not cancel what was endorsed before', async () => {
        const { billId } = await aBill(ledger, cast, { kind: 'blank' })
        await offer(billId, cast.shipper, cast.buyer)
        await accept(billId, cast.buyer)
        await refuses('endorsed-before', () => act(ledger, { by: cast.carrier, action: 'cancel', subject: billId, with: [cast.carrierSecond, cast.shipper], args: { reason: 'wrong train' } }))
      })
      it('T-7 reissues in one act: the old bill void, its successor live with the same boxes', async () => {
        const { billId, containers } = await aBill(ledger, cast)
        const successor = { billId: aBillId(), docHash: aHash(), visualisationHash: aHash() }
        const reissue = () => act(ledger, { by: cast.carrier, action: 'reissue', subject: billId, with: [cast.carrierSecond], args: { successor } })
        await refuses('not-accepted-for-amendment', reissue)
        await surrender(billId, cast.shipper, 'amendment')
        await act(ledger, { by: cast.carrier, action: 'acceptSurrender', subject: billId, args: { freight: 'prepaid', releases: [] } })
        const receipt = await reissue()
        expect(receipt.entries).to.have.length(2)
        const [old, fresh] = [await read(billId), await read(successor.billId)]
        expect(old.state).to.deep.equal({ name: 'VOIDED', reason: 'AMENDED' })
        expect(old.successors).to.deep.equal([successor.billId])
        expect([fresh.state.name, fresh.version, fresh.predecessors, fresh.possessor]).to.deep.equal(['ISSUED', 2, [billId], cast.shipper.partyId])
        expect(Object.keys(fresh.cargo)).to.have.members([...containers])
        await refuses('bill-void', reissue)
        const other = await anApprovedBill(ledger, cast)
        await refuses('container-on-live-bill', () => act(ledger, { by: cast.carrier, action: 'issue', subject: other.billId, with: [cast.carrierSecond], args: issueArgs(cast, other.docHash, { containers }) }))
      })
    })

    replacesBills(() => ({ ledger, cast }))
    copesWithTroubles(() => ({ ledger, cast }))

    describe('parties and keys', () => {
      it('are taken in by the registrar alone', async () => {
        const stranger = await anActor()
        await refuses('registrar-required', () => act(ledger, { by: cast.bank, action: 'registerParty', subject: stranger.partyId, args: { roles: ['bank'], identityHash: aHash() } }))
        await refuses('party-exists', () => act(ledger, { by: cast.registrar, action: 'registerParty', subject: cast.bank.partyId, args: { roles: ['bank'], identityHash: aHash() } }))
        await refuses('unknown-organisation', () => act(ledger, { by: cast.registrar, action: 'registerParty', subject: stranger.partyId, args: { roles: ['bank'], identityHash: aHash(), host: 'NobodyMSP' } }))
      })
      it('get a further key only with an administrator’s signature, not the registrar’s', async () => {
        const second = await anActor(cast.bank.partyId)
        await refuses('approval-missing', () => registerKey(ledger, second, cast.registrar, ['title']))
        await refuses('approval-missing', () => registerKey(ledger, second, cast.thief, ['title']))
        await registerKey(ledger, second, cast.bank, ['title'])
        await refuses('key-exists', () => registerKey(ledger, second, cast.bank, ['title']))
      })
      it('prove possession of the key they register', async () => {
        const second = await anActor(cast.buyer.partyId)
        const { keyId, publicKey } = second.signer
        await refuses('proof-of-possession-missing', () => act(ledger, { by: cast.buyer, action: 'registerKey', subject: cast.buyer.partyId, with: [second], args: { key: { keyId, publicKey, algorithm: 'ES256', person: second.person, purposes: ['title'] } } }))
        const liar = { ...second, signer: { ...second.signer, keyId: cast.thief.signer.keyId } }
        await refuses('key-id-mismatch', () => act(ledger, { by: liar, action: 'registerKey', subject: cast.buyer.partyId, with: [cast.buyer], args: { key: { keyId: cast.thief.signer.keyId, publicKey, algorithm: 'ES256', person: second.person, purposes: ['title'] } } }))
      })
      it('lose what a revoked key could do, at once', async () => {
        const second = await anActor(cast.shipper.partyId)
        await registerKey(ledger, second, cast.shipper, ['title'])
        const { billId } = await aBill(ledger, cast, { kind: 'blank' })
        await refuses('last-admin-key', () => act(ledger, { by: cast.shipper, action: 'revokeKey', subject: cast.shipper.partyId, args: { keyId: cast.shipper.signer.keyId, reason: 'lost' } }))
        await refuses('approval-missing', () => act(ledger, { by: cast.thief, action: 'revokeKey', subject: cast.shipper.partyId, args: { keyId: second.signer.keyId, reason: 'spite' } }))
        await act(ledger, { by: cast.shipper, action: 'revokeKey', subject: cast.shipper.partyId, args: { keyId: second.signer.keyId, reason: 'left the company' } })
        await refuses('key-revoked', () => offer(billId, second, cast.buyer))
      })
      it('cannot act on title with a key made for administration only', async () => {
        const clerk = await anActor(cast.shipper.partyId)
        await registerKey(ledger, clerk, cast.shipper, ['admin'])
        const { billId } = await aBill(ledger, cast, { kind: 'blank' })
        await refuses('key-lacks-purpose', () => offer(billId, clerk, cast.buyer))
      })
    })

    describe('time', () => {
      it('T-9 is the ledger’s own, never before the last entry’s, whatever the signer’s clock says', async () => {
        const { billId } = await aBill(ledger, cast, { kind: 'blank' })
        await act(ledger, { by: cast.shipper, action: 'offerPossession', subject: billId, args: { to: cast.buyer.partyId, expiresAt: inDays(2) }, but: { at: inDays(-2), notAfter: inDays(1) } })
        const times = (await ledger.history(billId)).map(({ recordedAt }) => recordedAt)
        expect([...times].sort()).to.deep.equal(times)
        expect(Math.abs(Date.parse(times.at(-1) ?? '') - Date.now())).to.be.lessThan(60_000)
      })
    })

    describe('the log', () => {
      it('chains every entry of a bill by hash', async () => {
        const { billId } = await aBill(ledger, cast)
        await offer(billId, cast.shipper, cast.buyer)
        const entries = await ledger.history(billId)
        expect(entries.map((entry) => entry.seq)).to.deep.equal([1, 2, 3])
        let previous = '0'.repeat(64)
        for (const { hash, ...body } of entries) {
          expect(body.prevHash).to.equal(previous)
          expect(createHash('sha256').update(canonicalJson(body)).digest('hex')).to.equal(hash)
          previous = hash
        }
        expect((await read(billId)).headHash).to.equal(previous)
      })
      it('is followed from any position on, each record once and in order, on into what comes', async () => {
        const { position } = await ledger.health()
        const known = await aBill(ledger, cast)
        const stop = new AbortController()
        const seen: { position: number; commandId: string }[] = []
        const coming: { last: string | null } = { last: null }
        const following = (async () => {
          for await (const record of ledger.follow(position, stop.signal)) {
            seen.push(record)
            if (record.commandId === coming.last) stop.abort()
          }
        })()
        const next = await aBill(ledger, cast)
        const { commandId } = (await act(ledger, { by: cast.shipper, action: 'endorse', subject: next.billId, args: { to: 'BLANK', manner: 'blank' } })).entries[0]?.signed.command ?? {}
        coming.last = commandId ?? null
        if (seen.some((record) => record.commandId === commandId)) stop.abort()
        await following
        const recorded = [...(await ledger.history(known.billId)), ...(await ledger.history(next.billId))].map(({ signed }) => signed.command.commandId as string)
        expect(seen.map((record) => record.commandId)).to.deep.equal(recorded)
        expect(seen.map((record) => record.position)).to.deep.equal(seen.map((record) => record.position).toSorted((one, other) => one - other))
        expect(new Set(seen.map((record) => record.position)).size).to.equal(5)
      })
      it('T-15 has nothing of what was refused', async () => {
        const { billId } = await aBill(ledger, cast)
        const before = await ledger.health()
        await refuses('not-possessor', () => offer(billId, cast.thief, cast.buyer))
        expect((await ledger.health()).position).to.equal(before.position)
      })
    })

    async function deliverAll(billId: BillId, containers: Parameters<typeof releasesFor>[1], holder: Actor): Promise<void> {
      await surrender(billId, holder)
      const { codes, releases } = await releasesFor(billId, containers)
      await act(ledger, { by: cast.carrier, action: 'acceptSurrender', subject: billId, args: { freight: 'prepaid', releases } })
      for (const container of containers) await act(ledger, { by: cast.terminal, action: 'deliver', subject: billId, args: { container, code: codes.get(container) ?? '' } })
    }

    async function secondOf(actor: Actor): Promise<Actor> {
      const second = await anActor(actor.partyId)
      await registerKey(ledger, second, actor, ['title'])
      return second
    }
  })
}
