import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { run } from '../../api/launch/run.mjs'
import { Stop } from '../../api/launch/say.mjs'
import { placesIn, portsFrom } from './folder.mjs'
import { adminEnvironment } from './node-settings.mjs'
import { lastLines, logOf, runningProcess } from './processes.mjs'
import { channel, ordererName, organisations, peerName } from './topology.mjs'

/** What an orderer says of the channel. @typedef {{ readonly isJoined: boolean, readonly isLeader: boolean, readonly height: number | null }} OrdererView */

/** @typedef {import('./node-settings.mjs').Site} Site */

const startLimitMs = 30_000

/** Lets every orderer into the channel, if it is not yet in it. @param {Site} site */
export async function joinOrderers(site) {
  await Promise.all(organisations.map(async (organisation) => {
    const { admin } = portsFrom(site.basePort).orderer(organisation)
    const { adminTls, tls } = placesIn(site.dir).ordererOrganisation(organisation)
    await untilItWorks(ordererName(organisation), site.dir, async () => {
      const { code, output } = await run(join(site.binaries, 'osnadmin'), [
        'channel', 'join', '--channelID', channel, '--config-block', placesIn(site.dir).genesis, '-o', `localhost:${admin}`,
        '--ca-file', join(tls, 'ca.crt'), '--client-cert', join(adminTls, 'client.crt'), '--client-key', join(adminTls, 'client.key'),
      ], { limitMs: 20_000 })
      // osnadmin ends with 0 even when it is refused.
      return code === 0 && /Status: (201|405)/.test(output) ? null : output
    })
  }))
}

/** Lets every peer into the channel, if it is not yet in it. @param {Site} site */
export async function joinPeers(site) {
  await Promise.all(organisations.map((organisation) => untilItWorks(peerName(organisation), site.dir, async () => {
    const { code, output } = await run(join(site.binaries, 'peer'), ['channel', 'join', '-b', placesIn(site.dir).genesis], { cwd: site.dir, env: adminEnvironment(site, organisation), limitMs: 20_000 })
    return code === 0 || /already exists/.test(output) ? null : output
  })))
}

/** Waits until the orderers have a leader: before that every transaction is turned away. @param {Site} site */
export async function awaitLeader(site) {
  await untilItWorks('the orderers', site.dir, async () => {
    const views = await Promise.all(organisations.map((organisation) => ordererView(site, organisation)))
    return views.some((view) => view?.isLeader) ? null : 'they have not chosen a leader'
  })
}

/** Waits until a peer answers for the channel. @param {Site} site @param {import('./topology.mjs').Organisation} organisation */
export async function awaitPeer(site, organisation) {
  await untilItWorks(peerName(organisation), site.dir, async () => ((await peerHeight(site, organisation)) === null ? 'it does not answer for the channel' : null))
}

/** Waits until a peer's or an orderer's process answers at all. @param {Site} site @param {string} name @param {number} operations its port */
export async function awaitHealth(site, name, operations) {
  await untilItWorks(name, site.dir, async () => ((await isHealthy(operations)) ? null : 'it does not answer'))
}

/** Waits until every peer sees the others: before that a gateway finds no endorsement but its own organisation's. @param {Site} site */
export async function awaitAcquaintance(site) {
  const others = organisations.length - 1
  await untilItWorks('the peers', site.dir, async () => {
    const known = await Promise.all(organisations.map((organisation) => knownPeers(site, organisation)))
    return known.every((count) => count === others) ? null : `they do not see each other (${known.join(', ')} of ${others} others)`
  })
}

/** Blocks a peer has of the channel; null when it does not answer or has not joined. @param {Site} site @param {import('./topology.mjs').Organisation} organisation @returns {Promise<number | null>} */
export async function peerHeight(site, organisation) {
  const metrics = await metricsAt(portsFrom(site.basePort).peer(organisation).operations)
  return metrics === null ? null : valueOf(metrics, `ledger_blockchain_height{channel="${channel}"}`)
}

/** Other peers that a peer sees in the channel; null when it does not answer. @param {Site} site @param {import('./topology.mjs').Organisation} organisation @returns {Promise<number | null>} */
export async function knownPeers(site, organisation) {
  const metrics = await metricsAt(portsFrom(site.basePort).peer(organisation).operations)
  return metrics === null ? null : valueOf(metrics, `gossip_membership_total_peers_known{channel="${channel}"}`)
}

/** @param {Site} site @param {import('./topology.mjs').Organisation} organisation @returns {Promise<OrdererView | null>} null when it does not answer */
export async function ordererView(site, organisation) {
  const metrics = await metricsAt(portsFrom(site.basePort).orderer(organisation).operations)
  if (metrics === null) return null
  const last = valueOf(metrics, `consensus_etcdraft_committed_block_number{channel="${channel}"}`)
  const isLeader = valueOf(metrics, `consensus_etcdraft_is_leader{channel="${channel}"}`)
  return { isJoined: isLeader !== null, isLeader: isLeader === 1, height: last === null ? null : last + 1 }
}

/** @param {number} port of its operations service */
export async function isHealthy(port) {
  return fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(4_000) }).then((answer) => answer.ok, () => false)
}

/** @param {number} port @returns {Promise<string | null>} */
async function metricsAt(port) {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(4_000) })
    return answer.ok ? await answer.text() : null
  } catch {
    return null
  }
}

/** @param {string} metrics @param {string} series */
function valueOf(metrics, series) {
  const at = metrics.indexOf(`\n${series} `)
  if (at < 0) return null
  return Number.parseFloat(metrics.slice(at + series.length + 2))
}

/**
 * Tries again until it works; gives up at once when the process is gone, else after half a minute.
 * @param {string} name of the process it depends on
 * @param {string} dir
 * @param {() => Promise<string | null>} attempt what is the matter; null when it worked
 */
export async function untilItWorks(name, dir, attempt) {
  const until = Date.now() + startLimitMs
  for (;;) {
    const fault = await attempt()
    if (fault === null) return
    const isProcess = /^(peer|orderer)\./.test(name)
    const isGone = isProcess && runningProcess(dir, name) === null
    if (isGone || Date.now() > until) {
      const log = isProcess ? lastLines(dir, name) : ''
      throw new Stop(`${name} ${isGone ? 'ended instead of starting' : `does not get ready (waited ${startLimitMs / 1000} s)`}: ${fault.trim().split('\n').slice(-3).join(' ')}${log === '' ? '' : `\n  ${log}`}`, [
        ...(isProcess ? [`Its log: ${logOf(dir, name)}`] : []),
        'See what the whole network says: npm run fabric:doctor',
      ])
    }
    await pause(100)
  }
}
