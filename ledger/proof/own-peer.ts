import { common } from '@hyperledger/fabric-protos'
import { canonicalJson, type Hash, type LogEntry, type Party, type Title } from '../domain/index.ts'
import { parseBlock } from '../fabric/blocks.ts'
import { Gateways } from '../fabric/gateways.ts'
import { fileIdentity } from '../fabric/identity.ts'
import { ProfileFault, readProfile } from '../fabric/profile.ts'
import type { ProofReport } from './report.ts'

/** An organisation that keeps a copy of the ledger asks its own peer, and nobody else, what stands there: then it need believe nobody's signature. */
export interface OwnPeerAnswer {
  /**
   * same: the peer's head is the proof's. moved-on: the proof's head is among the peer's entries, and more came after it. behind: the
   * peer has not got so far. differs: the peer knows other entries. unknown: it knows nothing of the bill.
   */
  readonly verdict: 'same' | 'moved-on' | 'behind' | 'differs' | 'unknown'
  readonly organisation: string
  readonly peer: string
  /** How many blocks the peer has. */
  readonly height: number
  readonly head: { readonly seq: number; readonly hash: Hash; readonly block: number } | null
}

/**
 * @param organisation whose peer and gateway certificate are used; may be left out where the profile has the certificate of one only
 * @throws ProfileFault, or the gateway's own errors when the peer does not answer
 */
export async function askOwnPeer({ profile: path, organisation, proof, clock = () => new Date() }: { readonly profile: string; readonly organisation?: string | undefined; readonly proof: Pick<ProofReport, 'subject' | 'chain'>; readonly clock?: () => Date }): Promise<OwnPeerAnswer> {
  const { subject, chain } = proof
  if (subject === null) throw new TypeError('a proof that cannot be read names nothing to ask for')
  const profile = await readProfile(path)
  const own = organisation ?? (profile.clients.size === 1 ? [...profile.clients.keys()][0] : undefined)
  const client = own === undefined ? undefined : profile.clients.get(own)
  const [peer] = profile.peers.filter((one) => one.organisation === own)
  if (own === undefined || client === undefined || peer === undefined) throw new ProfileFault(`${path} holds gateway certificates of ${[...profile.clients.keys()].join(', ') || 'no organisation'}: say whose peer to ask.`)
  const gateways = new Gateways({ peers: [peer], identity: await fileIdentity({ organisation: own, ...client }), channel: profile.channel, clock, onChange: () => undefined })
  try {
    const ask = (chaincode: string, name: string, ...given: string[]): Promise<Uint8Array> =>
      gateways.at(peer, ({ network }) => network.getContract(chaincode).newProposal(name, { arguments: given, endorsingOrganizations: [own] }).evaluate())
    const height = common.BlockchainInfo.deserializeBinary(await ask('qscc', 'GetChainInfo', profile.channel)).getHeight()
    const head = jsonOf(await ask(profile.chaincode, 'read', canonicalJson(subject))) as { title?: Title; party?: Party; stream: readonly (readonly [string, string])[] } | null
    const stream = head?.title ?? head?.party
    if (!head || !stream) return { verdict: 'unknown', organisation: own, peer: peer.name, height, head: null }
    const block = parseBlock(await ask('qscc', 'GetBlockByTxID', profile.channel, head.stream.at(-1)?.[1] ?? '')).number
    const last = chain.at(-1)
    const entries = jsonOf(await ask(profile.chaincode, 'history', canonicalJson(subject))) as readonly LogEntry[]
    return { verdict: compared(entries, last), organisation: own, peer: peer.name, height, head: { seq: stream.seq, hash: stream.headHash, block } }
  } finally {
    gateways.close()
  }
}

function compared(entries: readonly LogEntry[], last: ProofReport['chain'][number] | undefined): OwnPeerAnswer['verdict'] {
  if (!last) return 'differs'
  if (entries.length < last.seq) return 'behind'
  return entries[last.seq - 1]?.hash !== last.hash ? 'differs' : entries.length === last.seq ? 'same' : 'moved-on'
}

function jsonOf(bytes: Uint8Array): unknown {
  return bytes.length === 0 ? null : JSON.parse(Buffer.from(bytes).toString('utf8'))
}
