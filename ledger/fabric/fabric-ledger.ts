import { GatewayError } from '@hyperledger/fabric-gateway'
import { readsOf, parseCommand, type BillId, type KeyId, type LogEntry, type Party, type PartyId, type PersonTag, type SignedCommand, type SigningKey, type Subject, type Title } from '../domain/index.ts'
import { LedgerUnavailable, type CommandReference, type CommandStatus, type FabricProof, type Ledger, type LedgerRecord, type Nearby, type Organisation, type Receipt } from '../port.ts'
import { readBlock } from './blocks.ts'
import { BlockStream } from './block-stream.ts'
import { TitleContract, type Constitution } from './contract.ts'
import { Dispatcher, type DispatcherLimits } from './dispatcher.ts'
import type { Prepared } from './edge.ts'
import { Endorsers } from './endorsers.ts'
import { Heads } from './heads.ts'
import { Gateways, type PeerAddress } from './gateways.ts'
import { healthOf, type FabricHealth } from './health.ts'
import type { GatewayIdentity } from './identity.ts'
import type { Log } from './log.ts'
import type { OutboxStore } from './outbox.ts'
import type { Profile } from './profile.ts'
import { NearbyHeads } from './nearby.ts'
import { proofOf } from './proof-of.ts'
import { proofSource } from './proof-source.ts'
import { blockOf, newsOf, positionBefore, type FreshBlock } from './records.ts'
import { signalOf } from './signals.ts'

export interface FabricLedgerOptions {
  readonly profile: Profile
  /** Who sends: the gateway of the organisation that runs this software. */
  readonly identity: GatewayIdentity
  /** Name of this ledger in every command; written into the constitution at the network's first start and compared ever after. */
  readonly network: string
  readonly registrar: { readonly partyId: PartyId; readonly person: PersonTag; readonly publicKey: string }
  /** Hash of the chaincode this software was made for; null takes any. */
  readonly code: string | null
  readonly outbox: OutboxStore
  readonly clock: () => Date
  readonly log: Log
  readonly limits?: Partial<DispatcherLimits>
}

/** The network is not the one this software may speak to: founded for something else, or with another chaincode. */
export class WrongNetwork extends Error {
  override readonly name = 'WrongNetwork'
}

/**
 * Opens title on a Fabric network: founds it when it is new, and takes up what an earlier run left unfinished.
 * @throws WrongNetwork, or LedgerUnavailable when no peer answers
 */
export async function openFabricLedger(options: FabricLedgerOptions): Promise<FabricLedger> {
  const { profile, identity, clock, log } = options
  const gateways = new Gateways({
    peers: profile.peers, identity, channel: profile.channel, clock,
    onChange: (peer, isAway, why) => log[isAway ? 'warn' : 'info']({ peer: peer.name, organisation: peer.organisation, why }, isAway ? 'a peer does not answer' : 'a peer answers again'),
  })
  try {
    const contract = new TitleContract({ gateways, chaincode: profile.chaincode, channel: profile.channel })
    await whenAnswering(() => refuseOtherCode(contract, options.code))
    const constitution = await found(contract, options)
    const ledger = new FabricLedger(options, { gateways, contract, constitution, ...(await endOfChain(contract, gateways)) })
    ledger.start()
    return ledger
  } catch (error) {
    gateways.close()
    throw error
  }
}

/** How often it is looked whether the outbox holds what another process left behind, and how old that must be (ms). */
const sweepEvery = 30_000, abandonedAfter = 60_000
/** How long a start waits for the first answer (ms). */
const startPatience = 15_000
/** Blocks are read from the own peer: after it was away, it is looked for again so often (ms). */
const lookForBetterEvery = 5_000

interface Opened {
  readonly gateways: Gateways
  readonly contract: TitleContract
  readonly constitution: Constitution
  /** The first block that is not read yet, and the last record before it. */
  readonly height: number
  readonly position: number
}

export class FabricLedger implements Ledger {
  readonly kind = 'fabric'
  readonly network: string
  readonly registrar: PartyId
  readonly organisations: readonly Organisation[]
  readonly nearby: Nearby
  readonly #options: FabricLedgerOptions
  readonly #gateways: Gateways
  readonly #contract: TitleContract
  readonly #stream: BlockStream
  readonly #dispatcher: Dispatcher
  readonly #heads: Heads
  readonly #endorsers: Endorsers
  readonly #stopping = new AbortController()
  #position: number
  #streamsFrom: PeerAddress | null = null
  #sweep: NodeJS.Timeout | null = null
  #counting: Promise<void> | null = null

