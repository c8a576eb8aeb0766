import { Client, credentials } from '@grpc/grpc-js'
import { connect, hash, type Contract } from '@hyperledger/fabric-gateway'
import type { SignedCommand } from '@yidan/ledger'
import { fileIdentity, memoryOutbox, openFabricLedger, readProfile, type FabricLedger, type FabricLedgerOptions, type GatewayIdentity, type OutboxStore, type Profile } from '@yidan/ledger/fabric'
import { randomBytes } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLedgerOutbox } from '../../api/src/ledger-outbox-store.ts'
import { whyNoBinaries } from '../../ledger/network/binaries.mjs'
import { portsFrom } from '../../ledger/network/folder.mjs'
import { organisations } from '../../ledger/network/topology.mjs'
import { bareChaincode, resetNetwork, titleChaincode, upNetwork } from '../../ledger/network/network.mjs'
import { aBooking, issuedBill, peopleFor } from '../bills/a-bill.ts'
import { aBill, aCast, anActor, inDays, signedAct, type Actor, type Cast } from '../support/ledger-actors.ts'
import { openPlatform } from '../support/open-platform.ts'
import { signedFor } from '../support/signed-for.ts'
import { concurrently, figure, inTurns, percentile, type Figure } from './measure.ts'

const workers = 256
const perRound = 512
const loneActs = 40
/** Of the network (ledger/network), ms. */
const batchTimeout = 25

/**
 * Acts of title on a real network of three organisations and three orderers, beside a contract that only reads and writes one key a
 * transaction, submitted one by one, with as many clients, on the same network in the same run; how long a lone one takes, and where.
 */
export async function fabricTransfer(): Promise<readonly Figure[]> {
  const missing = await whyNoBinaries(process.env)
  if (missing !== null) {
    console.error(`fabric: left out, ${missing}`)
    return []
  }
  const dir = await mkdtemp(join(tmpdir(), 'yidan-bench-fabric-'))
  try {
    const { connection, basePort } = await upNetwork({ dir, name: 'bench', chaincodes: [await titleChaincode(), bareChaincode()] })
    return await measured(connection, metricsOf(basePort))
  } finally {
    await resetNetwork({ dir })
  }
}

async function measured(connection: string, metrics: string): Promise<readonly Figure[]> {
  const watched = memoryOutbox()
  const marks: Marks = { endorsed: 0, kept: 0 }
  const { ledger, registrar, bare, close } = await open(connection, {
    ...watched,
    keepEnvelope: async (envelope) => {
      marks.endorsed = performance.now()
      await watched.keepEnvelope(envelope)
      marks.kept = performance.now()
    },
  })
  const cast = await aCast(ledger, registrar)
  const bills: Awaited<ReturnType<typeof aBill>>[] = []
  await concurrently(Array.from({ length: perRound }, (_, index) => index), workers, async () => { bills.push(await aBill(ledger, cast, { kind: 'blank' })) })

  let signed: readonly SignedCommand[] = []
  let offering = false
  const value = 'x'.repeat(1_000)
  const transfer = await inTurns({
    rounds: 4,
    prepare: async () => {
      offering = !offering
      signed = await Promise.all(bills.map(({ billId }) => (offering ? offered(ledger, cast, billId) : signedAct(ledger, { by: cast.shipper, action: 'withdrawOffer', subject: billId, args: {} }))))
    },
    subject: () => concurrently(signed, workers, (command) => ledger.submit(command)),
    baseline: () => concurrently(signed.map((_, index) => `key${index}`), workers, (key) => bare.submitTransaction('put', key, value + randomBytes(4).toString('hex'))),
  })
  const before = await blocksValidated(metrics)
  const lone = await loneTransfers(ledger, cast, bills.map(({ billId }) => billId).slice(0, loneActs), marks)
  const after = await blocksValidated(metrics)
  await close()
  const overHttp = await loneOverHttp(connection, registrar)
  const p50 = (times: readonly number[]): number => percentile(times, 0.5)
  const validate = (after.milliseconds - before.milliseconds) / Math.max(after.blocks - before.blocks, 1)
  const [sign, endorse, keep, order] = ledgerParts.map((part) => p50(lone.map((one) => one[part]))) as [number, number, number, number]
  const times: Readonly<Record<Part, number>> = { sign, endorse, keep, order: order - validate, validate, project: p50(overHttp.map(({ projected }) => projected)) }
  const whole = p50(lone.map((one) => one.whole)) + times.project
  return [
    figure({ name: 'fabric.transfer', unit: 'acts/s', ...transfer, goal: { atLeast: 12 }, note: `${workers} at once, three organisations, two endorse; baseline: submitTransaction of a bare read-modify-write contract one by one` }),
    figure({ name: 'fabric.latency', unit: 'ms', value: p50(overHttp.map(({ committed }) => committed)), baseline: batchTimeout + 40, goal: { atMost: 1 }, note: `p50 of ${overHttp.length} lone acts, from the HTTP request until the ledger tells of the commit; limit: BatchTimeout ${batchTimeout} ms + 40 ms` }),
    ...(Object.keys(parts) as Part[]).map((part) => figure({ name: `fabric.time.${part}`, unit: 'ms', value: times[part], baseline: whole, goal: { atMost: 1 }, note: parts[part] })),
  ]
}

const ledgerParts = ['sign', 'endorse', 'keep', 'order'] as const
type Part = (typeof ledgerParts)[number] | 'validate' | 'project'
const parts: Readonly<Record<Part, string>> = {
  sign: 'the party signs the command (before the clock starts)', endorse: 'read the head’s endorsers, decide and verify at two peers',
  keep: 'the envelope into the outbox (here: memory)', order: `order (waits for BatchTimeout ${batchTimeout} ms), and bring the block here`, validate: 'check endorsements and versions of a block and commit it, at the peer that is read from (its own clock, mean)',
  project: 'from the commit until the views in MongoDB show it',
}

