import type { HandlersFor } from '../http/handlers.ts'
import { openApiDocument } from '../http/openapi.ts'
import type { Ports } from '../ports.ts'
import { ledgerStanding } from './ledger-standing.ts'

/** What this system is, for everybody, and how its ledger stands, for those who rely on it: no name, no figure of a company. */
export function systemHandlers(ports: Pick<Ports, 'ledger' | 'settings' | 'eventLog' | 'feed' | 'seals' | 'clock'>): HandlersFor<'system' | 'ledger' | 'openapi'> {
  const { ledger, settings } = ports
  let document: Record<string, unknown> | null = null
  return {
    async system() {
      const { position } = await ledger.health()
      const { version, demo, publicUrl } = settings
      return { version, demo, publicUrl, ledger: { kind: ledger.kind, network: ledger.network, position, registrar: ledger.registrar } }
    },
    ledger: () => ledgerStanding(ports),
    openapi() {
      document ??= openApiDocument()
      return Promise.resolve(document)
    },
  }
}
