import type { Instant } from '../domain/index.ts'
import type { KeepersHealth, LedgerHealth, Organisation } from '../port.ts'
import type { BlockStream } from './block-stream.ts'
import type { TitleContract } from './contract.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { Gateways, PeerAddress } from './gateways.ts'
import { daysLeft, type GatewayIdentity } from './identity.ts'

/** How the network stands, as seen from here. */
export interface FabricHealth extends LedgerHealth {
  readonly kind: 'fabric'
  readonly keepers: KeepersHealth
}

/** Certificates are spoken of this many days before they end. */
const warnedBefore = 60
const answerLimit = 1_500

export async function healthOf({ network, organisations, identity, clock, gateways, contract, stream, dispatcher, position, closed }: {
  readonly network: string
  readonly organisations: readonly Organisation[]
  readonly identity: GatewayIdentity
  readonly clock: () => Date
  readonly gateways: Gateways
  readonly contract: TitleContract
  readonly stream: BlockStream
  readonly dispatcher: Dispatcher
  readonly position: number
  readonly closed: boolean
}): Promise<FabricHealth> {
  const heights = closed ? [] : await Promise.all(gateways.peers.map(async (peer) => ({ peer, height: await heightOf(contract, peer) })))
  const furthest = Math.max(0, ...heights.map(({ height }) => height ?? 0))
  const peers = heights.map(({ peer, height }) => ({ organisation: peer.organisation, peer: peer.name, ok: height !== null, height, lag: height === null ? null : furthest - height }))
  const certificates = certificatesOf({ identity, peers: gateways.peers, now: clock() })
  const { figures } = dispatcher
  const away = organisations.map(({ id }) => id).filter((id) => !peers.some(({ organisation, ok }) => ok && organisation === id))
  const ending = certificates.filter(({ days }) => days < warnedBefore)
  const trouble = [
    closed ? 'closed' : null,
    away.length > 0 && !closed ? `no answer from ${away.join(', ')}` : null,
    dispatcher.waitingFor(),
    stream.fault === null ? null : `no blocks: ${stream.fault}`,
    ...ending.map(({ of, days }) => (days < 0 ? `the certificate of ${of} has ended` : `the certificate of ${of} ends in ${days} days`)),
  ].filter((words) => words !== null)
  // Two of three must endorse: with one away acts of the others' titles go on.
  const ok = !closed && peers.length > 0 && away.length * 2 < organisations.length && stream.fault === null && certificates.every(({ days }) => days >= 0)
  return {
    kind: 'fabric', ok, network, position, keepers: { peers, certificates, lastBlockAt: stream.lastAt === null ? null : (new Date(stream.lastAt).toISOString() as Instant), queue: figures },
    detail: [`${peers.length} peers, block ${furthest - 1}, ${figures.waiting + figures.inFlight} under way`, ...trouble].join('; '),
  }
}

async function heightOf(contract: TitleContract, peer: PeerAddress): Promise<number | null> {
  let limit: NodeJS.Timeout | undefined
  const silence = new Promise<null>((resolve) => { limit = setTimeout(() => resolve(null), answerLimit) })
  try {
    return await Promise.race([contract.height(peer), silence])
  } catch {
    return null
  } finally {
    clearTimeout(limit)
  }
}

function certificatesOf({ identity, peers, now }: { identity: GatewayIdentity; peers: readonly PeerAddress[]; now: Date }): KeepersHealth['certificates'] {
  const roots = new Map(peers.map(({ organisation, tlsRoots }) => [organisation, tlsRoots]))
  return [{ of: `the gateway of ${identity.organisation}`, days: Math.floor(daysLeft(identity.certificate, now)) }, ...[...roots].map(([organisation, pem]) => ({ of: `the TLS authority of ${organisation}`, days: Math.floor(daysLeft(pem, now)) }))]
}
