import { Metadata, type ServiceError } from '@grpc/grpc-js'
import { EndorseError, GatewayError } from '@hyperledger/fabric-gateway'
import { expect } from 'chai'
import { Refusal, type CommandId, type Hash, type Instant, type LogEntry, type SignedCommand, type Subject } from '../domain/index.ts'
import { LedgerUnavailable, type LedgerRecord } from '../port.ts'
import { Dispatcher, type DispatcherLimits } from './dispatcher.ts'
import type { Answer, Endorsed, NetworkEdge, Prepared } from './edge.ts'
import { silentLog } from './log.ts'
import { memoryOutbox, type OutboxStore } from './outbox.ts'
import { positionOf, type TransactionOutcome } from './records.ts'

const bill = (n: number): Subject => `b${String(n).padStart(32, '0')}` as Subject
let made = 0
/** A command of the bill's stream that expects this sequence. */
const command = (n: number, expects = 0): SignedCommand => ({ command: { subject: bill(n), expects, commandId: `0197-${String((made += 1))}` as CommandId } as SignedCommand['command'], signatures: [] })
const prepare = async (signed: SignedCommand, confidential: readonly string[]): Promise<Prepared> => ({ signed, confidential, touches: [signed.command.subject], group: confidential[0] ?? 'Port,Bank', organisations: null, likely: null })

const gatewayError = (code: number, message: string, mspId?: string): GatewayError => {
  const cause = new Error(message)
  Object.assign(cause, { code, details: message, metadata: new Metadata() })
  return new EndorseError({ code, message, transactionId: '', cause: cause as ServiceError, details: mspId === undefined ? [] : [{ mspId, address: '', message }] })
}
const unreachable = (): GatewayError => gatewayError(14, '14 UNAVAILABLE: No connection established')

/** A network that keeps sequences, commits what it is sent, and fails where it is told to. */
class PretendNetwork implements NetworkEdge {
  readonly sequences = new Map<Subject, number>()
  readonly batches: string[][] = []
  readonly ordered: string[] = []
  readonly outcomes = new Map<string, TransactionOutcome>()
  readonly #listeners = new Map<string, (outcome: TransactionOutcome) => void>()
  readonly #batches = new Map<string, readonly SignedCommand[]>()
  #ids = 0
  block = 1
  endorseFails: (batch: readonly SignedCommand[]) => Error | null = () => null
  orderFails: () => Error | null = () => null
  /** Whether what is ordered comes into a block; the answer of the orderer does not say. */
  loses: () => boolean = () => false
  streamIsSilent = false
  conflictsWith: (batch: readonly SignedCommand[]) => boolean = () => false
  sawBehind: number[] = []
  endorsing = 0
  inFlight = 0
  most = 0

  /** The organisations that were asked by name, each time. */
  readonly asked: (readonly string[] | null)[] = []

  async endorse(batch: readonly SignedCommand[], { organisations }: { readonly organisations: readonly string[] | null }): Promise<Endorsed> {
    this.asked.push(organisations)
    this.endorsing += 1
    this.most = Math.max(this.most, this.endorsing)
    await new Promise((resolve) => setTimeout(resolve, 5))
    this.endorsing -= 1
    const failure = this.endorseFails(batch)
    if (failure) throw failure
    this.batches.push(batch.map(({ command: { subject } }) => subject))
    const answers = batch.map(({ command: { subject, expects, commandId } }, index): Answer => {
      const known = [...this.outcomes.values()].find(({ records }) => records.some((record) => record.commandId === commandId))
      if (known) return { repeated: known.txId }
      const have = this.sequences.get(subject) ?? 0
      return expects === have ? { recorded: index } : { refused: 'stale-sequence', detail: { expects, have } }
    })
    const txId = `tx${(this.#ids += 1)}`
    this.#batches.set(txId, batch.filter((_, index) => 'recorded' in (answers[index] ?? {})))
    return { txId, bytes: Buffer.from(txId), answers }
  }

  async order(bytes: Uint8Array): Promise<void> {
    const txId = Buffer.from(bytes).toString()
    this.ordered.push(txId)
    const failure = this.orderFails()
    if (failure) throw failure
    if (this.loses()) return
    setTimeout(() => this.commit(txId), 5)
  }

