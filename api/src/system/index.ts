import type { HandlersFor } from '../http/handlers.ts'
import { openApiDocument } from '../http/openapi.ts'
import type { Ports } from '../ports.ts'

/** What this system is, for everybody: no name, no figure of a company. */
export function systemHandlers({ ledger, settings }: Pick<Ports, 'ledger' | 'settings'>): HandlersFor<'system' | 'openapi'> {
  let document: Record<string, unknown> | null = null
  return {
    async system() {
      const { position } = await ledger.health()
      const { version, demo, publicUrl } = settings
      return { version, demo, publicUrl, ledger: { kind: ledger.kind, network: ledger.network, position, registrar: ledger.registrar } }
    },
    openapi() {
      document ??= openApiDocument()
      return Promise.resolve(document)
    },
  }
}