  constructor(options: FabricLedgerOptions, { gateways, contract, constitution, height, position }: Opened) {
    this.network = constitution.network
    this.registrar = options.registrar.partyId
    this.organisations = constitution.organisations
    this.#options = options
    this.#gateways = gateways
    this.#contract = contract
    this.#position = position
    this.#heads = new Heads(contract)
    this.#endorsers = new Endorsers(this.#heads, this.organisations)
    this.#stream = new BlockStream({
      from: height,
      open: (from, signal) => this.#blocksFrom(from, signal),
      onBlock: ({ heads }) => { for (const { subject, head } of heads) this.#heads.learn(subject, head) },
      onBreak: (error, next) => {
        // Nobody tells of changes now: what is remembered would grow old.
        this.#heads.forgetAll()
        options.log.debug({ err: error, block: next }, 'the stream of blocks is opened anew')
      },
    })
    this.nearby = new NearbyHeads({ heads: this.#heads, contract, isTold: () => this.#stream.fault === null, status: (reference) => this.status(reference) })
    this.#dispatcher = new Dispatcher({
      outbox: options.outbox, clock: options.clock, log: options.log, prepare: (signed, confidential) => this.#prepare(signed, confidential), ...(options.limits ? { limits: options.limits } : {}),
      edge: {
        endorse: (batch, given) => contract.endorse(batch, given),
        order: (bytes) => contract.order(bytes),
        look: (txId) => contract.look(txId),
        outcomeOf: (txId) => this.#stream.outcomeOf(txId),
        whoIsAway: (wanted) => whoIsAway(gateways, wanted),
        streamIsBehind: (block) => { if (this.#stream.next <= block) this.#leave('it does not tell of its blocks') },
      },
    })
  }

  /** Called once, by whoever opened it. */
  start(): void {
    this.#stream.start()
    this.#counting = this.#count()
    const takeUp = (age: number): void => {
      void this.#dispatcher.resume(new Date(this.#options.clock().getTime() - age).toISOString() as LogEntry['recordedAt']).catch((error: unknown) => this.#options.log.error({ err: error }, 'the outbox cannot be read'))
    }
    takeUp(0)
    this.#sweep = setInterval(() => takeUp(abandonedAfter), sweepEvery)
    this.#sweep.unref()
  }

  async submit(signed: SignedCommand, confidential: readonly string[] = []): Promise<Receipt> {
    return this.#dispatcher.submit(await this.#prepare(signed, confidential))
  }

  async status(reference: CommandReference): Promise<CommandStatus> {
    const since = this.#dispatcher.pendingSince(reference.commandId)
    if (since !== null) return { state: 'pending', since }
    const kept = await this.#options.outbox.find(reference.commandId)
    if (kept?.state === 'pending') return (await this.#recorded(reference).catch(() => null)) ?? kept
    return (await this.#recorded(reference)) ?? kept ?? { state: 'unknown' }
  }

  async read(billId: BillId): Promise<Title | null> {
    return (await this.#heads.read(billId))?.title ?? null
  }

  async party(partyId: PartyId): Promise<Party | null> {
    return (await this.#heads.read(partyId))?.party ?? null
  }

  async key(keyId: KeyId): Promise<SigningKey | null> {
    return this.#contract.key(keyId)
  }

  async history(subject: Subject): Promise<readonly LogEntry[]> {
    const entries = await this.#contract.history(subject)
    // From a peer that is behind: once its head is the present one, so is its history.
    if (entries.length >= (this.#heads.known(subject)?.seq ?? 0)) return entries
    await this.#heads.read(subject)
    return this.#contract.history(subject)
  }

  async *follow(after: number, signal: AbortSignal): AsyncIterable<LedgerRecord> {
    // Block 0 founds the channel and holds no record.
    for await (const { records } of this.#stream.blocks(Math.max(blockOf(after), 1), signal)) {
      for (const record of records) if (record.position > after) yield record
    }
  }

  blockOf(position: number): number {
    return blockOf(position)
  }

  async proof(subject: Subject, seq: number): Promise<FabricProof | null> {
    const { channel, chaincode } = this.#options.profile
    const { network, registrar } = this
    try {
      const proof = await proofOf(proofSource({ gateways: this.#gateways, contract: this.#contract, network, channel, chaincode, registrar }), subject)
      return proof && seq >= 1 && seq <= proof.entries.length ? proof : null
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      throw new LedgerUnavailable(signalOf('endorse', error).words, { cause: error })
    }
  }

  async health(): Promise<FabricHealth> {
    return healthOf({ ...this.#options, organisations: this.organisations, gateways: this.#gateways, contract: this.#contract, stream: this.#stream, dispatcher: this.#dispatcher, position: this.#position, closed: this.#stopping.signal.aborted })
  }

  async close(): Promise<void> {
    if (this.#stopping.signal.aborted) return
    this.#stopping.abort()
    if (this.#sweep) clearInterval(this.#sweep)
    await this.#dispatcher.close()
    await this.#stream.stop()
    await this.#counting
    this.#gateways.close()
  }

  /** Blocks from the peer whose turn it is. */
  async *#blocksFrom(startBlock: number, signal: AbortSignal): AsyncIterable<FreshBlock> {
    const gateways = this.#gateways
    const [peer] = gateways.peers
    if (!peer || signal.aborted) return
    const events = await gateways.networkAt(peer).getBlockEvents({ startBlock: BigInt(startBlock) })
    const close = (): void => events.close()
    const looking = setInterval(() => void gateways.betterThan(peer).then((better) => better && close(), () => undefined), lookForBetterEvery)
    signal.addEventListener('abort', close)
    try {
      for await (const block of events) {
        const news = newsOf(readBlock(block), this.#options.profile.chaincode)
        this.#streamsFrom = peer
        gateways.read(peer, news.number + 1)
        yield news
      }
    } catch (error) {
      if (!signal.aborted && !isCancelled(error)) gateways.blame(peer, error instanceof Error ? error.message : String(error))
      throw error
    } finally {
      clearInterval(looking)
      signal.removeEventListener('abort', close)
      events.close()
    }
  }

  #leave(why: string): void {
    if (this.#streamsFrom) this.#gateways.blame(this.#streamsFrom, why)
    this.#stream.reopen()
  }

  /** Keeps what every block says about positions. */
  async #count(): Promise<void> {
    for await (const { records } of this.#stream.blocks(this.#stream.next, this.#stopping.signal)) this.#position = records.at(-1)?.position ?? this.#position
  }

  async #prepare(signed: SignedCommand, confidential: readonly string[]): Promise<Prepared> {
    const parsed = parseCommand(signed)
    const { bills = [], parties = [] } = readsOf(parsed)
    const touches = [...new Set<Subject>([parsed.signed.command.subject, ...bills])]
    return { signed: parsed.signed, confidential, touches, ...(await this.#endorsers.of({ command: parsed.signed.command, touches, parties, confidential: confidential.length > 0 })) }
  }

  async #recorded(reference: CommandReference): Promise<CommandStatus | null> {
    const [, txId] = (await this.#heads.read(reference.subject))?.stream.find(([commandId]) => commandId === reference.commandId) ?? []
    if (txId === undefined) return null
    const record = (await this.#contract.look(txId))?.records.find(({ commandId }) => commandId === reference.commandId)
    if (!record) throw new LedgerUnavailable(`the block with transaction ${txId} cannot be read`)
    return { state: 'recorded', receipt: { ...record, repeated: true } }
  }
}

/** The first of these organisations none of whose peers answers. */
async function whoIsAway(gateways: Gateways, organisations: readonly string[]): Promise<string | null> {
  const answers = await Promise.all(gateways.peers.filter(({ organisation }) => organisations.includes(organisation)).map(async (peer) => ({ organisation: peer.organisation, isThere: await gateways.heightOf(peer).then(() => true, () => false) })))
  return organisations.find((organisation) => answers.some((answer) => answer.organisation === organisation) && !answers.some((answer) => answer.organisation === organisation && answer.isThere)) ?? null
}

/** A stream that was closed on this side. */
function isCancelled(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 1
}

/** A network that has just come up may not answer yet: peers get to know each other and the channel's members one after the other. */
async function whenAnswering<T>(ask: () => Promise<T>): Promise<T> {
  for (const end = performance.now() + startPatience; ; ) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof LedgerUnavailable) || performance.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
}

async function refuseOtherCode(contract: TitleContract, wanted: string | null): Promise<void> {
  const { version, code } = await contract.version()
  if (wanted !== null && code !== wanted) throw new WrongNetwork(`The network runs version ${version} of the title chaincode with code ${code.slice(0, 16)}…, and this software was made for code ${wanted.slice(0, 16)}…`)
}

/** Reads the constitution, and writes it where there is none yet. */
async function found(contract: TitleContract, { profile, network, registrar }: FabricLedgerOptions): Promise<Constitution> {
  const { organisations } = profile
  const wanted: Constitution = {
    network, organisations, registrar: { partyId: registrar.partyId, person: registrar.person, publicKey: registrar.publicKey },
    recovery: { organisations: organisations.map(({ id }) => id), quorum: Math.floor(organisations.length / 2) + 1 },
  }
  const known = await contract.constitution()
  if (known === null) {
    await contract.init(wanted)
    return (await contract.constitution()) ?? wanted
  }
  if (known.network !== network) throw new WrongNetwork(`This Fabric network was founded as ${known.network}, not as ${network}.`)
  if (known.registrar.partyId !== registrar.partyId || known.registrar.publicKey !== registrar.publicKey) throw new WrongNetwork('This Fabric network was founded with another registrar: the key in use is not the one it was founded with.')
  return known
}

/** Where the chain ends just now. Few blocks hold no record, so the last record is near. */
async function endOfChain(contract: TitleContract, gateways: Gateways): Promise<{ height: number; position: number }> {
  const height = await gateways.through('evaluate', ({ peer }) => contract.height(peer))
  for (let number = height - 1; number > Math.max(height - 20, 0); number -= 1) {
    const last = (await contract.block(number)).records.at(-1)
    if (last) return { height, position: last.position }
  }
  return { height, position: positionBefore(height) }
}
