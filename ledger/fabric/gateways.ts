import { Client, credentials, type CallOptions } from '@grpc/grpc-js'
import { connect, GatewayError, hash, type Gateway, type Network } from '@hyperledger/fabric-gateway'
import { common } from '@hyperledger/fabric-protos'
import { LedgerUnavailable } from '../port.ts'
import type { GatewayIdentity } from './identity.ts'
import { signalOf, type Phase } from './signals.ts'

/** A peer whose gateway service may be used. */
export interface PeerAddress {
  /** The organisation it belongs to. */
  readonly organisation: string
  readonly name: string
  /** host:port, as its certificate names it. */
  readonly address: string
  /** PEM of the authorities its TLS certificate must come from. */
  readonly tlsRoots: string
}

export interface GatewaysOptions {
  readonly peers: readonly PeerAddress[]
  readonly identity: GatewayIdentity
  readonly channel: string
  readonly clock: () => Date
  /** Told when a peer is given up for a while, and when it is back. */
  readonly onChange: (peer: PeerAddress, isAway: boolean, why: string) => void
}

/** How long an answer may take in each phase. The chaincode’s own limit is ten seconds: below the one for endorsement. */
const deadlines: Readonly<Record<Phase, number>> = { evaluate: 5_000, endorse: 15_000, submit: 5_000 }
/** A peer lets a client ping once a minute; more often and it hangs up. */
const keepalive = { 'grpc.keepalive_time_ms': 60_000, 'grpc.keepalive_timeout_ms': 20_000, 'grpc.keepalive_permit_without_calls': 1 }
const channelOptions = { ...keepalive, 'grpc.max_receive_message_length': 128 * 1_024 * 1_024, 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.min_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 2_000, 'grpc.service_config_disable_resolution': 1 }
/** So many failures one after the other, and the connection is made anew: some do not recover by themselves. */
const failuresBeforeRenewal = 3
const shortestAway = 250, longestAway = 5_000
const unavailable = 14, deadlineExceeded = 4
/** How long peers that are behind are waited for. */
const longestLag = 3_000

class PeerBehind extends LedgerUnavailable {}

/** What a question is asked through. */
export interface Link {
  readonly gateway: Gateway
  readonly network: Network
  readonly peer: PeerAddress
}

interface Connection {
  readonly peer: PeerAddress
  client: Client
  gateway: Gateway
  failures: number
  awayUntil: number
  /** Blocks it is known to have. */
  height: number
}

/** One connection to each peer. The own organisation's come first; another is asked when they do not answer. */
export class Gateways {
  readonly #options: GatewaysOptions
  readonly #connections: readonly Connection[]
  /** Blocks that have been read on this side: nobody who is behind them is asked, or it would deny what is recorded. */
  #seen = 0

  constructor(options: GatewaysOptions) {
    const own = (peer: PeerAddress): number => (peer.organisation === options.identity.organisation ? 0 : 1)
    this.#options = options
    this.#connections = [...options.peers].sort((one, other) => own(one) - own(other)).map((peer) => ({ peer, ...this.#open(peer), failures: 0, awayUntil: 0, height: 0 }))
  }

  /** Peers in the order in which they would be asked just now. */
  get peers(): readonly PeerAddress[] {
    return this.#inOrder().map(({ peer }) => peer)
  }

