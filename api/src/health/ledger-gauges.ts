import type { KeepersHealth, Ledger, LedgerHealth } from '@yidan/ledger/port'
import { Gauge, type Registry } from 'prom-client'

/** Several gauges are collected at once: the ledger is asked once for all of them. */
const askedFor = 500

/** Figures of the ledger, asked for when they are collected. Where one keeper keeps it there is its position alone. */
export function addLedgerGauges(registry: Registry, ledger: Pick<Ledger, 'health'>): void {
  let asked: { readonly at: number; readonly health: Promise<LedgerHealth | null> } | null = null
  const ask = (): Promise<LedgerHealth | null> => {
    if (asked === null || Date.now() - asked.at > askedFor) asked = { at: Date.now(), health: ledger.health().catch(() => null) }
    return asked.health
  }

  function gauge<Label extends string>(name: string, help: string, labelNames: readonly Label[], read: (gauge: Gauge<Label>, keepers: KeepersHealth) => void): void {
    new Gauge({
      name, help, labelNames: [...labelNames], registers: [registry],
      async collect() {
        const health = await ask()
        this.reset()
        if (health?.keepers) read(this, health.keepers)
      },
    })
  }

  new Gauge({ name: 'ledger_position', help: 'Position of the last record', registers: [registry], async collect() { this.set((await ask())?.position ?? 0) } })
  gauge('ledger_peer_up', 'Whether each peer answers', ['organisation', 'peer'], (up, { peers }) => { for (const { organisation, peer, ok } of peers) up.set({ organisation, peer }, ok ? 1 : 0) })
  gauge('ledger_peer_blocks', 'Blocks each peer has', ['organisation', 'peer'], (blocks, { peers }) => { for (const { organisation, peer, height } of peers) if (height !== null) blocks.set({ organisation, peer }, height) })
  gauge('ledger_peer_lag_blocks', 'Blocks each peer is behind the furthest', ['organisation', 'peer'], (lags, { peers }) => { for (const { organisation, peer, lag } of peers) if (lag !== null) lags.set({ organisation, peer }, lag) })
  gauge('ledger_commands_waiting', 'Commands that wait to be sent', [], (waiting, { queue }) => waiting.set(queue.waiting))
  gauge('ledger_batches_in_flight', 'Batches sent and not yet in a block', [], (inFlight, { queue }) => inFlight.set(queue.inFlight))
  gauge('ledger_oldest_command_seconds', 'How long the oldest command has waited', [], (oldest, { queue }) => oldest.set(queue.oldest === null ? 0 : (Date.now() - Date.parse(queue.oldest)) / 1000))
  gauge('ledger_last_block_timestamp_seconds', 'When the last block came', [], (last, { lastBlockAt }) => { if (lastBlockAt !== null) last.set(Date.parse(lastBlockAt) / 1000) })
  gauge('ledger_certificate_days', 'Days until a certificate of the network ends', ['of'], (days, { certificates }) => { for (const certificate of certificates) days.set({ of: certificate.of }, certificate.days) })
}
