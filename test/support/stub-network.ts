import { randomBytes } from 'node:crypto'
import { titleChaincode, type TitleChaincode } from '../../ledger/chaincode/chaincode.ts'
import { satisfies, type Endorser } from './stub-policy.ts'
import { resultBytes, stubOf, type Proposal, type Simulation, type Stored } from './stub-peer.ts'

export const stubOrganisations = [{ id: 'PortMSP', role: 'operator' }, { id: 'AssocMSP', role: 'association' }, { id: 'BankMSP', role: 'bank' }] as const
export type StubOrganisation = (typeof stubOrganisations)[number]['id']

/** A transaction with the results its endorsers agreed on. */
export interface Endorsed {
  readonly txId: string
  readonly proposal: Proposal
  /** What all of them signed. */
  readonly bytes: string
  readonly simulation: Simulation
  readonly endorsers: readonly Endorser[]
  readonly answer: unknown
}
/** Fabric's validation codes: 0 valid, 9 sent twice, 10 endorsement policy not met, 11 somebody was first. */
export type ValidationCode = 0 | 9 | 10 | 11

export interface Committed { readonly code: ValidationCode; readonly block: number }

/** The chaincode said no to a call as a whole. */
export class EndorsementFailed extends Error {
  override readonly name = 'EndorsementFailed'
}

export type Call = Pick<Proposal, 'creator'> & { readonly name: string; readonly argument: unknown; readonly confidential?: readonly string[]; readonly time?: Date }

/** Each peer stands on another machine: other time zone, and a clock that is a little off. */
const machines: Readonly<Record<StubOrganisation, { readonly timeZone: string; readonly clockOff: number }>> = {
  PortMSP: { timeZone: 'Asia/Shanghai', clockOff: 0 }, AssocMSP: { timeZone: 'America/St_Johns', clockOff: 40_000 }, BankMSP: { timeZone: 'Pacific/Apia', clockOff: -55_000 },
}

// The shim answers for everybody's forgotten promises with a line in its log; a test must fail by one.
for (const listener of process.listeners('unhandledRejection')) if (listener.name === 'loggerUnhandledRejectionFn') process.off('unhandledRejection', listener)

/** A channel of three organisations with one peer each, in memory: simulation, comparison of the results, policies, read conflicts. */
export class StubNetwork {
  readonly #clock: () => Date
  readonly #state = new Map<string, Stored>()
  readonly #secrets = new Map<string, Map<string, Uint8Array>>()
  readonly #seen = new Set<string>()
  #busy: Promise<unknown> = Promise.resolve()
  readonly #chaincodes: Record<StubOrganisation, TitleChaincode>
  /** What each committed transaction wrote, in order; its index is its block. */
  readonly blocks: { readonly txId: string; readonly endorsed: Endorsed; readonly writes: ReadonlyMap<string, Uint8Array | null>; readonly event: Simulation['event'] }[] = []

  constructor({ clock }: { readonly clock: () => Date }) {
    this.#clock = clock
    const chaincodeOf = (organisation: StubOrganisation): TitleChaincode => titleChaincode({ version: 'stub', code: 'stub', localClock: () => clock().getTime() + machines[organisation].clockOff })
    this.#chaincodes = { PortMSP: chaincodeOf('PortMSP'), AssocMSP: chaincodeOf('AssocMSP'), BankMSP: chaincodeOf('BankMSP') }
  }

  /** Puts another program on one organisation's machine. */
  replaceChaincode(organisation: StubOrganisation, chaincode: (honest: TitleChaincode) => TitleChaincode): void {
    this.#chaincodes[organisation] = chaincode(this.#chaincodes[organisation])
  }

  /** @throws EndorsementFailed when a chaincode throws, or when two peers come to different results */
  async endorse(call: Call, organisations: readonly StubOrganisation[], as: Endorser['as'] = 'peer'): Promise<Endorsed> {
    const proposal: Proposal = {
      txId: randomBytes(32).toString('hex'), args: [call.name, ...(call.argument === undefined ? [] : [typeof call.argument === 'string' && call.name === 'raw' ? call.argument : JSON.stringify(call.argument)])],
      transient: new Map(call.confidential ? [['confidential', Buffer.from(JSON.stringify(call.confidential))]] : []), creator: call.creator, time: call.time ?? this.#clock(),
    }
    return this.endorseProposal(proposal, organisations, as)
  }

