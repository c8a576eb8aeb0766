import { expect } from 'chai'
import fc from 'fast-check'
import type { ActionName, ArgsOf } from './actions/index.ts'
import { evolveTitle, isTitleEvent } from './evolve.ts'
import { withCheckDigit } from './identifiers/container-number.ts'
import type { BillId, Hash } from './ids.ts'
import { Refusal } from './refusal.ts'
import { aBillId, aHash, aPledgedTitle, aTitle, decided, idOf, now, type Who } from './testing.ts'
import { isLive, isOnPaper, pledgeInForce, type Title } from './title.ts'

/** Bills that take each other's place again and again: whatever the order, no box and nothing in it is lost, doubled or changed on the way. */
describe('the goods on bills that are replaced', () => {
  const boxes = Array.from({ length: 8 }, (_, index) => withCheckDigit(`TBJU${String(index + 1).padStart(6, '0')}`))
  const contents = Object.fromEntries(boxes.map((box, index) => [box, aHash(100 + index)]))

  class World {
    readonly bills = new Map<BillId, Title>()
    #serial = 1000

    constructor(titles: readonly Title[]) {
      for (const title of titles) this.bills.set(title.billId, title)
    }

    /** Whether the act went through. */
    act<N extends ActionName>(by: Who, action: N, title: Title, args: ArgsOf<N>): boolean {
      try {
        for (const event of decided(action, args, { by, title, bills: [...this.bills.values()] })) {
          if (!isTitleEvent(event)) continue
          const before = this.bills.get(event.billId) ?? null
          this.bills.set(event.billId, evolveTitle(before, event, { seq: (before?.seq ?? 0) + 1, hash: this.#hash(), recordedAt: now }))
        }
        return true
      } catch (error) {
        if (error instanceof Refusal) return false
        throw error
      }
    }

    live(): Title[] {
      return [...this.bills.values()].filter(isLive)
    }

    successor(): { billId: BillId; docHash: Hash; visualisationHash: Hash } {
      return { billId: aBillId(++this.#serial), docHash: this.#hash(), visualisationHash: this.#hash() }
    }

    #hash(): Hash {
      return aHash(++this.#serial)
    }
  }

  const step = fc.record({ bill: fc.nat(20), other: fc.nat(20), kind: fc.constantFrom('split', 'combine', 'reissue', 'switchBill', 'toPaper', 'fromPaper'), cut: fc.array(fc.nat(3), { minLength: 8, maxLength: 8 }), honest: fc.integer({ min: 0, max: 4 }) })
  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never
  const reasons = { split: 'SPLIT', combine: 'COMBINE', reissue: null, switchBill: 'SWI', toPaper: 'SWTP', fromPaper: null } as const

  function surrendered(world: World, title: Title, kind: Step['kind']): Title {
    world.act('shipper', 'requestSurrender', title, { purpose: 'amendment', reason: reasons[kind] })
    const pending = world.bills.get(title.billId) as Title
    world.act('carrier', 'acceptSurrender', pending, { freight: 'prepaid', releases: [] })
    return world.bills.get(title.billId) as Title
  }

  /** One replacement, sometimes with a box too many or too few: those must be refused. */
  function take(world: World, drawn: Step): boolean {
    const live = world.live()
    const wanted = live.filter((title) => isOnPaper(title) === (drawn.kind === 'fromPaper'))
    const chosen = wanted[drawn.bill % Math.max(1, wanted.length)]
    if (!chosen) return false
    if (drawn.kind === 'fromPaper') {
      const serials = chosen.medium.name === 'PAPER' ? [...chosen.medium.serials].slice(drawn.honest === 0 ? 1 : 0) : []
      const holder = idOf(pledgeInForce(chosen) ? 'bank' : 'shipper')
      return world.act('carrier', 'fromPaper', chosen, { successor: world.successor(), serials, statementHash: aHash(7), holder, titleholder: idOf('shipper'), endorsable: true })
    }
    const title = surrendered(world, chosen, drawn.kind)
    const own = Object.keys(title.cargo) as typeof boxes
    if (drawn.kind === 'split') {
      const parts = [0, 1, 2, 3].map((part) => own.filter((_, index) => drawn.cut[index] === part)).filter((part) => part.length > 0)
      if (drawn.honest === 0) parts[0]?.push(boxes[drawn.other % boxes.length] as (typeof boxes)[number])
      if (drawn.honest === 1) parts[0]?.pop()
      return parts.length > 1 && world.act('carrier', 'split', title, { successors: parts.map((containers) => ({ ...world.successor(), fixedPartHash: aHash(8), containers })) })
    }
    if (drawn.kind === 'combine') {
      const rest = live.filter((bill) => bill.billId !== title.billId && !isOnPaper(bill))
      const others = [...new Set([drawn.other, drawn.other + 1].flatMap((index) => rest[index % Math.max(1, rest.length)] ?? []))].map((bill) => surrendered(world, bill, 'combine'))
      return world.act('carrier', 'combine', title, { others: others.map(({ billId, seq, headHash }) => ({ billId, expects: seq, prevHash: headHash })), successor: { ...world.successor(), fixedPartHash: aHash(9) } })
    }
    if (drawn.kind === 'switchBill') return world.act('carrier', 'switchBill', title, { successor: { ...world.successor(), fixedPartHash: drawn.honest === 0 ? aHash(10) : title.fixedPartHash as Hash } })
    if (drawn.kind === 'toPaper') return world.act('carrier', 'toPaper', title, { originals: ['A001-1', 'A001-2', 'A001-3'].slice(0, 1 + (drawn.other % 3)).map((serial) => ({ serial, visualisationHash: aHash(11) })) })
    return world.act('carrier', 'reissue', title, { successor: world.successor() })
  }

  /** A bill that was given back for what did not come about is replaced by its equal. */
  function giveUp(world: World): void {
    for (const title of world.live()) if (title.state.name === 'SURRENDERED_FOR_AMENDMENT') expect(world.act('carrier', 'reissue', title, { successor: world.successor() })).to.equal(true)
  }

  for (const [what, pledge] of [['free', null], ['pledged', pledgeInForce(aPledgedTitle())]] as const) {
    it(`T-13 stay the same boxes with the same contents, each on one live bill, on whichever medium (T-2, T-12): ${what}`, () => {
      const done = new Map<string, number>()
      fc.assert(fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
        const base = pledge ? aPledgedTitle() : aTitle()
        const world = new World([0, 1].map((half) => {
          const own = boxes.slice(half * 4, half * 4 + 4)
          return { ...base, billId: aBillId(half + 1), cargo: Object.fromEntries(own.map((box) => [box, { name: 'RECEIVED' as const }])), contents: Object.fromEntries(own.map((box) => [box, contents[box] as Hash])), docHash: aHash(half + 40) }
        }))
        for (const drawn of steps) {
          if (take(world, drawn)) done.set(drawn.kind, (done.get(drawn.kind) ?? 0) + 1)
          giveUp(world)
          const live = world.live()
          expect(live.flatMap((title) => Object.keys(title.cargo)).sort(), 'every box on one live bill').to.deep.equal([...boxes].sort())
          expect(Object.assign({}, ...live.map((title) => title.contents)), 'contents unchanged').to.deep.equal(contents)
          for (const title of live) expect(Object.keys(title.contents).sort()).to.deep.equal(Object.keys(title.cargo).sort())
          for (const title of live) expect(pledgeInForce(title), 'the pledge follows (T-4)').to.deep.equal(pledge)
          for (const title of world.bills.values()) if (!isLive(title)) expect(pledgeInForce(title), 'and stays on nothing that is void').to.equal(null)
        }
      }), { numRuns: 300 })
      for (const kind of Object.keys(reasons)) expect(done.get(kind) ?? 0, `${kind} went through`).to.be.greaterThan(0)
    })
  }

  it('partial release: a pledged bill is split, then the bank lets go of one part and keeps the other', () => {
    const world = new World([aPledgedTitle({ billId: aBillId(1), cargo: { [boxes[0] as string]: { name: 'RECEIVED' }, [boxes[1] as string]: { name: 'RECEIVED' } } as Title['cargo'] })])
    const title = surrendered(world, world.bills.get(aBillId(1)) as Title, 'split')
    const [kept, freed] = [world.successor(), world.successor()]
    expect(world.act('carrier', 'split', title, { successors: [{ ...kept, fixedPartHash: aHash(8), containers: [boxes[0] as (typeof boxes)[number]] }, { ...freed, fixedPartHash: aHash(9), containers: [boxes[1] as (typeof boxes)[number]] }] })).to.equal(true)
    expect(world.act('bank', 'releasePledge', world.bills.get(freed.billId) as Title, {})).to.equal(true)
    expect(world.bills.get(freed.billId)).to.deep.include({ encumbrance: { name: 'NONE' }, possessor: idOf('shipper'), titleholder: idOf('shipper') })
    expect(world.bills.get(kept.billId)).to.deep.include({ encumbrance: aPledgedTitle().encumbrance, possessor: idOf('bank') })
  })
})
