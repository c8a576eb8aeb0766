import { createHash } from 'node:crypto'
import type { Stub } from '../../ledger/chaincode/stub.ts'

/** A key's value and metadata as committed, with the height that wrote it. */
export interface Stored {
  readonly value: Uint8Array
  readonly policy: Uint8Array | null
  readonly version: string
}
export type State = ReadonlyMap<string, Stored>

/** What the client put into the transaction: the same for every peer. */
export interface Proposal {
  readonly txId: string
  readonly args: readonly string[]
  readonly transient: ReadonlyMap<string, Uint8Array>
  readonly creator: { readonly organisation: string; readonly certificate: string }
  readonly time: Date
}

/** What a peer's simulation comes to: reads with their versions, writes, hashes of private writes, the event. */
export interface Simulation {
  readonly reads: Map<string, string | null>
  readonly writes: Map<string, Uint8Array | null>
  readonly policies: Map<string, Uint8Array>
  readonly secrets: Map<string, Map<string, Uint8Array>>
  event: { readonly name: string; readonly payload: Uint8Array } | null
  /** Round trips between chaincode and peer, by name. */
  readonly calls: string[]
}

/** A peer as its chaincode sees it, with the rules of Fabric that fakes usually leave out. */
export function stubOf({ proposal, state, secrets, organisation }: { readonly proposal: Proposal; readonly state: State; readonly secrets: (collection: string, key: string) => Uint8Array | 'hash only' | null; readonly organisation: string }): { readonly stub: Stub; readonly simulation: Simulation } {
  const simulation: Simulation = { reads: new Map(), writes: new Map(), policies: new Map(), secrets: new Map(), event: null, calls: [] }
  const call = async <T>(name: string, key: string, run: () => T): Promise<T> => {
    simulation.calls.push(name)
    refuseBadKey(key)
    // Every call is a round trip: whatever else runs comes in between.
    await Promise.resolve()
    return run()
  }
  const stub: Stub = {
    getArgs: () => [...proposal.args],
    getChannelID: () => 'titles',
    getTxID: () => proposal.txId,
    getCreator: () => ({ mspid: proposal.creator.organisation, idBytes: Buffer.from(proposal.creator.certificate) }),
    getTransient: () => new Map(proposal.transient),
    getDateTimestamp: () => new Date(proposal.time),
    createCompositeKey(type, attributes) {
      for (const part of [type, ...attributes]) if (typeof part !== 'string' || part === '' || /[\0\u{10ffff}]/u.test(part)) throw new Error('object type or attribute not a non-zero length string')
      return `\0${[type, ...attributes].map((part) => `${part}\0`).join('')}`
    },
    // What this very transaction wrote is not seen by it.
    getState: (key) => call('getState', key, () => {
      const stored = state.get(key)
      simulation.reads.set(key, stored?.version ?? null)
      return stored ? new Uint8Array(stored.value) : new Uint8Array()
    }),
    putState: (key, value) => call('putState', key, () => {
      if (!(value instanceof Uint8Array) || value.length === 0) throw new Error('a value is bytes')
      simulation.writes.set(key, new Uint8Array(value))
    }),
    deleteState: (key) => call('deleteState', key, () => { simulation.writes.set(key, null) }),
    setStateValidationParameter: (key, policy) => call('setStateValidationParameter', key, () => { simulation.policies.set(key, new Uint8Array(policy)) }),
    setEvent(name, payload) {
      if (simulation.event !== null) throw new Error('of two events Fabric forgets the first')
      simulation.event = { name, payload: new Uint8Array(payload) }
    },
    putPrivateData: (collection, key, value) => call('putPrivateData', key, () => {
      simulation.secrets.set(collection, (simulation.secrets.get(collection) ?? new Map<string, Uint8Array>()).set(key, new Uint8Array(value)))
    }),
    getPrivateData: (collection, key) => call('getPrivateData', key, () => {
      const secret = secrets(collection, key)
      if (secret === 'hash only') throw new Error(`private data matching public hash version is not available at the peer of ${organisation}`)
      return secret ?? new Uint8Array()
    }),
  }
  return { stub, simulation }
}

/** Plain keys may not look like composite ones, and composite ones are whole. */
function refuseBadKey(key: string): void {
  if (key === '' || (key.startsWith('\0') && !key.endsWith('\0'))) throw new Error(`no such key: ${JSON.stringify(key)}`)
}

/** The bytes all endorsers must agree on. Secrets are in them by their hashes alone. */
export function resultBytes({ reads, writes, policies, secrets, event }: Simulation, response: Uint8Array): string {
  const sorted = <T>(map: ReadonlyMap<string, T>, show: (value: T) => unknown): unknown => [...map].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([key, value]) => [key, show(value)])
  const hex = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString('hex')
  return JSON.stringify({
    reads: sorted(reads, (version) => version), writes: sorted(writes, hex), policies: sorted(policies, hex),
    secrets: sorted(secrets, (values) => sorted(values, (value) => createHash('sha256').update(value).digest('hex'))), event: event && [event.name, hex(event.payload)], response: hex(response),
  })
}
