import { GatewayError } from '@hyperledger/fabric-gateway'
import { canonicalJson, type CommandId, type KeyId, type LogEntry, type Party, type SignedCommand, type SigningKey, type Subject, type Title } from '../domain/index.ts'
import { LedgerUnavailable, type Organisation } from '../port.ts'
import { parseBlock } from './blocks.ts'
import type { Answer, Endorsed } from './edge.ts'
import type { Gateways, PeerAddress } from './gateways.ts'
import { duplicateTxId, newsOf, type FreshBlock, type TransactionOutcome } from './records.ts'
import { Semaphore } from './semaphore.ts'
import { signalOf, thrownText } from './signals.ts'

/** What the network was founded on; written by its first transaction and never changed. */
export interface Constitution {
  readonly network: string
  readonly registrar: { readonly partyId: string; readonly person: string; readonly publicKey: string }
  readonly organisations: readonly Organisation[]
  /** Whose administrators may together free a bill whose organisations are gone for good. */
  readonly recovery: { readonly organisations: readonly string[]; readonly quorum: number }
}

/** A bill's or a party's head as it stands on the ledger. */
export interface Head {
  readonly title?: Title
  readonly party?: Party
  /** Command and transaction of each entry, the first entry first. */
  readonly stream: readonly (readonly [CommandId, string])[]
  readonly endorsers?: readonly string[]
}

export interface TitleContractOptions {
  readonly gateways: Gateways
  readonly chaincode: string
  readonly channel: string
}

/** Below the gateway's own limit of 500 for one peer: what comes above waits here, and is not turned away there. */
const readsAtOnce = 64, readsWaiting = 4_000

/** The typed face of the chaincode: one JSON text in, one out. */
export class TitleContract {
  readonly #options: TitleContractOptions
  readonly #reads = new Semaphore(readsAtOnce, readsWaiting)

  constructor(options: TitleContractOptions) {
    this.#options = options
  }

  read(subject: Subject): Promise<Head | null> {
    return this.#evaluate('read', subject)
  }

  key(keyId: KeyId): Promise<SigningKey | null> {
    return this.#evaluate('key', keyId)
  }

  history(subject: Subject): Promise<readonly LogEntry[]> {
    return this.#evaluate('history', subject)
  }

  constitution(): Promise<Constitution | null> {
    return this.#evaluate('constitution')
  }

  version(): Promise<{ readonly version: string; readonly code: string }> {
    return this.#evaluate('version')
  }

  /** Whether the chaincode beside this very peer answers. */
  async ping(peer: PeerAddress): Promise<void> {
    await this.#options.gateways.at(peer, ({ network }) => network.getContract(this.#options.chaincode).evaluateTransaction('ping'))
  }

  /** Founds the network. The same again does nothing. @throws Error when it was founded otherwise */
  async init(constitution: Constitution): Promise<void> {
    await this.#options.gateways.through('endorse', ({ network }) => network.getContract(this.#options.chaincode).submitTransaction('init', canonicalJson(constitution)))
  }

  /** @throws the gateway's own errors */
  async endorse(batch: readonly SignedCommand[], { confidential, organisations }: { readonly confidential: readonly string[]; readonly organisations: readonly string[] | null }): Promise<Endorsed> {
    const transaction = await this.#options.gateways.through('endorse', ({ network }) =>
      network.getContract(this.#options.chaincode).newProposal('submit', {
        arguments: [canonicalJson(batch)],
        ...(confidential.length > 0 ? { transientData: { confidential: canonicalJson(confidential) } } : {}),
        ...(organisations === null ? {} : { endorsingOrganizations: [...organisations] }),
      }).endorse())
    return { txId: transaction.getTransactionId(), bytes: transaction.getBytes(), answers: jsonOf(transaction.getResult()) as readonly Answer[] }
  }

  /** @throws the gateway's own errors */
  async order(prepared: Uint8Array): Promise<void> {
    await this.#options.gateways.through('submit', ({ gateway }) => gateway.newTransaction(prepared).submit())
  }

  /** The block with a transaction, from whichever peer has it. @throws the gateway's own errors when none could be asked */
  async look(txId: string): Promise<TransactionOutcome | null> {
    const { gateways, chaincode, channel } = this.#options
    let last: unknown = null, asked = 0
    for (const peer of gateways.peers) {
      try {
        const bytes = await gateways.at(peer, ({ network }) => network.getContract('qscc').evaluateTransaction('GetBlockByTxID', channel, txId))
        const found = newsOf(parseBlock(bytes), chaincode).outcomes.find((outcome) => outcome.txId === txId && outcome.code !== duplicateTxId)
        if (!found) continue
        gateways.read(peer, found.block + 1)
        return found
      } catch (error) {
        if (error instanceof GatewayError && signalOf('evaluate', error).remedy === 'refused') asked += 1
        last = error
      }
    }
    if (asked > 0) return null
    throw last
  }

  /** How many blocks a peer has. */
  async height(peer: PeerAddress): Promise<number> {
    return this.#options.gateways.heightOf(peer)
  }

  async block(number: number): Promise<FreshBlock> {
    const { gateways, chaincode, channel } = this.#options
    return newsOf(parseBlock(await gateways.through('evaluate', ({ network }) => network.getContract('qscc').evaluateTransaction('GetBlockByNumber', channel, String(number)))), chaincode)
  }

  async #evaluate<T>(name: string, argument?: unknown): Promise<T> {
    const { gateways, chaincode } = this.#options
    return this.#reads.within(async () => {
      try {
        const bytes = await gateways.through('evaluate', ({ network }) => network.getContract(chaincode).evaluateTransaction(name, ...(argument === undefined ? [] : [canonicalJson(argument)])))
        return jsonOf(bytes) as T
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error
        throw new LedgerUnavailable(thrownText(error) ?? signalOf('evaluate', error).words, { cause: error })
      }
    })
  }
}

function jsonOf(bytes: Uint8Array): unknown {
  return bytes.length === 0 ? null : JSON.parse(Buffer.from(bytes).toString('utf8'))
}
