import type { LedgerHealth } from '@yidan/ledger/port'
import { expect } from 'chai'
import { Registry } from 'prom-client'
import { addLedgerGauges } from './ledger-gauges.ts'

const healthy: LedgerHealth = {
  kind: 'fabric', ok: true, network: 'test', position: 42, detail: '',
  keepers: {
    peers: [{ organisation: 'PortMSP', peer: 'peer.port', ok: true, height: 9, lag: 0 }, { organisation: 'BankMSP', peer: 'peer.bank', ok: false, height: null, lag: null }],
    lastBlockAt: '2026-11-21T08:00:00.000Z' as never, queue: { waiting: 3, inFlight: 1, oldest: null }, certificates: [{ of: 'the gateway of PortMSP', days: 59 }],
  },
}

describe('figures of the ledger', () => {
  it('tell of every peer, of what waits and of certificates, as they are when asked', async () => {
    const registry = new Registry()
    let asked = 0
    addLedgerGauges(registry, { health: () => { asked += 1; return Promise.resolve(healthy) } })
    const text = await registry.metrics()
    for (const line of ['ledger_position 42', 'ledger_peer_up{organisation="PortMSP",peer="peer.port"} 1', 'ledger_peer_up{organisation="BankMSP",peer="peer.bank"} 0', 'ledger_commands_waiting 3', 'ledger_certificate_days{of="the gateway of PortMSP"} 59', 'ledger_peer_blocks{organisation="PortMSP",peer="peer.port"} 9']) expect(text).to.include(line)
    expect(asked).to.equal(1)
  })
  it('do without what a ledger of one keeper has not', async () => {
    const registry = new Registry()
    const { keepers: _, ...embedded } = healthy
    addLedgerGauges(registry, { health: () => Promise.resolve({ ...embedded, kind: 'embedded' }) })
    expect(await registry.metrics()).to.include('ledger_position 42').and.not.include('ledger_peer_up{')
  })
  it('do not fail when the ledger does not answer', async () => {
    const registry = new Registry()
    addLedgerGauges(registry, { health: () => Promise.reject(new Error('away')) })
    expect(await registry.metrics()).to.include('ledger_position 0')
  })
})