  /**
   * Asks the first peer, and the next when it is the gateway itself that does not answer or is behind what has been read here.
   * @throws whatever the last one said, as the gateway's own error; LedgerUnavailable when all that answer are behind
   */
  async through<T>(phase: Phase, ask: (link: Link) => Promise<T>): Promise<T> {
    for (const until = Date.now() + longestLag; ; ) {
      const { answer, error } = await this.#throughAny(phase, ask)
      if (answer) return answer.value
      if (!(error instanceof PeerBehind) || Date.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }

  async #throughAny<T>(phase: Phase, ask: (link: Link) => Promise<T>): Promise<{ readonly answer?: { readonly value: T }; readonly error?: unknown }> {
    let last: unknown = new LedgerUnavailable('no peer is known')
    for (const connection of this.#inOrder()) {
      try {
        if (phase !== 'submit') await this.#refuseBehind(connection)
        return { answer: { value: await this.#ask(connection, ask) } }
      } catch (error) {
        // That one is behind says more than that another is away: it will catch up.
        if (!(last instanceof PeerBehind)) last = error
        if (error instanceof PeerBehind) continue
        if (!(error instanceof GatewayError)) throw error
        const { remedy } = signalOf(phase, error)
        if (remedy !== 'elsewhere' && !(phase === 'evaluate' && remedy === 'again') && !(phase === 'submit' && error.code === unavailable)) return { error }
      }
    }
    return { error: last }
  }

  /** A peer has given its blocks up to this height, and they were read here. */
  read(peer: PeerAddress, height: number): void {
    const connection = this.#connectionTo(peer)
    connection.height = Math.max(connection.height, height)
    this.#seen = Math.max(this.#seen, height)
  }

  /** How many blocks a peer has. */
  async heightOf(peer: PeerAddress): Promise<number> {
    const connection = this.#connectionTo(peer)
    const info = await this.#ask(connection, ({ network }) => network.getContract('qscc').evaluateTransaction('GetChainInfo', this.#options.channel))
    connection.height = common.BlockchainInfo.deserializeBinary(info).getHeight()
    return connection.height
  }

  /** The peer that would be asked first if it were not behind; null when nobody's turn would change. */
  async betterThan(peer: PeerAddress): Promise<PeerAddress | null> {
    const [first] = this.#inOrder()
    if (!first || first.peer === peer) return null
    return (await this.heightOf(first.peer)) >= this.#seen ? first.peer : null
  }

  async #refuseBehind(connection: Connection): Promise<void> {
    if (connection.height >= this.#seen) return
    const wanted = this.#seen
    if ((await this.heightOf(connection.peer)) < wanted) throw new PeerBehind(`${connection.peer.name} is behind`)
  }

  /** Asks one peer only. */
  async at<T>(peer: PeerAddress, ask: (link: Link) => Promise<T>): Promise<T> {
    return this.#ask(this.#connectionTo(peer), ask)
  }

  /** For a stream: whether it works shows only later, and is told with `blame`. */
  networkAt(peer: PeerAddress): Network {
    return this.#connectionTo(peer).gateway.getNetwork(this.#options.channel)
  }

  /** A stream from this peer broke, or says nothing although there is something to say. */
  blame(peer: PeerAddress, why: string): void {
    this.#failed(this.#connectionTo(peer), why)
  }

  close(): void {
    for (const { gateway, client } of this.#connections) {
      gateway.close()
      client.close()
    }
  }

  async #ask<T>(connection: Connection, ask: (link: Link) => Promise<T>): Promise<T> {
    try {
      const answer = await ask({ gateway: connection.gateway, network: connection.gateway.getNetwork(this.#options.channel), peer: connection.peer })
      this.#answered(connection)
      return answer
    } catch (error) {
      if (error instanceof GatewayError && isSilence(error)) this.#failed(connection, error.message)
      else if (error instanceof GatewayError) this.#answered(connection)
      throw error
    }
  }

  #connectionTo(peer: PeerAddress): Connection {
    const connection = this.#connections.find((candidate) => candidate.peer === peer)
    if (!connection) throw new RangeError(`${peer.name} is none of the peers`)
    return connection
  }

  #inOrder(): readonly Connection[] {
    const now = this.#options.clock().getTime()
    return [...this.#connections.filter(({ awayUntil }) => awayUntil <= now), ...this.#connections.filter(({ awayUntil }) => awayUntil > now)]
  }

  #answered(connection: Connection): void {
    if (connection.failures > 0) this.#options.onChange(connection.peer, false, 'it answers again')
    connection.failures = 0
    connection.awayUntil = 0
  }

  #failed(connection: Connection, why: string): void {
    connection.failures += 1
    connection.awayUntil = this.#options.clock().getTime() + Math.min(shortestAway * 2 ** connection.failures, longestAway)
    if (connection.failures === 1) this.#options.onChange(connection.peer, true, why)
    if (connection.failures % failuresBeforeRenewal !== 0) return
    const { gateway, client } = connection
    Object.assign(connection, this.#open(connection.peer))
    gateway.close()
    client.close()
  }

  #open({ address, tlsRoots }: PeerAddress): Pick<Connection, 'client' | 'gateway'> {
    const { organisation, certificate, sign } = this.#options.identity
    const client = new Client(address, credentials.createSsl(Buffer.from(tlsRoots)), channelOptions)
    const within = (phase: Phase) => (): CallOptions => ({ deadline: Date.now() + deadlines[phase] })
    const gateway = connect({
      client, identity: { mspId: organisation, credentials: Buffer.from(certificate) }, signer: sign, hash: hash.none,
      evaluateOptions: within('evaluate'), endorseOptions: within('endorse'), submitOptions: within('submit'), commitStatusOptions: within('evaluate'),
    })
    return { client, gateway }
  }
}

/** The peer did not answer; one that says no, or that another is away, did. */
function isSilence({ code, details }: GatewayError): boolean {
  return code === deadlineExceeded || (code === unavailable && details.length === 0)
}
