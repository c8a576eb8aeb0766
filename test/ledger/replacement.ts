import { isLive, isOnPaper, pledgeInForce, type ActionName, type ArgsOf, type BillId, type ContainerNumber, type Hash, type Title } from '@yidan/ledger'
import type { Ledger, Receipt } from '@yidan/ledger/port'
import { expect } from 'chai'
import { aBill, aBillId, aContainer, act, aHash, anApprovedBill, issueArgs, signedAct, type Actor, type Cast } from '../support/ledger-actors.ts'
import { refuses } from '../support/refuses.ts'

/** Bills that take each other's place, on any ledger: one command, several streams, all or nothing. */
export function replacesBills(stage: () => { readonly ledger: Ledger; readonly cast: Cast }): void {
  describe('bills that replace each other', () => {
    const read = async (billId: BillId): Promise<Title> => {
      const title = await stage().ledger.read(billId)
      if (!title) throw new Error('the bill is not on the ledger')
      return title
    }
    const successor = () => ({ billId: aBillId(), docHash: aHash(), visualisationHash: aHash() })
    const part = (containers: readonly ContainerNumber[]) => ({ ...successor(), fixedPartHash: aHash(), containers: [...containers] })
    /** By the carrier, with its second person and whoever else must sign. */
    const byCarrier = <N extends ActionName>(action: N, subject: BillId, args: ArgsOf<N>, ...others: readonly Actor[]): Promise<Receipt> => {
      const { ledger, cast } = stage()
      return act(ledger, { by: cast.carrier, action, subject, args, with: [cast.carrierSecond, ...others] })
    }
    const surrendered = async (billId: BillId, reason: string | null, ...others: readonly Actor[]): Promise<void> => {
      const { ledger, cast } = stage()
      await act(ledger, { by: cast.shipper, action: 'requestSurrender', subject: billId, with: [...others], args: { purpose: 'amendment', reason } })
      await act(ledger, { by: cast.carrier, action: 'acceptSurrender', subject: billId, args: { freight: 'prepaid', releases: [] } })
    }
    const pledged = async (billId: BillId): Promise<void> => {
      const { ledger, cast } = stage()
      await act(ledger, { by: cast.shipper, action: 'proposePledge', subject: billId, args: { pledgee: cast.bank.partyId, termsHash: aHash() } })
      await act(ledger, { by: cast.bank, action: 'acceptPledge', subject: billId, args: { filingHash: aHash() } })
    }
    const twoBoxes = async () => {
      const { ledger, cast } = stage()
      const { billId, containers: [first, second] } = await aBill(ledger, cast)
      if (!first || !second) throw new Error('the bill has two boxes')
      return { billId, first, second }
    }
    const boxesHeld = (title: Title) => Object.entries(title.contents).sort()

    it('T-13 splits one into several, box by box, and what is in them stays', async () => {
      const { ledger } = stage()
      const { billId, first, second } = await twoBoxes()
      const parts = [part([first]), part([second])]
      const split = () => byCarrier('split', billId, { successors: parts })
      await surrendered(billId, 'SPLIT')
      await refuses('duplicate-container', () => byCarrier('split', billId, { successors: [part([first]), part([first, second])] }))
      const twice = part([first])
      await refuses('duplicate-successor', () => byCarrier('split', billId, { successors: [twice, { ...twice, containers: [second] }] }))
      const before = await read(billId)
      const receipt = await split()
      expect(receipt.entries.map(({ subject }) => subject)).to.have.members([billId, ...parts.map((one) => one.billId)])
      const [old, one, two] = [await read(billId), await read(parts[0]?.billId as BillId), await read(parts[1]?.billId as BillId)]
      expect(old).to.deep.include({ state: { name: 'VOIDED', reason: 'SPLIT' }, successors: [one.billId, two.billId] })
      expect([...boxesHeld(one), ...boxesHeld(two)].sort()).to.deep.equal(boxesHeld(before))
      for (const title of [one, two]) expect(title).to.deep.include({ state: { name: 'ISSUED' }, predecessors: [billId], possessor: before.surrender?.returnsTo, titleholder: before.titleholder, version: 2 })
      await refuses('bill-void', split)
      expect((await ledger.history(one.billId)).map(({ signed }) => signed.command.subject), 'its first entry is the act on the bill it came from').to.deep.equal([billId])
    })
    it('T-13 leaves no box behind', async () => {
      const { ledger, cast } = stage()
      const { billId, containers: [first, second] } = await aBill(ledger, cast, { containers: [aContainer(), aContainer(), aContainer()] })
      if (!first || !second) throw new Error('the bill has three boxes')
      await surrendered(billId, 'SPLIT')
      await refuses('containers-left-out', () => byCarrier('split', billId, { successors: [part([first]), part([second])] }))
    })
    it('T-2 keeps each box on its own successor after a split', async () => {
      const { ledger, cast } = stage()
      const { billId, first, second } = await twoBoxes()
      const parts = [part([first]), part([second])]
      await surrendered(billId, 'SPLIT')
      await byCarrier('split', billId, { successors: parts })
      const next = await anApprovedBill(ledger, cast)
      const refusal = await refuses('container-on-live-bill', () => byCarrier('issue', next.billId, issueArgs(cast, next.docHash, { containers: [second] })))
      expect(refusal.detail).to.include({ billId: parts[1]?.billId })
    })
    it('T-4 splits a pledged one with the bank, and the bank lets go of one part alone', async () => {
      const { ledger, cast } = stage()
      const { billId, first, second } = await twoBoxes()
      await pledged(billId)
      await refuses('pledgee-must-sign', () => surrendered(billId, 'SPLIT'))
      await surrendered(billId, 'SPLIT', cast.bank)
      const [kept, freed] = [part([first]), part([second])]
      await refuses('pledgee-must-sign', () => byCarrier('split', billId, { successors: [kept, freed] }))
      await byCarrier('split', billId, { successors: [kept, freed] }, cast.bank)
      await act(ledger, { by: cast.bank, action: 'releasePledge', subject: freed.billId, args: {} })
      expect([await read(kept.billId), await read(freed.billId)].map((title) => [title.encumbrance.name, title.possessor])).to.deep.equal([['PLEDGED', cast.bank.partyId], ['NONE', cast.shipper.partyId]])
      expect(pledgeInForce(await read(billId))).to.equal(null)
    })
    it('T-4 amends a pledged one with the bank, and the pledge follows', async () => {
      const { cast } = stage()
      const { billId } = await twoBoxes()
      await pledged(billId)
      await surrendered(billId, 'place of delivery', cast.bank)
      const next = successor()
      await refuses('pledgee-must-sign', () => byCarrier('reissue', billId, { successor: next }))
      const before = pledgeInForce(await read(billId))
      await byCarrier('reissue', billId, { successor: next }, cast.bank)
      expect(pledgeInForce(await read(next.billId))).to.deep.equal(before)
    })
    it('T-13 combines several into one over all their boxes', async () => {
      const { ledger, cast } = stage()
      const bills = [await twoBoxes(), await twoBoxes(), await twoBoxes()]
      const [first, ...rest] = bills.map(({ billId }) => billId)
      if (!first) throw new Error('there are three bills')
      for (const billId of [first, ...rest]) await surrendered(billId, 'COMBINE')
      const before = await Promise.all([first, ...rest].map(read))
      const others = before.slice(1).map(({ billId, seq, headHash }) => ({ billId, expects: seq, prevHash: headHash }))
      const next = { ...successor(), fixedPartHash: aHash() }
      await refuses('stale-head', () => byCarrier('combine', first, { successor: next, others: others.map((other) => ({ ...other, prevHash: aHash() })) }))
      await refuses('stale-sequence', () => byCarrier('combine', first, { successor: next, others: others.map((other) => ({ ...other, expects: 1 })) }))
      await refuses('duplicate-bill', () => byCarrier('combine', first, { successor: next, others: [...others, ...others] }))
      const foreign = await aBill(ledger, cast, { kind: 'blank' })
      await surrendered(foreign.billId, 'COMBINE')
      const { billId, seq, headHash } = await read(foreign.billId)
      await refuses('bills-differ', () => byCarrier('combine', first, { successor: next, others: [{ billId, expects: seq, prevHash: headHash }] }))
      const receipt = await byCarrier('combine', first, { successor: next, others })
      expect(receipt.entries).to.have.length(4)
      const one = await read(next.billId)
      expect(boxesHeld(one)).to.deep.equal(before.flatMap(boxesHeld).sort())
      expect(one.predecessors).to.deep.equal([first, ...rest])
      for (const old of await Promise.all([first, ...rest].map(read))) expect(old).to.deep.include({ state: { name: 'VOIDED', reason: 'COMBINED' }, successors: [next.billId] })
    })
    it('lets exactly one of two combinations have a bill that both name', async () => {
      const { ledger, cast } = stage()
      const [one, two, shared] = [(await twoBoxes()).billId, (await twoBoxes()).billId, (await twoBoxes()).billId]
      for (const billId of [one, two, shared]) await surrendered(billId, 'COMBINE')
      const { seq, headHash } = await read(shared)
      const signed = await Promise.all([one, two].map((subject) => signedAct(ledger, { by: cast.carrier, with: [cast.carrierSecond], action: 'combine', subject, args: { others: [{ billId: shared, expects: seq, prevHash: headHash }], successor: { ...successor(), fixedPartHash: aHash() } } })))
      const outcomes = await Promise.allSettled(signed.map((command) => ledger.submit(command)))
      expect(outcomes.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected'])
      expect((await read(shared)).successors).to.have.length(1)
    })
    it('T-12 switches a set at a third place, over the very same goods', async () => {
      const { billId } = await twoBoxes()
      await surrendered(billId, 'SWI')
      const before = await read(billId)
      const next = { ...successor(), fixedPartHash: before.fixedPartHash as Hash }
      await refuses('fixed-part-changed', () => byCarrier('switchBill', billId, { successor: { ...next, fixedPartHash: aHash() } }))
      await byCarrier('switchBill', billId, { successor: next })
      expect((await read(billId)).state).to.deep.equal({ name: 'VOIDED', reason: 'SWITCHED' })
      expect(boxesHeld(await read(next.billId))).to.deep.equal(boxesHeld(before))
    })
    it('T-12 goes to paper and back, and never lives on both', async () => {
      const { ledger, cast } = stage()
      const { billId, first, second } = await twoBoxes()
      const serials = ['LYLG-77-1', 'LYLG-77-2', 'LYLG-77-3']
      const toPaper = (numbers: readonly string[]) => byCarrier('toPaper', billId, { originals: numbers.map((serial) => ({ serial, visualisationHash: aHash() })) })
      await refuses('not-accepted-for-amendment', () => toPaper(serials))
      await surrendered(billId, 'SWTP')
      await refuses('other-surrender-reason', () => byCarrier('split', billId, { successors: [part([first]), part([second])] }))
      await refuses('duplicate-serial', () => toPaper(['LYLG-77-1', 'LYLG-77-1']))
      await toPaper(serials)
      const out = await read(billId)
      expect([isLive(out), isOnPaper(out), out.medium]).to.deep.equal([true, true, { name: 'PAPER', serials, originals: 3 }])
      await refuses('bill-on-paper', () => act(ledger, { by: cast.shipper, action: 'endorse', subject: billId, args: { to: cast.buyer.partyId, manner: 'to-order' } }))
      const next = await anApprovedBill(ledger, cast)
      await refuses('container-on-live-bill', () => byCarrier('issue', next.billId, issueArgs(cast, next.docHash, { containers: [first] })))

      const back = { successor: successor(), serials, statementHash: aHash(), holder: cast.buyer.partyId, titleholder: cast.buyer.partyId, endorsable: true }
      await refuses('holder-must-sign', () => byCarrier('fromPaper', billId, back))
      await refuses('paper-set-incomplete', () => byCarrier('fromPaper', billId, { ...back, serials: serials.slice(1) }, cast.buyer))
      await byCarrier('fromPaper', billId, back, cast.buyer)
      const [stub, electronic] = [await read(billId), await read(back.successor.billId)]
      expect([isLive(stub), stub.successors]).to.deep.equal([false, [electronic.billId]])
      expect(electronic).to.deep.include({ state: { name: 'ISSUED' }, medium: { name: 'ELECTRONIC' }, titleholder: cast.buyer.partyId, possessor: cast.buyer.partyId, contents: out.contents, predecessors: [billId] })
      await refuses('not-on-paper', () => byCarrier('fromPaper', billId, { ...back, successor: successor() }, cast.buyer))
    })
    it('T-3 refuses to issue while a negotiable document of a sub-carrier is about', async () => {
      const { ledger, cast } = stage()
      const { billId, docHash } = await anApprovedBill(ledger, cast)
      await refuses('negotiable-sub-document', () => byCarrier('issue', billId, { ...issueArgs(cast, docHash), subDocumentsNonNegotiable: false }))
    })
  })
}
