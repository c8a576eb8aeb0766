import { noHash, Refusal, type BillId, type KeyId, type PartyId, type SignedCommand, type Subject, type Title } from '@yidan/ledger'
import type { FabricLedger } from '@yidan/ledger/fabric'
import type { Ledger, Receipt } from '@yidan/ledger/port'
import { signCommand, type Signer } from '@yidan/ledger/signing'
import { expect } from 'chai'
import fc from 'fast-check'
import { setTimeout as pause } from 'node:timers/promises'
import { actOf, firstBills, inItsMood, kind, step, titlesOf } from '../support/histories.ts'
import { anUnknownCast, signedAct, takeIn, type ActedOn, type Cast } from '../support/ledger-actors.ts'
import { openSharedNetwork, type TestNetwork } from '../support/open-fabric.ts'
import { openTestLedger, type OpenedLedger } from '../support/open-ledger.ts'

const runs = Number(process.env['YIDAN_FABRIC_RUNS'] ?? 3)
/** Many are told side by side, each among people of its own: an act waits for its block, and a block takes many acts. */
const lanes = runs < 50 ? 1 : 12
const steps = fc.array(step, { minLength: 10, maxLength: 16 })
/** What ends soon must still run when the slower ledger decides, and be over on both before the next act. */
const endsIn = 6_000

/** Few and short: every act waits for its block. Over the stub, byte by byte and by the hundred, it is `same-history.test.ts`. */
describe('one history on the embedded ledger and on Fabric', function () {
  this.timeout(3_600_000)
  let network: TestNetwork, fabric: FabricLedger, embedded: OpenedLedger, casts: readonly Cast[]
  before(async function () {
    network = await openSharedNetwork(this)
    embedded = await openTestLedger({ registrar: network.registrar })
    fabric = await network.open()
    casts = await Promise.all(Array.from({ length: lanes }, () => anUnknownCast(embedded.registrar)))
    // Only the chaincode knows organisations: parties are taken in by each ledger's own commands.
    // One cast after the other, because all have a second person at the one registrar.
    await Promise.all([embedded.ledger, fabric].map(async (ledger) => {
      for (const cast of casts) await takeIn(ledger, cast)
    }))
  })
  after(async function () {
    await fabric?.close()
    await embedded?.close()
    await network?.close()
  })

  it(`comes out the same, refusal by refusal (${runs} histories)`, async () => {
    const outcomes = new Map<string, number>()
    await Promise.all(casts.map((cast, lane) => tellSome({ cast, numRuns: Math.ceil((runs - lane) / lanes), outcomes })))
    const acts = [...outcomes.values()].reduce((one, other) => one + other, 0), recorded = outcomes.get('recorded') ?? 0
    console.log(`      ${acts} acts, ${recorded} recorded, ${outcomes.size - 1} kinds of refusal`)
    // Histories in which nothing succeeds, or nothing is refused, would prove nothing.
    expect([recorded, acts - recorded].map((some) => some > 0)).to.deep.equal([true, true])
  })

  /** Tells so many histories one after the other, and counts what was said to each act. */
  async function tellSome({ cast, numRuns, outcomes }: { cast: Cast; numRuns: number; outcomes: Map<string, number> }): Promise<void> {
    const { ledger } = embedded
    const submit = async (signed: SignedCommand): Promise<Outcome> => {
      const there = await continuing(fabric, signed, cast)
      const [own, other] = await Promise.all([said(ledger, signed), said(fabric, there)])
      expect(other.code, `what Fabric says to ${signed.command.action}`).to.equal(own.code)
      if (own.receipt) await untilItEnds(signed)
      return own
    }
    const both: ActedOn = {
      network: ledger.network, read: (billId) => ledger.read(billId), party: (partyId) => ledger.party(partyId),
      async submit(signed) {
        const { receipt, code } = await submit(signed)
        if (!receipt) throw new Error(`${signed.command.action} was refused: ${code}`)
        return receipt
      },
    }
    await fc.assert(
      fc.asyncProperty(kind, steps, async (kind, steps) => {
        const { bills, boxes } = await firstBills(both, cast, kind)
        const codes = new Map<string, string>()
        for (const drawn of steps) {
          const subject = bills[drawn.bill % bills.length] as BillId
          const title = (await ledger.read(subject)) as Title
          const others = await titlesOf(ledger, bills.filter((billId) => billId !== subject))
          const { act, recorded } = await actOf(inItsMood(drawn, title, cast, others), { cast, title, boxes, codes, others, endsIn })
          const { code } = await submit(await signedAct(both, act))
          outcomes.set(code, (outcomes.get(code) ?? 0) + 1)
          if (code !== 'recorded') continue
          recorded()
          bills.push(...((await ledger.read(subject))?.successors.filter((billId) => !bills.includes(billId)) ?? []))
        }
        for (const billId of bills) expect(await story(fabric, billId), billId).to.deep.equal(await story(ledger, billId))
      }),
      // A history that fails is told as it is: to make it smaller would take hours here.
      { numRuns, endOnFailure: true },
    )
  }
})

interface Outcome {
  readonly code: string
  readonly receipt: Receipt | null
}

/** What a ledger says to a command. Anything but an entry or a refusal is a failure. */
async function said(ledger: Ledger, signed: SignedCommand): Promise<Outcome> {
  try {
    return { code: 'recorded', receipt: await ledger.submit(signed) }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { code: error.code, receipt: null }
  }
}

/** The same command by the same people on another ledger: the hashes before it have that ledger's times in them, all else stays. */
async function continuing(ledger: Ledger, { command, signatures }: SignedCommand, cast: Cast): Promise<SignedCommand> {
  const headHash = async (subject: Subject) => (subject.startsWith('b') ? await ledger.read(subject as BillId) : await ledger.party(subject as PartyId))?.headHash ?? noHash
  const others = command.args['others'] as readonly { readonly billId: BillId }[] | undefined
  const args = others ? { ...command.args, others: await Promise.all(others.map(async (other) => ({ ...other, prevHash: await headHash(other.billId) }))) } : command.args
  const [first, ...more] = signatures.map(({ keyId }) => signerOf(cast, keyId))
  if (!first) throw new Error('nobody signed')
  return signCommand({ ...command, args, prevHash: await headHash(command.subject) }, first, ...more)
}

function signerOf(cast: Cast, keyId: KeyId): Signer {
  const actor = Object.values(cast as unknown as Record<string, Cast['carrier']>).find(({ signer }) => signer.keyId === keyId)
  if (!actor) throw new Error(`nobody has the key ${keyId}`)
  return actor.signer
}

/** Waits for an end that the two ledgers' clocks could otherwise put on different sides of the next act. */
async function untilItEnds({ command: { args } }: SignedCommand): Promise<void> {
  const left = Date.parse(String(args['expiresAt'] ?? args['curesAt'])) - Date.now()
  if (left > 0 && left <= endsIn) await pause(left + 50)
}

/** A title and how it came to it, without the ledger's own times and the hashes that have them inside. */
async function story(ledger: Ledger, billId: BillId): Promise<unknown> {
  const told = { title: await ledger.read(billId), entries: (await ledger.history(billId)).map(({ seq, signed: { command }, events }) => ({ seq, commandId: command.commandId, events })) }
  return JSON.parse(JSON.stringify(told), (name, value: unknown) => (ledgersOwn.has(name) ? undefined : value))
}
const ledgersOwn = new Set(['headHash', 'updatedAt', 'at', 'since', 'settledAt'])
