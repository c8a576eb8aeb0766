import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ClientToServer, CompanyId, CompanyRole, Frame, PersonId, ServerToClient, SubscribeAnswer } from '@yidan/api/contract'
import type { PartyId, PersonTag } from '@yidan/ledger'
import { io, type Socket } from 'socket.io-client'
import { anonymous, type Caller, type PersonCaller } from '../../api/src/access/caller.ts'
import type { Guest } from '../../api/src/live/guests.ts'
import { openHub, type Hub } from '../../api/src/live/hub.ts'
import type { Ports } from '../../api/src/ports.ts'
import type { OpenedLog } from '../tracking/open-log.ts'

export type Client = Socket<ServerToClient, ClientToServer>

export interface OpenedHub {
  readonly hub: Hub
  readonly address: string
  /** A connected socket of this party, or of whoever holds the link with this secret. */
  connect(name: string, transports?: readonly string[], share?: string): Promise<Client>
  close(): Promise<void>
}

/** Who calls: someone of a company with this ledger party. */
export function aPerson(partyId: PartyId, roles: readonly CompanyRole[], name = partyId.slice(1, 5)): PersonCaller {
  const company = { id: `co_${partyId.slice(1, 17)}` as CompanyId, partyId, name, roles }
  return { kind: 'person', sessionId: `se_${name}`, company, person: { id: `pe_${partyId.slice(1, 17)}` as PersonId, name, roles: ['clerk', 'gate', 'signer'], tag: `u${'1'.repeat(32)}` as PersonTag } }
}

/** Only what the concepts under test ask of the ports. */
export function portsOver({ database, vault, eventLog, feed, ledger, log }: OpenedLog, clock: () => Date = () => new Date()): Ports {
  return { database, vault, eventLog, feed, ledger, log, clock, settings: { publicUrl: 'http://127.0.0.1', version: '0', demo: false } } as unknown as Ports
}

/** A hub on a server of its own; people sign in by their name in a header. */
export async function openTestHub(open: OpenedLog, people: Readonly<Record<string, Caller>>, guests: Readonly<Record<string, Guest>> = {}): Promise<OpenedHub> {
  const server = createServer()
  const admit = (token: string): Promise<Guest> => (guests[token] ? Promise.resolve(guests[token]) : Promise.reject(new Error('unknown link')))
  const hub = openHub({ httpServer: server, ports: portsOver(open), admit, authenticate: (headers) => Promise.resolve(people[String(headers['x-name'])] ?? anonymous) })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const clients: Client[] = []
  return {
    hub, address,
    async connect(name, transports = ['websocket'], share) {
      const client: Client = io(address, { path: '/live', transports: [...transports], extraHeaders: { 'x-name': name }, reconnection: false, forceNew: true, ...(share === undefined ? {} : { auth: { share } }) })
      clients.push(client)
      await new Promise<void>((resolve, reject) => {
        client.on('connect', resolve)
        client.on('connect_error', reject)
      })
      return client
    },
    async close() {
      for (const client of clients) client.disconnect()
      await hub.close()
      server.closeAllConnections()
      server.close()
    },
  }
}

export function subscribe(client: Client, room: string, since?: number): Promise<SubscribeAnswer> {
  return new Promise((resolve) => client.emit('subscribe', { room, ...(since === undefined ? {} : { since }) }, resolve))
}

/** Collects what a client hears. */
export function listen(client: Client): { readonly frames: Frame[]; readonly closed: { room: string; code: string }[] } {
  const heard = { frames: [] as Frame[], closed: [] as { room: string; code: string }[] }
  client.on('frames', (frames) => heard.frames.push(...frames))
  client.on('closed', (notice) => heard.closed.push(notice))
  return heard
}
