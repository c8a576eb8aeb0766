import type { BillDocument, BillId, ContainerNumber, Hash, PartyId } from '@yidan/ledger'
import express from 'express'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CompanyRole, TrackingEvent } from '@yidan/api/contract'
import type { Caller } from '../../api/src/access/caller.ts'
import type { Identities } from '../../api/src/http/authenticate.ts'
import { openMachines, type Machines } from '../../api/src/machines/index.ts'
import type { Directory } from '../../api/src/parties/directory.ts'
import type { Ports } from '../../api/src/ports.ts'
import { billFrom } from '../support/bill-documents.ts'
import { act, aCast, aContainer, anApprovedBill, issueArgs, type Cast } from '../support/ledger-actors.ts'
import { portsOver } from '../live/open-hub.ts'
import { frozen, openLog, received, type OpenedLog } from '../tracking/open-log.ts'

/** The rooms for machines on a server of their own, over a log with one issued bill; each member of the cast has an API key under its name. */
export interface OpenedMachines {
  readonly open: OpenedLog
  readonly ports: Ports
  readonly cast: Cast
  readonly document: BillDocument
  readonly billId: BillId
  readonly containers: readonly ContainerNumber[]
  readonly url: string
  readonly bugs: readonly unknown[]
  readonly machines: Machines
  readonly systems: Readonly<Record<string, Caller>>
  /** Names whose key counts no more. */
  readonly revoked: Set<string>
  happens(...events: TrackingEvent[]): Promise<void>
  /** The bill goes from one of the cast to another. */
  endorse(from: 'shipper' | 'buyer' | 'bank', to: 'shipper' | 'buyer' | 'bank'): Promise<void>
  as(name: string, path: string, init?: RequestInit): Promise<Response>
  close(): Promise<void>
}

const abilities = ['follow-container', 'follow-bill', 'follow-train', 'send-events', 'use-session', 'manage-webhooks'] as const

export function aSystem(partyId: PartyId, roles: readonly CompanyRole[], name: string): Caller {
  return { kind: 'system', apiKeyId: `ak_${name}`, label: name, abilities: [...abilities], company: { id: `co_${partyId.slice(1, 17)}` as never, partyId, name, roles } }
}

export async function openTestMachines({ clock = () => new Date() }: { readonly clock?: () => Date } = {}): Promise<OpenedMachines> {
  const open = await openLog()
  const cast = await aCast(open.ledger, open.opened.registrar)
  const { billId, docHash } = await anApprovedBill(open.ledger, cast)
  const containers = [aContainer(), aContainer(), aContainer()]
  const sample = billFrom('tractorsToSantos')
  const document = { ...sample, billId, containers: containers.map((number, index) => ({ ...(sample.containers[index] as BillDocument['containers'][number]), number })) }
  await append(frozen(document, { carrier: cast.carrier.partyId, shipper: cast.shipper.partyId, docHash: docHash satisfies Hash }))
  const issued = await act(open.ledger, { by: cast.carrier, action: 'issue', subject: billId, with: [cast.carrierSecond], args: issueArgs(cast, docHash, { containers }) })
  await open.feed.upToLedger(issued.position)

  const systems: Readonly<Record<string, Caller>> = {
    carrier: aSystem(cast.carrier.partyId, ['carrier'], 'carrier'), shipper: aSystem(cast.shipper.partyId, ['shipper'], 'shipper'), buyer: aSystem(cast.buyer.partyId, ['consignee'], 'buyer'), bank: aSystem(cast.bank.partyId, ['bank'], 'bank'),
    thief: aSystem(cast.thief.partyId, ['forwarder'], 'thief'), terminal: aSystem(cast.terminal.partyId, ['terminal'], 'terminal'), keyless: { ...aSystem(cast.shipper.partyId, ['shipper'], 'keyless'), abilities: ['use-session'] } as Caller,
  }
  const keyOf = (name: string): string => `ydk_${name.padEnd(24, '0')}`
  const identities: Identities = { bySession: () => Promise.resolve(null), byApiKey: (secret) => Promise.resolve(Object.entries(systems).find(([name]) => keyOf(name) === secret)?.[1] ?? null) }
  const directory = { byParties: (ids: readonly PartyId[]) => Promise.resolve(new Map(ids.map((id) => [id, { name: '示例码头', nameEn: 'Sample Terminal', roles: [] }]))) } as unknown as Directory
  const bugs: unknown[] = []
  const revoked = new Set<string>()
  const base = portsOver(open, clock)
  const ports = { ...base, settings: { ...base.settings, delivery: { allowLoopback: true, firstRetryMs: 30, giveUpAfter: 6, timeoutMs: 1_000 } }, log: { ...open.log, error: (what: unknown) => void bugs.push(what), warn: () => undefined } as unknown as Ports['log'] }
  const machines = await openMachines(ports, directory, { audit: { note: () => undefined }, callerBehind: (maker) => Promise.resolve(maker.kind === 'api-key' ? (Object.values(systems).find((system) => system.kind === 'system' && system.apiKeyId === maker.apiKeyId && !revoked.has(system.label)) ?? null) : null) })
  machines.engine.start()
  const app = express().disable('x-powered-by').set('query parser', 'simple').use(machines.routes(identities))
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function append(...entries: Parameters<OpenedLog['eventLog']['append']>[0]): Promise<void> {
    const { last } = await open.eventLog.append(entries)
    await open.feed.upTo(last, 60_000)
  }

  return {
    open, ports, cast, machines, systems, revoked, document, billId, containers, url, bugs,
    happens: (...events) => append(...events.map((event) => received(event))),
    async endorse(from, to) {
      const { position } = await act(open.ledger, { by: cast[from], action: 'endorse', subject: billId, args: { to: cast[to].partyId, manner: 'to-order' } })
      await open.feed.upToLedger(position, 10_000)
    },
    as: (name, path, init = {}) => fetch(`${url}${path}`, { redirect: 'manual', ...init, headers: { ...(name === '' ? {} : { authorization: `Bearer ${keyOf(name)}` }), ...(init.headers as Record<string, string> | undefined) } }),
    async close() {
      server.closeAllConnections()
      server.close()
      await machines.engine.stop()
      await open.close()
    },
  }
}