interface Marks { endorsed: number; kept: number }

async function loneTransfers(ledger: FabricLedger, cast: Cast, bills: readonly Awaited<ReturnType<typeof aBill>>['billId'][], marks: Marks): Promise<readonly Readonly<Record<'whole' | (typeof ledgerParts)[number], number>>[]> {
  const times = []
  for (const billId of bills) {
    const title = await ledger.read(billId)
    const before = performance.now()
    const command = title?.offer ? await signedAct(ledger, { by: cast.shipper, action: 'withdrawOffer', subject: billId, args: {} }) : await offered(ledger, cast, billId)
    const begun = performance.now()
    await ledger.submit(command)
    const ended = performance.now()
    times.push({ whole: ended - begun, sign: begun - before, endorse: marks.endorsed - begun, keep: marks.kept - marks.endorsed, order: ended - marks.kept })
  }
  return times
}

/** Where the own organisation's peer tells of its work. */
function metricsOf(basePort: number): string {
  const [own] = organisations
  if (!own) throw new Error('the network has no organisation')
  return `http://127.0.0.1:${portsFrom(basePort).peer(own).operations}/metrics`
}

async function blocksValidated(metrics: string): Promise<{ readonly milliseconds: number; readonly blocks: number }> {
  const text = await (await fetch(metrics)).text()
  const read = (name: string): number => {
    const found = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))]
    if (found.length === 0) throw new Error(`the peer tells no ${name}`)
    return found.reduce((sum, [, value]) => sum + Number(value), 0)
  }
  const phases = ['gossip_privdata_validation_duration', 'ledger_block_processing_time']
  return { milliseconds: phases.reduce((sum, phase) => sum + read(`${phase}_sum`) * 1_000, 0), blocks: read('ledger_block_processing_time_count') }
}

/** Lone acts through the whole platform on the same network: until the ledger tells of the commit, and from then until the views show it. */
async function loneOverHttp(connection: string, registrar: Actor): Promise<readonly { readonly committed: number; readonly projected: number }[]> {
  const platform = await openPlatform({ registrar, checkAnswers: false, ledger: async (_, { database, vault, clock }) => openOn(connection, registrar, await openLedgerOutbox({ database, vault, clock })) })
  const stopping = new AbortController()
  const commits = new EventEmitter()
  try {
    const people = await peopleFor(platform, 'batteries'), { shipper } = people
    const buyer = await platform.deskOf('consignee-bearing')
    const { billNumber } = await issuedBill(platform, people, await aBooking('batteries'))
    const { ledger, feed } = platform.ports
    const { position: now } = await ledger.health()
    void (async () => {
      for await (const { commandId, position } of ledger.follow(now, stopping.signal)) commits.emit(commandId, position)
    })()
    const times = []
    for (let act = 0; act < loneActs; act += 1) {
      const signed = act % 2 === 0 ? await signedFor(shipper, billNumber, 'offerPossession', { to: buyer.session.company.partyId, expiresAt: inDays(20) }) : await signedFor(shipper, billNumber, 'withdrawOffer', {})
      const told = once(commits, signed.command.commandId)
      const begun = performance.now()
      const answered = shipper.client.call('command', { body: signed })
      const [position] = (await told) as [number]
      const committed = performance.now()
      await feed.upToLedger(position)
      times.push({ committed: committed - begun, projected: performance.now() - committed })
      await answered
    }
    return times
  } finally {
    stopping.abort()
    await platform.close()
  }
}

function offered(ledger: FabricLedger, cast: Cast, billId: Awaited<ReturnType<typeof aBill>>['billId']): Promise<SignedCommand> {
  return signedAct(ledger, { by: cast.shipper, action: 'offerPossession', subject: billId, args: { to: cast.buyer.partyId, expiresAt: inDays(20) } })
}

async function open(connection: string, outbox: OutboxStore): Promise<{ ledger: FabricLedger; registrar: Actor; bare: Contract; close(): Promise<void> }> {
  const registrar = await anActor()
  const ledger = await openOn(connection, registrar, outbox)
  const { profile, identity } = await portOn(connection)
  const peer = profile.peers.find(({ organisation }) => organisation === 'PortMSP')
  if (!peer) throw new Error('the network has no peer of PortMSP')
  const client = new Client(peer.address, credentials.createSsl(Buffer.from(peer.tlsRoots)))
  const gateway = connect({ client, identity: { mspId: 'PortMSP', credentials: Buffer.from(identity.certificate) }, signer: identity.sign, hash: hash.none })
  return {
    ledger, registrar, bare: gateway.getNetwork(profile.channel).getContract('bare'),
    async close() {
      gateway.close()
      client.close()
      await ledger.close()
    },
  }
}

async function openOn(connection: string, { partyId, person, signer }: Actor, outbox: OutboxStore): Promise<FabricLedger> {
  const { profile, identity } = await portOn(connection)
  const log: FabricLedgerOptions['log'] = { debug: () => undefined, info: () => undefined, warn: (details, message) => console.error(message, details), error: (details, message) => console.error(message, details) }
  return openFabricLedger({ profile, identity, network: 'bench', code: profile.code, outbox, clock: () => new Date(), log, limits: { patience: 120_000 }, registrar: { partyId, person, publicKey: signer.publicKey } })
}

async function portOn(connection: string): Promise<{ profile: Profile; identity: GatewayIdentity }> {
  const profile = await readProfile(connection)
  const files = profile.clients.get('PortMSP')
  if (!files) throw new Error('the network has no gateway for PortMSP')
  return { profile, identity: await fileIdentity({ organisation: 'PortMSP', ...files }) }
}
