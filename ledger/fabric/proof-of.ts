import { parseCommand, readsOf, type KeyId, type LogEntry, type PartyId, type SigningKey, type Subject } from '../domain/index.ts'
import type { FabricProof, ProvenStream } from '../port.ts'
import { parseBlock } from './blocks.ts'

/** Where a Fabric proof is taken from: any peer will do, since whoever gets the proof checks all of it. */
export interface ProofSource {
  readonly network: string
  readonly channel: string
  readonly chaincode: string
  readonly registrar: PartyId
  history(subject: Subject): Promise<readonly LogEntry[]>
  key(keyId: KeyId): Promise<SigningKey | null>
  /** Command and transaction of each entry of the stream, in order. */
  places(subject: Subject): Promise<readonly string[]>
  /** The block (common.Block) with a transaction. */
  blockOf(txId: string): Promise<Uint8Array>
  /** Has peers of two organisations or more sign an answer of the chaincode; nothing is sent for ordering. @returns common.Envelope */
  attest(name: 'read' | 'constitution', argument?: Subject): Promise<Uint8Array>
}

/** Collects the evidence for one bill: its entries, its parties', their blocks, and the heads as they are now. Null when there is no such stream. */
export async function proofOf(source: ProofSource, subject: Subject): Promise<FabricProof | null> {
  if ((await source.history(subject)).length === 0) return null
  const known = new Map<string, Promise<Block>>()
  const blockOf = (txId: string): Promise<Block> => {
    const block = known.get(txId) ?? source.blockOf(txId).then((bytes) => ({ number: parseBlock(bytes).number, bytes }))
    known.set(txId, block)
    return block
  }
  const streams = await closure(source, subject, (one) => streamOf(source, one, blockOf))
  const [main, ...parties] = streams
  if (!main) return null
  const blocks = new Map<number, Uint8Array>()
  for (const block of await Promise.all(known.values())) blocks.set(block.number, block.bytes)
  const { network, channel, chaincode } = source
  return {
    kind: 'fabric', network, channel, chaincode, ...main, parties, constitution: base64(await source.attest('constitution')),
    blocks: [...blocks].sort(([one], [other]) => one - other).map(([, bytes]) => base64(bytes)),
  }
}

interface Block { readonly number: number; readonly bytes: Uint8Array }

const attempts = 3

/** The head and the entries that it names; taken again when an act comes in between. */
async function streamOf(source: ProofSource, subject: Subject, blockOf: (txId: string) => Promise<Block>): Promise<ProvenStream> {
  for (let attempt = 1; ; attempt += 1) {
    const entries = await source.history(subject)
    const txIds = await source.places(subject)
    const attestation = await source.attest('read', subject)
    const after = await source.places(subject)
    if (entries.length === txIds.length && after.length === txIds.length) {
      const places = await Promise.all(txIds.map(async (txId) => ({ txId, block: (await blockOf(txId)).number })))
      return { subject, entries, places, attestation: base64(attestation) }
    }
    if (attempt >= attempts) throw new Error(`${subject} is acted on all the time: its proof cannot be taken just now`)
  }
}

/** The bill's stream, and those of all parties that must be known to check it, to the registrar. */
export async function closure<S extends { readonly subject: Subject; readonly entries: readonly LogEntry[] }>(source: Pick<ProofSource, 'registrar' | 'key'>, subject: Subject, open: (subject: Subject) => Promise<S>): Promise<readonly S[]> {
  const streams = new Map<Subject, S>()
  for (let wanted: readonly Subject[] = [subject, source.registrar]; wanted.length > 0; ) {
    const opened = await Promise.all(wanted.map(open))
    for (const stream of opened) streams.set(stream.subject, stream)
    const entries = opened.flatMap((stream) => stream.entries)
    const signers = await Promise.all([...new Set(entries.flatMap(({ signed }) => signed.signatures.map(({ keyId }) => keyId)))].map((keyId) => source.key(keyId)))
    wanted = [...new Set([...entries.flatMap(partiesTo), ...signers.flatMap((key) => key?.partyId ?? [])])].filter((party) => !streams.has(party))
  }
  return [...streams.values()]
}

/** Every party that an entry names: who acted, who got something, who must be known to decide it. */
function partiesTo({ signed, events }: LogEntry): readonly PartyId[] {
  const { parties = [] } = readsOf(parseCommand(signed))
  const named = JSON.stringify([signed.command.party, parties, events, signed.command.args]).match(/"p[0-9a-f]{32}"/g) ?? []
  return [...new Set(named.map((quoted) => quoted.slice(1, -1) as PartyId))]
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
