import type { CommandOutcome } from '@yidan/api/contract'
import type { SignedCommand } from '@yidan/ledger'
import type { Signer } from '@yidan/ledger/signing'
import type { Caller } from '../access/caller.ts'
import type { HandlersFor } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import type { Ports } from '../ports.ts'
import { apiKeyOf, concerned, nameOf, personIn } from './callers.ts'
import { companyById } from './companies.ts'
import type { Parties } from './open.ts'
import { keepLossStatement, lossStatement, rebindKeys, reportKeyLoss, reportKeyLossFor, withdrawKeyLossReport } from './key-loss.ts'
import { partyStream, registerKey, revokeKey, type KeyKeeper } from './keys.ts'
import type { CompanyRecord } from './store.ts'

type Names = 'keys' | 'registerKey' | 'revokeKey' | 'keepKeyLossStatement' | 'reportKeyLoss' | 'reportKeyLossFor' | 'rebindKeys' | 'withdrawKeyLossReport' | 'keyLossStatement'

/** What commands about keys need from elsewhere. */
export interface KeyParts {
  /** Keeps a command about keys until whoever must sign along has done so. */
  readonly keepForSignature: (given: { readonly signed: SignedCommand; readonly caller: Caller }) => Promise<CommandOutcome>
  /** The key that countersigns for a demo company; null for every other company. */
  readonly demoAdministratorOf: (company: CompanyRecord) => Promise<Signer | null>
}

/** A company's signing keys, and what is to be done when they are lost. */
export function keyHandlers(ports: Ports, { store, directory }: Parties, { keepForSignature, demoAdministratorOf }: KeyParts): HandlersFor<Names> {
  return {
    keys: async (call) => partyStream({ ports, directory, company: await companyById(store, call.params.companyId) }),
    async registerKey(call) {
      const company = await concerned(store, call, 'register-key', 'registerKey')
      const keep = (signed: SignedCommand): Promise<CommandOutcome> => keepForSignature({ signed, caller: call.caller })
      const outcome = await registerKey({ ports, company, keeper: await keeperOf(call.caller), signed: call.body, demoAdministrator: await demoAdministratorOf(company), keep, language: call.language })
      return outcome.outcome === 'recorded' ? outcome : { status: 202, json: outcome }
    },
    async revokeKey(call) {
      const company = await concerned(store, call, 'revoke-key', 'revokeKey')
      const outcome = await revokeKey({ ports, company, keeper: await keeperOf(call.caller), keyId: call.params.keyId, signed: call.body, language: call.language })
      return outcome.outcome === 'recorded' ? outcome : { status: 202, json: outcome }
    },

    async keepKeyLossStatement(call) {
      const company = await concerned(store, call, 'report-key-loss')
      return { hash: await keepLossStatement({ ports, store, company, by: nameOf(call.caller), text: call.body.text }) }
    },
    async reportKeyLoss(call) {
      const company = await concerned(store, call, 'report-key-loss', 'reportKeyLoss')
      const outcome = await reportKeyLoss({ ports, store, company, signed: call.body, language: call.language })
      return outcome.outcome === 'recorded' ? outcome : { status: 202, json: outcome }
    },
    async reportKeyLossFor(call) {
      const company = await concerned(store, call, 'report-key-loss-for', 'reportKeyLoss')
      const outcome = await reportKeyLossFor({ ports, store, company, by: nameOf(call.caller), text: call.body.text })
      return outcome.outcome === 'recorded' ? outcome : { status: 202, json: outcome }
    },
    async rebindKeys(call) {
      const company = await concerned(store, call, 'approve-key', 'rebindKeys')
      const keep = (signed: SignedCommand): Promise<CommandOutcome> => keepForSignature({ signed, caller: call.caller })
      const outcome = await rebindKeys({ ports, store, company, signer: personIn(call.caller).person.tag, signed: call.body, keep, language: call.language })
      return outcome.outcome === 'recorded' ? outcome : { status: 202, json: outcome }
    },
    async withdrawKeyLossReport(call) {
      const company = await concerned(store, call, 'approve-key', 'withdrawKeyLossReport')
      const keep = (signed: SignedCommand): Promise<CommandOutcome> => keepForSignature({ signed, caller: call.caller })
      const outcome = await withdrawKeyLossReport({ ports, company, signer: personIn(call.caller).person.tag, signed: call.body, keep, language: call.language })
      return outcome.outcome === 'recorded' ? outcome : { status: 202, json: outcome }
    },
    async keyLossStatement(call) {
      const { companyId, by, text, at } = await lossStatement({ ports, store, hash: call.params.hash })
      call.concerns(call.params.hash, [companyId])
      const { partyId, name, nameEn } = await companyById(store, companyId)
      return { company: { partyId, name, nameEn }, by, text, at: at.toISOString() }
    },
  }

  async function keeperOf(caller: Caller): Promise<KeyKeeper> {
    if (caller.kind === 'person') return { tag: caller.person.tag, isAdministrator: caller.person.roles.includes('administrator') }
    if (caller.kind === 'system') return { tag: (await apiKeyOf(store, caller)).tag, isAdministrator: false }
    throw new Problem('not-signed-in')
  }
}
