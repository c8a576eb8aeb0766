import type { ActionName, ArgsOf, BillId, Instant, PartyId, Title } from '@yidan/ledger'
import type { Ledger } from '@yidan/ledger/port'
import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { aBill, aBillId, aContainer, act, aHash, anActor, inDays, registerKey, releasesFor, type Actor, type Cast } from '../support/ledger-actors.ts'
import { refuses } from '../support/refuses.ts'

/** What happens when things go wrong, on any ledger: holds, unpaid debts, second thoughts, lost keys, lost boxes, courts. */
export function copesWithTroubles(stage: () => { readonly ledger: Ledger; readonly cast: Cast }): void {
  const read = async (billId: BillId): Promise<Title> => {
    const title = await stage().ledger.read(billId)
    if (!title) throw new Error('the bill is not on the ledger')
    return title
  }
  type Doing<N extends ActionName> = [by: Actor, action: N, subject: BillId | PartyId, args: ArgsOf<N>, ...others: readonly Actor[]]
  const does = <N extends ActionName>(...[by, action, subject, args, ...others]: Doing<N>) => act(stage().ledger, { by, action, subject, args, with: others })
  const refused = <N extends ActionName>(code: Parameters<typeof refuses>[0], ...doing: Doing<N>) => refuses(code, () => does(...doing))
  const fresh = async (given: Parameters<typeof aBill>[2] = {}) => {
    const bill = await aBill(stage().ledger, stage().cast, given)
    const [first, second] = bill.containers
    if (!first || !second) throw new Error('the bill has two boxes')
    return { ...bill, first, second }
  }
  const pledged = async () => {
    const { cast } = stage()
    const bill = await fresh()
    await does(cast.shipper, 'proposePledge', bill.billId, { pledgee: cast.bank.partyId, termsHash: aHash() })
    await does(cast.bank, 'acceptPledge', bill.billId, { filingHash: aHash() })
    return bill
  }
  const surrendered = async ({ billId, containers }: { billId: BillId; containers: Parameters<typeof releasesFor>[1] }) => {
    const { cast } = stage()
    await does(cast.shipper, 'requestSurrender', billId, { purpose: 'delivery', reason: null })
    const { codes, releases } = await releasesFor(billId, containers)
    await does(cast.carrier, 'acceptSurrender', billId, { freight: 'prepaid', releases })
    return codes
  }
  const endorsedTo = (billId: BillId, to: Actor, ...others: readonly Actor[]) => does(stage().cast.shipper, 'endorse', billId, { to: to.partyId, manner: 'to-order' }, ...others)

  describe('holds', () => {
    const hold = (kind: Title['holds'][number]['kind']) => ({ kind, referenceHash: aHash() })

    it('T-14 stop every transfer from the moment they are placed until whoever placed them lifts them', async () => {
      const { cast } = stage()
      const { billId } = await fresh()
      await does(cast.shipper, 'offerPossession', billId, { to: cast.buyer.partyId, expiresAt: inDays(1) })
      await refused('not-hold-authority', cast.thief, 'placeHold', billId, hold('JUDICIAL'))
      await refused('second-person-required', cast.court, 'placeHold', billId, hold('JUDICIAL'))
      await does(cast.court, 'placeHold', billId, hold('JUDICIAL'), cast.courtSecond)
      await refused('hold-exists', cast.court, 'placeHold', billId, hold('JUDICIAL'), cast.courtSecond)
      await refused('bill-held', cast.buyer, 'acceptOffer', billId, {})
      await refused('not-hold-placer', cast.registrar, 'liftHold', billId, hold('JUDICIAL'), cast.registrarSecond)
      await refused('no-hold', cast.court, 'liftHold', billId, hold('FRAUD'), cast.courtSecond)
      await refused('second-person-required', cast.court, 'liftHold', billId, hold('JUDICIAL'))
      await does(cast.court, 'liftHold', billId, hold('JUDICIAL'), cast.courtSecond)
      await does(cast.buyer, 'acceptOffer', billId, {})
      expect(await read(billId)).to.deep.include({ holds: [], possessor: cast.buyer.partyId })
    })
    it('are several at a time, and the last one lifted frees the bill', async () => {
      const { cast } = stage()
      const { billId } = await fresh()
      await does(cast.shipper, 'placeHold', billId, hold('DISPUTE'))
      await does(cast.customs, 'placeHold', billId, hold('SANCTION'), cast.customsSecond)
      await does(cast.shipper, 'liftHold', billId, hold('DISPUTE'))
      await refused('bill-held', cast.shipper, 'endorse', billId, { to: cast.buyer.partyId, manner: 'to-order' })
      await does(cast.customs, 'liftHold', billId, hold('SANCTION'), cast.customsSecond)
      await endorsedTo(billId, cast.buyer)
    })
    it('of a carrier for its charges stop the boxes and not the bill', async () => {
      const { ledger, cast } = stage()
      const { billId, containers } = await fresh({ kind: 'blank' })
      await does(cast.carrier, 'placeHold', billId, hold('CARRIER_LIEN'))
      await does(cast.shipper, 'offerPossession', billId, { to: cast.buyer.partyId, expiresAt: inDays(1) })
      await does(cast.buyer, 'acceptOffer', billId, {})
      await does(cast.buyer, 'requestSurrender', billId, { purpose: 'delivery', reason: null })
      const { releases } = await releasesFor(billId, containers)
      await refuses('freight-unpaid', () => act(ledger, { by: cast.carrier, action: 'acceptSurrender', subject: billId, args: { freight: 'settled', releases } }))
      await does(cast.carrier, 'liftHold', billId, hold('CARRIER_LIEN'))
      await does(cast.carrier, 'acceptSurrender', billId, { freight: 'settled', releases })
    })
    it('T-11 leave nothing of their reason on the ledger but a hash', async () => {
      const { ledger, cast } = stage()
      const { billId } = await pledged()
      await does(cast.bank, 'placeHold', billId, hold('FRAUD'))
      for (const { events } of await ledger.history(billId)) {
        for (const event of events) expect(Object.keys(event), event.type).not.to.include.members(['amount', 'price', 'name', 'text', 'goods', 'document'])
        for (const value of events.flatMap((event) => Object.values(event) as unknown[])) if (typeof value === 'string') expect(value, 'a random id, a hash, or a word of the rules').to.match(/^[pbk][0-9a-f]{32,40}$|^[0-9a-f]{64}$|^[A-Za-z_-]{1,24}$|^\d{4}-/)
      }
    })
  })

  describe('an unpaid debt', () => {
    it('T-17 ends in a sale by two people of the bank, after the time to pay, to a buyer who signs along, and never with the bank', async () => {
      const { cast } = stage()
      const { billId } = await pledged()
      const soon = () => new Date(Date.now() + 1_500).toISOString() as Instant
      const basis = { basis: 'auction', basisHash: aHash() } as const
      const sale = (to: Actor) => ({ to: to.partyId, proceedsHash: aHash() })
      await refused('not-defaulted', cast.bank, 'enforcePledge', billId, basis, cast.bankSecond)
      await refused('not-defaulted', cast.bank, 'cureDefault', billId, {})
      await refused('cure-period-over', cast.bank, 'declareDefault', billId, { noticeHash: aHash(), curesAt: inDays(-1) })
      await does(cast.bank, 'declareDefault', billId, { noticeHash: aHash(), curesAt: inDays(2) })
      await refused('already-defaulted', cast.bank, 'declareDefault', billId, { noticeHash: aHash(), curesAt: inDays(2) })
      await refused('cure-period-running', cast.bank, 'enforcePledge', billId, basis, cast.bankSecond)
      await does(cast.bank, 'cureDefault', billId, {})
      await does(cast.bank, 'declareDefault', billId, { noticeHash: aHash(), curesAt: soon() })
      await refused('not-enforcing', cast.bank, 'sellEnforced', billId, sale(cast.buyer), cast.bankSecond, cast.buyer)
      await sleep(1_700)
      await refused('second-person-required', cast.bank, 'enforcePledge', billId, basis)
      await does(cast.bank, 'enforcePledge', billId, basis, cast.bankSecond)
      await refused('already-enforcing', cast.bank, 'enforcePledge', billId, basis, cast.bankSecond)
      await refused('buyer-must-sign', cast.bank, 'sellEnforced', billId, sale(cast.buyer), cast.bankSecond)
      await refused('pledgee-cannot-keep', cast.bank, 'sellEnforced', billId, sale(cast.bank), cast.bankSecond)
      await does(cast.bank, 'sellEnforced', billId, sale(cast.buyer), cast.bankSecond, cast.buyer)
      expect(await read(billId)).to.deep.include({ titleholder: cast.buyer.partyId, possessor: cast.buyer.partyId, encumbrance: { name: 'NONE' } })
      await does(cast.buyer, 'endorse', billId, { to: cast.consignee.partyId, manner: 'to-order' })
    })
    it('T-17 passes to another bank only as a whole, both banks signing, and the first has nothing left', async () => {
      const { cast } = stage()
      const { billId } = await pledged()
      const assigned = { to: cast.otherBank.partyId, termsHash: aHash(), filingHash: aHash() }
      await refused('assignee-must-sign', cast.bank, 'assignPledge', billId, assigned)
      await refused('bill-pledged', cast.bank, 'proposePledge', billId, { pledgee: cast.otherBank.partyId, termsHash: aHash() })
      await does(cast.bank, 'assignPledge', billId, assigned, cast.otherBank)
      expect(await read(billId)).to.deep.include({ possessor: cast.otherBank.partyId, titleholder: cast.shipper.partyId })
      await refused('not-pledgee', cast.bank, 'releasePledge', billId, {})
      await refused('pledgee-must-sign', cast.shipper, 'endorse', billId, { to: cast.buyer.partyId, manner: 'to-order' }, cast.bank)
      await does(cast.otherBank, 'releasePledge', billId, {})
    })
    it('T-4 is surrendered for the goods by bank and pledgor together, whoever asks (民法典 442)', async () => {
      const { cast } = stage()
      const { billId } = await pledged()
      await refused('pledgor-must-sign', cast.bank, 'requestSurrender', billId, { purpose: 'delivery', reason: null })
      await does(cast.bank, 'requestSurrender', billId, { purpose: 'delivery', reason: null }, cast.shipper)
      expect((await read(billId)).surrender).to.include({ by: cast.bank.partyId, returnsTo: cast.bank.partyId })
    })
    it('T-16 on a straight bill rests on the carrier’s acknowledgment', async () => {
      const { cast } = stage()
      const { billId } = await fresh({ kind: 'straight' })
      await does(cast.shipper, 'offerPossession', billId, { to: cast.consignee.partyId, expiresAt: inDays(1) })
      await does(cast.consignee, 'acceptOffer', billId, {})
      await does(cast.consignee, 'proposePledge', billId, { pledgee: cast.bank.partyId, termsHash: aHash() })
      await refused('carrier-must-sign', cast.bank, 'acceptPledge', billId, { filingHash: aHash() })
      await does(cast.bank, 'acceptPledge', billId, { filingHash: aHash() }, cast.carrier)
      expect(await read(billId)).to.include({ possessor: cast.bank.partyId, titleholder: cast.consignee.partyId })
    })
  })

  describe('second thoughts', () => {
    it('let an endorsee give title back before possession follows', async () => {
      const { cast } = stage()
      const { billId } = await fresh()
      await endorsedTo(billId, cast.buyer)
      await refused('not-endorsee', cast.thief, 'rejectEndorsement', billId, { reason: null })
      await does(cast.buyer, 'rejectEndorsement', billId, { reason: null })
      expect(await read(billId)).to.include({ titleholder: cast.shipper.partyId, possessor: cast.shipper.partyId })
      await refused('no-endorsement-to-reject', cast.shipper, 'rejectEndorsement', billId, { reason: null })
    })
    it('answer an offer jointly, and wait for it to expire when nobody answers', async () => {
      const { cast } = stage()
      const { billId } = await fresh()
      await endorsedTo(billId, cast.buyer)
      await does(cast.shipper, 'offerPossession', billId, { to: cast.buyer.partyId, expiresAt: new Date(Date.now() + 1_500).toISOString() as Instant })
      await refused('offer-open', cast.buyer, 'rejectEndorsement', billId, { reason: null })
      await sleep(1_700)
      await refused('offer-expired', cast.buyer, 'acceptOffer', billId, {})
      await does(cast.shipper, 'withdrawOffer', billId, {})
      expect(await read(billId)).to.deep.include({ titleholder: cast.shipper.partyId, possessor: cast.shipper.partyId, offer: null })
    })
    it('stop delivery until the holder lets it go on', async () => {
      const { cast } = stage()
      const bill = await fresh()
      const codes = await surrendered(bill)
      await does(cast.shipper, 'stopDelivery', bill.billId, { instructionHash: aHash() })
      const out = { container: bill.first, code: codes.get(bill.first) ?? '' }
      await refused('delivery-stopped', cast.terminal, 'deliver', bill.billId, out)
      await refused('not-holder', cast.carrier, 'resumeDelivery', bill.billId, {})
      await does(cast.shipper, 'resumeDelivery', bill.billId, {})
      await refused('delivery-not-stopped', cast.shipper, 'resumeDelivery', bill.billId, {})
      await does(cast.terminal, 'deliver', bill.billId, out)
    })
    it('T-7 send the goods elsewhere by an amended bill', async () => {
      const { cast } = stage()
      const { billId } = await fresh()
      await does(cast.shipper, 'stopDelivery', billId, { instructionHash: aHash() })
      await does(cast.shipper, 'requestSurrender', billId, { purpose: 'amendment', reason: 'COD' })
      await does(cast.carrier, 'acceptSurrender', billId, { freight: 'prepaid', releases: [] })
      const successor = { billId: aBillId(), docHash: aHash(), visualisationHash: aHash() }
      await does(cast.carrier, 'reissue', billId, { successor }, cast.carrierSecond)
      expect(await read(successor.billId)).to.deep.include({ stop: null, possessor: cast.shipper.partyId })
    })
  })

  describe('lost keys', () => {
    it('freeze their party at once: no act of it passes, and no consent', async () => {
      const { ledger, cast } = stage()
      const careless = await anActor(), found = await anActor(careless.partyId)
      await does(cast.registrar, 'registerParty', careless.partyId, { roles: ['consignee', 'shipper'], identityHash: aHash() })
      await registerKey(ledger, careless, cast.registrar, ['title', 'admin'])
      const { billId } = await fresh()
      await does(cast.shipper, 'offerPossession', billId, { to: careless.partyId, expiresAt: inDays(1) })
      await refused('registrar-required', cast.thief, 'reportKeyLoss', careless.partyId, { referenceHash: aHash() })
      await refused('registrar-not-frozen', cast.registrar, 'reportKeyLoss', cast.registrar.partyId, { referenceHash: aHash() })
      await refused('no-key-loss-report', cast.registrar, 'withdrawKeyLossReport', careless.partyId, {}, cast.registrarSecond)
      await does(careless, 'reportKeyLoss', careless.partyId, { referenceHash: aHash() })
      await refused('party-frozen', careless, 'acceptOffer', billId, {})
      await refuses('party-frozen', () => registerKey(ledger, found, careless, ['title']))
      const { keyId, publicKey } = found.signer
      const rebind = { key: { keyId, publicKey, algorithm: 'ES256' as const, person: found.person, purposes: ['title' as const, 'admin' as const] }, evidenceHash: aHash() }
      await refused('approval-missing', found, 'rebindKeys', careless.partyId, rebind)
      await refused('second-person-required', found, 'rebindKeys', careless.partyId, rebind, cast.registrar)
      await refused('notice-period-running', found, 'rebindKeys', careless.partyId, rebind, cast.registrar, cast.registrarSecond)
      await refused('approval-missing', careless, 'withdrawKeyLossReport', careless.partyId, {})
      await does(careless, 'withdrawKeyLossReport', careless.partyId, {}, cast.registrar)
      await does(careless, 'acceptOffer', billId, {})
    })
    it('of whoever must agree count for nothing either', async () => {
      const { ledger, cast } = stage()
      const { billId } = await pledged()
      await does(cast.registrar, 'reportKeyLoss', cast.bank.partyId, { referenceHash: aHash() })
      await refuses('party-frozen', () => act(ledger, { by: cast.shipper, action: 'endorse', subject: billId, with: [cast.bank], args: { to: cast.buyer.partyId, manner: 'to-order' } }))
      await does(cast.registrar, 'withdrawKeyLossReport', cast.bank.partyId, {}, cast.registrarSecond)
      await endorsedTo(billId, cast.buyer, cast.bank)
    })
  })

  describe('a court', () => {
    it('T-10 ends a bill it holds, by two officers, and gives the goods to the party of its judgment', async () => {
      const { cast } = stage()
      const { billId, containers } = await fresh()
      const successor = { billId: aBillId(), docHash: aHash(), visualisationHash: aHash(), titleholder: cast.buyer.partyId }
      const order = { orderHash: aHash(), successor }
      await refused('no-judicial-hold', cast.court, 'voidByCourt', billId, order, cast.courtSecond)
      await does(cast.court, 'placeHold', billId, { kind: 'JUDICIAL', referenceHash: aHash() }, cast.courtSecond)
      await refused('not-a-court', cast.carrier, 'voidByCourt', billId, order, cast.carrierSecond)
      await refused('second-person-required', cast.court, 'voidByCourt', billId, order)
      await does(cast.court, 'voidByCourt', billId, order, cast.courtSecond)
      expect(await read(billId)).to.deep.include({ state: { name: 'VOIDED', reason: 'COURT' }, successors: [successor.billId] })
      const issued = await read(successor.billId)
      expect(issued).to.deep.include({ titleholder: cast.buyer.partyId, possessor: cast.buyer.partyId, holds: [], predecessors: [billId] })
      expect(Object.keys(issued.cargo)).to.have.members([...containers])
      await refused('bill-void', cast.court, 'liftHold', billId, { kind: 'JUDICIAL', referenceHash: aHash() }, cast.courtSecond)
    })
  })

  describe('lost boxes', () => {
    it('T-18 are told to the pledgee, and do not keep the bill from being surrendered', async () => {
      const { ledger, cast } = stage()
      const { billId, first, second } = await pledged()
      await refused('not-lost', cast.carrier, 'reportLoss', billId, { container: first, condition: 'FOUND', reportHash: aHash() })
      await refused('carrier-must-sign', cast.insurer, 'reportLoss', billId, { container: first, condition: 'LOST', reportHash: aHash() })
      const { entries } = await does(cast.insurer, 'reportLoss', billId, { container: first, condition: 'LOST', reportHash: aHash() }, cast.carrier)
      expect(entries[0]?.events[0]).to.include({ type: 'cargo-reported', pledgee: cast.bank.partyId })
      await refused('container-gone', cast.carrier, 'reportLoss', billId, { container: first, condition: 'DAMAGED', reportHash: aHash() })
      await does(cast.shipper, 'requestSurrender', billId, { purpose: 'delivery', reason: null }, cast.bank)
      const { codes, releases } = await releasesFor(billId, [second])
      await act(ledger, { by: cast.carrier, action: 'acceptSurrender', subject: billId, args: { freight: 'prepaid', releases } })
      await does(cast.terminal, 'deliver', billId, { container: second, code: codes.get(second) ?? '' })
      expect((await read(billId)).state.name, 'not accomplished while the lost box is owed').to.equal('SURRENDERED_FOR_DELIVERY')
      await refused('nothing-to-settle', cast.shipper, 'settleIncident', billId, { container: second })
      await does(cast.shipper, 'settleIncident', billId, { container: first })
      expect((await read(billId)).state.name).to.equal('ACCOMPLISHED')
    })
    it('T-5 that went without the bill leave title where it is, on this bill and the next', async () => {
      const { cast } = stage()
      const { billId, first, second } = await fresh()
      const wrong = { container: first, indemnifier: cast.bank.partyId, indemnityHash: aHash() }
      await refused('indemnifier-must-sign', cast.carrier, 'recordWrongfulDelivery', billId, wrong, cast.carrierSecond)
      await refused('second-person-required', cast.carrier, 'recordWrongfulDelivery', billId, wrong, cast.bank)
      await does(cast.carrier, 'recordWrongfulDelivery', billId, wrong, cast.carrierSecond, cast.bank)
      expect(await read(billId)).to.deep.include({ state: { name: 'ISSUED' }, titleholder: cast.shipper.partyId, possessor: cast.shipper.partyId })
      await refused('container-gone', cast.carrier, 'recordWrongfulDelivery', billId, wrong, cast.carrierSecond, cast.bank)
      await does(cast.shipper, 'requestSurrender', billId, { purpose: 'amendment', reason: 'SPLIT' })
      await does(cast.carrier, 'acceptSurrender', billId, { freight: 'prepaid', releases: [] })
      const parts = [first, second].map((container) => ({ billId: aBillId(), docHash: aHash(), visualisationHash: aHash(), fixedPartHash: aHash(), containers: [container] }))
      await does(cast.carrier, 'split', billId, { successors: parts }, cast.carrierSecond)
      const [one, other] = await Promise.all(parts.map((part) => read(part.billId)))
      expect([one?.cargo[first]?.name, one?.incidents.length, other?.cargo[second]?.name, other?.incidents]).to.deep.equal(['DELIVERED_WITHOUT_BILL', 1, 'RECEIVED', []])
      await does(cast.shipper, 'endorse', one?.billId as BillId, { to: cast.buyer.partyId, manner: 'to-order' })
      await refused('container-not-on-bill', cast.carrier, 'reportLoss', other?.billId as BillId, { container: aContainer(), condition: 'LOST', reportHash: aHash() })
    })
  })
}
