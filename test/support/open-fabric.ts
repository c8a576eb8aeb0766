import { fileIdentity, memoryOutbox, openFabricLedger, readProfile, type FabricLedger, type FabricLedgerOptions, type OutboxStore } from '@yidan/ledger/fabric'
import type { Context } from 'mocha'
import { skipBecause } from '../../api/launch/skip-because.ts'
import { whyNoBinaries } from '../../ledger/network/binaries.mjs'
import { resetNetwork, upNetwork } from '../../ledger/network/network.mjs'
import { endAllByForce } from '../../ledger/network/processes.mjs'
import { aFolder } from './a-folder.ts'
import { anActor, type Actor } from './ledger-actors.ts'

/** A real Fabric network of this test's own: three organisations, three orderers, on free ports, in a folder that goes with it. */
export interface TestNetwork {
  readonly dir: string
  readonly registrar: Actor
  open(given?: Given): Promise<FabricLedger>
  close(): Promise<void>
}

interface Given {
  /** For whom it sends; the operator's organisation unless said otherwise. */
  readonly organisation?: string
  readonly registrar?: Actor
  readonly outbox?: OutboxStore
  readonly clock?: () => Date
  readonly limits?: FabricLedgerOptions['limits']
  readonly log?: FabricLedgerOptions['log']
}

const quiet: FabricLedgerOptions['log'] = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: (details, message) => console.error(message, details) }

let shared: Promise<TestNetwork> | null = null

/**
 * One network for all suites of a test process that take nothing of it down: to bring one up takes longer than most of them. It goes
 * when the last test has ended.
 */
export async function openSharedNetwork(context: Context): Promise<TestNetwork> {
  await skipWithoutBinaries(context)
  const isFirst = shared === null
  const network = await (shared ??= openTestNetwork(context))
  if (isFirst) {
    let root = context.runnable().parent
    while (root?.parent) root = root.parent
    root?.afterAll('the shared network goes', async () => {
      await network.close()
    })
  }
  return { ...network, close: () => Promise.resolve() }
}

/** Brings one up; skips the suite, with the reason, where Fabric's programs cannot be had. */
export async function openTestNetwork(context: Context): Promise<TestNetwork> {
  await skipWithoutBinaries(context)
  const dir = process.env['YIDAN_TEST_FABRIC_DIR'] ?? (await aFolder('yidan-fabric-'))
  // A network outlives who started it; that of a test run that is cut short must not.
  process.once('exit', () => { endAllByForce(dir) })
  const { connection } = await upNetwork({ dir, name: 'test' })
  const registrar = await anActor()
  return {
    dir, registrar,
    async open({ organisation = 'PortMSP', registrar: founder = registrar, outbox = memoryOutbox(), clock = () => new Date(), limits, log = quiet } = {}) {
      const profile = await readProfile(connection)
      const files = profile.clients.get(organisation)
      if (!files) throw new Error(`the network has no gateway for ${organisation}`)
      return openFabricLedger({
        profile, identity: await fileIdentity({ organisation, ...files }), network: 'test', code: profile.code, outbox, clock, log, ...(limits ? { limits } : {}),
        registrar: { partyId: founder.partyId, person: founder.person, publicKey: founder.signer.publicKey },
      })
    },
    async close() {
      await resetNetwork({ dir })
    },
  }
}

async function skipWithoutBinaries(context: Context): Promise<void> {
  const reason = await whyNoBinaries(process.env)
  if (reason !== null) skipBecause(context, reason)
  context.timeout(600_000)
}
