import type { LedgerStanding } from '@yidan/api/contract'
import type { LogEntry } from '../events/types.ts'
import type { Ports } from '../ports.ts'

type StandingPorts = Pick<Ports, 'ledger' | 'eventLog' | 'feed' | 'seals' | 'clock'>
/** Records shown, and how far back in the log they are looked for: between them lie the events of boxes. */
const shown = 30, window = 500, furthest = 5_000

/** How the ledger stands, for those who rely on it and those who run it. @throws LedgerUnavailable */
export async function ledgerStanding(ports: StandingPorts): Promise<LedgerStanding> {
  const { ledger, feed, seals, clock } = ports
  const [health, latest, certificates] = await Promise.all([ledger.health(), latestRecords(ports), seals.certificates()])
  const { kind, network, ok, position, detail, keepers } = health
  const views = feed.health()
  return {
    kind, network, ok, position, detail, asOf: clock().toISOString(),
    organisations: ledger.organisations.map(({ id, role }) => ({ id, role })),
    keepers: keepers ? { peers: keepers.peers.map((peer) => ({ ...peer })), lastBlockAt: keepers.lastBlockAt, queue: { ...keepers.queue }, certificates: keepers.certificates.map((certificate) => ({ ...certificate })) } : null,
    views: { ok: views.ok, ledgerPosition: views.ledgerPosition, behind: views.behind, detail: views.detail },
    latest,
    seals: certificates.map(({ of, isRoot, until }) => ({ of, isRoot, until: until.toISOString() })),
  }
}

/** The newest records in the log, one a block where there are blocks. */
async function latestRecords({ ledger, eventLog }: StandingPorts): Promise<LedgerStanding['latest']> {
  const places = new Map<number, LedgerStanding['latest'][number]>()
  const last = await eventLog.last()
  for (let end = last; end > 0 && end > last - furthest && places.size <= shown; end -= window) {
    const entries: LogEntry[] = []
    for (let after = Math.max(end - window, 0); after < end; after = entries.at(-1)?.position ?? end) entries.push(...(await eventLog.read(after, end - after)))
    for (const entry of entries.reverse()) take(entry)
  }
  return [...places.values()].slice(0, shown)

  function take({ event }: LogEntry): void {
    if (event.type !== 'ledger-recorded') return
    const { position, recordedAt, entries } = event.record
    const block = ledger.blockOf?.(position) ?? null
    const known = places.get(block ?? position)
    places.set(block ?? position, { position: known?.position ?? position, block, recordedAt: known?.recordedAt ?? recordedAt, acts: (known?.acts ?? 0) + 1, entries: (known?.entries ?? 0) + entries.length })
  }
}