  async endorseProposal(proposal: Proposal, organisations: readonly StubOrganisation[], as: Endorser['as'] = 'peer'): Promise<Endorsed> {
    const [first, ...others] = await inTurn(organisations, (organisation) => this.#alone(() => this.#simulate(proposal, organisation)))
    if (!first) throw new TypeError('somebody must endorse')
    if (others.some(({ bytes }) => bytes !== first.bytes)) throw new EndorsementFailed('ProposalResponsePayloads do not match')
    return { txId: proposal.txId, proposal, bytes: first.bytes, simulation: first.simulation, endorsers: organisations.map((organisation) => ({ organisation, as })), answer: first.answer }
  }

  /** Asks one peer, of which nothing is kept. */
  async evaluate(call: Call, organisation: StubOrganisation): Promise<unknown> {
    return (await this.endorse(call, [organisation])).answer
  }

  /** What every peer decides about it when its block comes. Each transaction is a block of its own. */
  commit(endorsed: Endorsed): Promise<Committed> {
    return this.#alone(() => this.#commit(endorsed))
  }

  #commit(endorsed: Endorsed): Committed {
    const { txId, simulation, endorsers } = endorsed
    const block = this.blocks.length
    const code = this.#validate(txId, simulation, endorsers)
    this.#seen.add(txId)
    this.blocks.push({ txId, endorsed, writes: code === 0 ? simulation.writes : new Map(), event: code === 0 ? simulation.event : null })
    if (code !== 0) return { code, block }
    const touched = new Set([...simulation.writes.keys(), ...simulation.policies.keys()])
    for (const key of touched) {
      const value = simulation.writes.has(key) ? simulation.writes.get(key) : this.#state.get(key)?.value
      // Metadata of a key that is not there is nowhere; a deleted key takes its metadata along.
      if (!value) this.#state.delete(key)
      else this.#state.set(key, { value, policy: simulation.policies.get(key) ?? this.#state.get(key)?.policy ?? null, version: `${block}:0` })
    }
    for (const [collection, values] of simulation.secrets) for (const [key, value] of values) this.#secrets.set(collection, (this.#secrets.get(collection) ?? new Map<string, Uint8Array>()).set(key, value))
    return { code, block }
  }

  /** The policy of a key of its own, if it has one. */
  policyOf(key: string): Uint8Array | null {
    return this.#state.get(key)?.policy ?? null
  }

  /** All keys and values of the channel, as anybody in it can read them. */
  dump(): ReadonlyMap<string, string> {
    return new Map([...this.#state].map(([key, { value }]) => [key, Buffer.from(value).toString('utf8')]))
  }

  #validate(txId: string, { reads, writes, policies, secrets }: Simulation, endorsers: readonly Endorser[]): ValidationCode {
    if (this.#seen.has(txId)) return 9
    const touched = new Set([...writes.keys(), ...policies.keys()])
    const own = [...touched].flatMap((key) => this.#state.get(key)?.policy ?? [])
    // The chaincode's own policy counts for every key that has none, and for a transaction that writes nothing.
    const needsCommon = touched.size === 0 || own.length < touched.size
    if (needsCommon && new Set(endorsers.filter(({ as }) => as === 'peer').map(({ organisation }) => organisation)).size < 2) return 10
    if (own.some((policy) => !satisfies(policy, endorsers))) return 10
    for (const collection of secrets.keys()) if (!endorsers.some(({ organisation, as }) => as === 'peer' && collection === `_implicit_org_${organisation}`)) return 10
    for (const [key, version] of reads) if ((this.#state.get(key)?.version ?? null) !== version) return 11
    return 0
  }

  /** A block waits until no simulation reads, and a simulation until the block is in; two simulations side by side would share a time zone. */
  #alone<T>(run: () => T | Promise<T>): Promise<T> {
    const done = this.#busy.then(run)
    this.#busy = done.catch(() => undefined)
    return done
  }

  async #simulate(proposal: Proposal, organisation: StubOrganisation): Promise<{ readonly bytes: string; readonly simulation: Simulation; readonly answer: unknown }> {
    const secrets = (collection: string, key: string): Uint8Array | 'hash only' | null => {
      const secret = this.#secrets.get(collection)?.get(key)
      return secret === undefined ? null : collection === `_implicit_org_${organisation}` ? secret : 'hash only'
    }
    const { stub, simulation } = stubOf({ proposal, state: this.#state, secrets, organisation })
    const zone = process.env['TZ']
    process.env['TZ'] = machines[organisation].timeZone
    try {
      const response = await this.#chaincodes[organisation].Invoke(stub)
      const { message, payload } = response, status: number = response.status
      if (status >= 400) throw new EndorsementFailed(message ?? '')
      const bytes = payload ?? new Uint8Array()
      return { bytes: resultBytes(simulation, bytes), simulation, answer: JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown }
    } finally {
      if (zone === undefined) delete process.env['TZ']
      else process.env['TZ'] = zone
    }
  }
}

async function inTurn<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const item of items) results.push(await run(item))
  return results
}