  commit(txId: string): void {
    if (this.outcomes.has(txId)) return
    const batch = this.#batches.get(txId) ?? []
    const code = this.conflictsWith(batch) || batch.some(({ command: { subject, expects } }) => expects !== (this.sequences.get(subject) ?? 0)) ? 11 : 0
    const block = (this.block += 1)
    const records = code === 0 ? batch.map(({ command: { commandId, subject, expects } }, nth): LedgerRecord => {
      this.sequences.set(subject, expects + 1)
      return { commandId, position: positionOf({ block, place: 0, nth }), recordedAt: '2026-11-21T00:00:00.000Z' as Instant, entries: [{ subject, seq: expects + 1, hash: '' as Hash } as LogEntry] }
    }) : []
    const outcome = { txId, code, block, records }
    this.outcomes.set(txId, outcome)
    if (!this.streamIsSilent) this.#listeners.get(txId)?.(outcome)
  }

  async look(txId: string): Promise<TransactionOutcome | null> {
    return this.outcomes.get(txId) ?? null
  }

  outcomeOf(txId: string): { readonly outcome: Promise<TransactionOutcome>; stop(): void } {
    return { outcome: new Promise((resolve) => this.#listeners.set(txId, resolve)), stop: () => this.#listeners.delete(txId) }
  }

  streamIsBehind(block: number): void {
    this.sawBehind.push(block)
  }

  away: string | null = null
  async whoIsAway(organisations: readonly string[]): Promise<string | null> {
    return organisations.find((organisation) => organisation === this.away) ?? null
  }
}

const soon: Partial<DispatcherLimits> = { patience: 400, silence: 60 }

describe('sending commands', () => {
  let network: PretendNetwork, outbox: OutboxStore, dispatcher: Dispatcher
  const open = (limits: Partial<DispatcherLimits> = soon): Dispatcher => new Dispatcher({ edge: network, outbox, prepare, clock: () => new Date(), log: silentLog, limits })
  const send = async (signed: SignedCommand, group?: string) => dispatcher.submit(await prepare(signed, group === undefined ? [] : [group]))
  const unfinished = () => outbox.unfinished('9999' as Instant)
  const failure = (promise: Promise<unknown>): Promise<Error> => promise.then(() => { throw new Error('it went through') }, (error: unknown) => error as Error)
  /** Until it holds; fails after two seconds. */
  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; !(await holds()); tries += 1) {
      if (tries > 200) throw new Error(`it does not come to hold: ${holds.toString()}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  beforeEach(() => {
    network = new PretendNetwork()
    outbox = memoryOutbox()
    dispatcher = open()
  })
  afterEach(() => dispatcher.close())

  it('records a lone command at once, and the outbox is empty again', async () => {
    const receipt = await send(command(1))
    expect(receipt).to.include({ repeated: false, position: positionOf({ block: 2, place: 0, nth: 0 }) })
    await until(async () => (await unfinished()).envelopes.length === 0)
  })
  it('gathers what comes while others are on their way', async () => {
    const receipts = await Promise.all(Array.from({ length: 200 }, (_, n) => send(command(n))))
    expect(new Set(receipts.map(({ position }) => position)).size).to.equal(200)
    expect(network.batches.length).to.be.at.most(3)
    expect(network.most).to.be.at.most(2)
  })
  it('answers the refused straight away and records its neighbours', async () => {
    const outcomes = await Promise.allSettled([send(command(1)), send(command(2, -1)), send(command(3))])
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled'])
    expect(network.ordered).to.have.length(1)
  })
  it('sends nothing when nothing was recorded', async () => {
    expect(await failure(send(command(1, -1)))).to.be.instanceOf(Refusal)
    expect(network.ordered).to.have.length(0)
    expect(network.outcomes.size).to.equal(0)
  })
  it('gives the first receipt when a command comes again', async () => {
    const signed = command(1)
    const first = await send(signed)
    expect(await send(signed)).to.deep.equal({ ...first, repeated: true })
  })
  it('lets two callers of one command under way share its one receipt', async () => {
    const signed = command(1)
    const [one, other] = await Promise.all([send(signed), send(signed)])
    expect(other).to.deep.equal(one)
    expect(network.ordered).to.have.length(1)
  })
  it('never has two commands of one bill on their way', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => send(command(1))))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1)
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).to.be.instanceOf(Refusal)
    expect(network.ordered).to.have.length(1)
  })
  it('has a command decided again when somebody else was first, so that the loser gets a real refusal', async () => {
    network.conflictsWith = ([first]) => first?.command.subject === bill(1) && network.sequences.set(bill(1), 5) && true
    const [loser, neighbour] = await Promise.allSettled([send(command(1)), send(command(2))])
    expect(loser).to.have.nested.property('reason.code', 'stale-sequence')
    expect(neighbour.status).to.equal('fulfilled')
  })
  it('endorses again after an invalidation that was nobody’s fault', async () => {
    let conflicts = 2
    network.conflictsWith = () => (conflicts -= 1) >= 0
    expect(await send(command(1))).to.include({ repeated: false })
    expect(network.ordered).to.have.length(3)
  })
  describe('whose endorsers are known', () => {
    const likely = ['Bank', 'Port']
    const sendKnown = async (signed: SignedCommand) => dispatcher.submit({ ...(await prepare(signed, [])), likely })

    it('asks them by name, so that they decide side by side', async () => {
      await sendKnown(command(1))
      expect(network.asked).to.deep.equal([likely])
    })
    it('leaves it to the gateway at once when that does not work', async () => {
      let failures = 1
      network.endorseFails = () => ((failures -= 1) >= 0 ? gatewayError(10, 'ProposalResponsePayloads do not match', 'Bank') : null)
      const begun = performance.now()
      expect(await sendKnown(command(1))).to.include({ repeated: false })
      expect(network.asked).to.deep.equal([likely, null])
      expect(performance.now() - begun).to.be.below(80)
    })
    it('does not ask the same by name once more for what was invalidated', async () => {
      let conflicts = 1
      network.conflictsWith = () => (conflicts -= 1) >= 0
      await sendKnown(command(1))
      expect(network.asked).to.deep.equal([likely, null])
    })
    it('does not ask by name who could not endorse a moment ago', async () => {
      network.endorseFails = () => unreachable()
      await failure(sendKnown(command(1)))
      network.asked.splice(0)
      await failure(sendKnown(command(2)))
      expect(network.asked.filter((organisations) => organisations !== null)).to.have.length(0)
    })
  })
  it('asks again when the endorser is behind what the signer has seen', async () => {
    setTimeout(() => network.sequences.set(bill(1), 4), 80)
    expect(await send(command(1, 4))).to.include({ repeated: false })
  })
  it('sends the same bytes again when an orderer took them and lost them', async () => {
    let lost = 2
    network.loses = () => (lost -= 1) >= 0
    await send(command(1))
    expect(network.ordered).to.deep.equal(['tx1', 'tx1', 'tx1'])
    expect(network.sequences.get(bill(1))).to.equal(1)
  })
  it('sends the same bytes again when no orderer takes them', async () => {
    dispatcher = open({ ...soon, patience: 3_000 })
    let times = 3
    network.orderFails = () => ((times -= 1) >= 0 ? gatewayError(14, '14 UNAVAILABLE: no orderers could successfully process transaction') : null)
    await send(command(1))
    expect(new Set(network.ordered)).to.deep.equal(new Set(['tx1']))
  })
  it('asks another peer when the stream of blocks says nothing, and does not send again what is there', async () => {
    network.streamIsSilent = true
    expect(await send(command(1))).to.include({ repeated: false })
    expect(network.ordered).to.have.length(1)
    expect(network.sawBehind).to.deep.equal([2])
  })
  it('tells a caller after a while that its command goes on without it, and it does', async () => {
    network.endorseFails = unreachable
    const signed = command(1)
    const told = await failure(send(signed))
    expect(told).to.be.instanceOf(LedgerUnavailable).and.include({ pending: true })
    expect((await outbox.find(signed.command.commandId))?.state).to.equal('pending')
    network.endorseFails = () => null
    await until(() => network.sequences.get(bill(1)) === 1)
    await until(async () => (await outbox.find(signed.command.commandId)) === null)
  })
  it('keeps a refusal for whoever asks later, when the caller is gone', async () => {
    network.endorseFails = unreachable
    const signed = command(1)
    await failure(send(signed))
    network.sequences.set(bill(1), 7)
    network.endorseFails = () => null
    await until(async () => (await outbox.find(signed.command.commandId))?.state === 'refused')
    expect(await outbox.find(signed.command.commandId)).to.deep.include({ code: 'stale-sequence' })
  })
  it('goes on after a restart with what was kept and with what was sent', async () => {
    network.endorseFails = unreachable
    await failure(send(command(1)))
    network.endorseFails = () => null
    network.loses = () => true
    await failure(send(command(2)))
    await dispatcher.close()
    network.loses = () => false
    const before = network.ordered.length
    dispatcher = open()
    await dispatcher.resume('9999' as Instant)
    await until(() => network.sequences.get(bill(1)) === 1 && network.sequences.get(bill(2)) === 1)
    expect(network.ordered.length).to.be.greaterThan(before)
    await until(async () => (await unfinished()).envelopes.length + (await unfinished()).commands.length === 0)
  })
  it('does not send again after a restart what a block has', async () => {
    network.streamIsSilent = true
    dispatcher = open({ patience: 40, silence: 5_000 })
    await failure(send(command(1)))
    await dispatcher.close()
    expect(network.ordered).to.have.length(1)
    dispatcher = open()
    await dispatcher.resume('9999' as Instant)
    await until(async () => (await unfinished()).envelopes.length === 0)
    expect(network.ordered).to.have.length(1)
  })
  it('sends nothing that could not be kept first', async () => {
    outbox = { ...outbox, keepEnvelope: () => Promise.reject(new Error('the database is away')), keepCommand: () => Promise.reject(new Error('the database is away')) }
    dispatcher = open()
    expect(await failure(send(command(1)))).to.be.instanceOf(LedgerUnavailable).and.include({ pending: false })
    expect(network.ordered).to.have.length(0)
  })
  it('holds up only the titles of the organisation that is away, and names it', async () => {
    dispatcher = open({ ...soon, patience: 1_200 })
    network.endorseFails = ([first]) => (first?.command.subject === bill(1) ? gatewayError(10, '10 ABORTED: Unavailable: connection refused', 'BankMSP') : null)
    const held = failure(send(command(1), 'Port,Bank'))
    await Promise.all(Array.from({ length: 30 }, (_, n) => send(command(10 + n), 'Port,Assoc')))
    expect(await held).to.include({ pending: true, waitsFor: 'BankMSP' }).and.have.property('message').that.matches(/waiting for BankMSP/)
  })
  it('finds out who is away where the network does not say', async () => {
    network.endorseFails = () => gatewayError(9, '9 FAILED_PRECONDITION: no combination of peers can be derived which satisfy the endorsement policy')
    network.away = 'Bank'
    expect(await failure(send(command(1)))).to.include({ pending: true, waitsFor: 'Bank' })
  })
  it('turns away what is too much, and takes more when there is room', async () => {
    dispatcher = open({ ...soon, queue: 10 })
    network.endorseFails = unreachable
    const waiting = Array.from({ length: 12 }, (_, n) => failure(send(command(n))))
    const told = await Promise.all(waiting)
    expect(told.filter((error) => (error as LedgerUnavailable).pending)).to.have.length(10)
    network.endorseFails = () => null
    await until(() => network.sequences.size === 10)
    await send(command(99))
  })
  it('finds the one command of a batch that the chaincode cannot bear, and records the others', async () => {
    network.endorseFails = (batch) => (batch.some(({ command: { subject } }) => subject === bill(3)) ? gatewayError(10, 'chaincode response 500, boom', 'PortMSP') : null)
    dispatcher = open({ ...soon, patience: 5_000 })
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, (_, n) => send(command(n))))
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  })
  it('leaves callers with what is kept when it is closed', async () => {
    network.loses = () => true
    const told = failure(send(command(1)))
    await until(() => network.ordered.length === 1)
    await dispatcher.close()
    expect(await told).to.include({ pending: true })
    expect(await failure(send(command(2)))).to.include({ pending: false })
  })
})
