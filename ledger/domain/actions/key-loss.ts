import { z } from 'zod'
import { secondPerson, type Action } from '../action.ts'
import { Hash, type PartyId } from '../ids.ts'
import { refuseUnless } from '../refusal.ts'
import { NewKey } from './keys.ts'

/**
 * A party that lost its keys: first nothing it signs passes, then, after a notice period, new keys are bound to the same legal entity.
 * Bills are untouched, since their pointers name the party and never a key. 公示催告 gives a lost paper bill the same pause (民事诉讼法).
 */

/** Ledger time between the report and new keys, in milliseconds: long enough for the true owner to object. */
export const noticePeriod = 72 * 60 * 60 * 1000

const ReportArgs = z.strictObject({
  /** Salted commitment to what was reported, by whom and how the registrar made sure. */
  referenceHash: Hash,
})
const NoArgs = z.strictObject({})
const RebindArgs = z.strictObject({
  key: NewKey,
  /** Salted commitment to the proof of identity: licence, legal representative, seal. */
  evidenceHash: Hash,
})

/** With any live key of the party, or by the registrar when none is left. Freezes the party at once; the registrar itself cannot be frozen. */
export const reportKeyLoss: Action<'reportKeyLoss', z.infer<typeof ReportArgs>> = {
  name: 'reportKeyLoss',
  subject: 'party',
  purpose: null,
  args: ReportArgs,
  decide({ args: { referenceHash }, party, subject, signers }, view) {
    const partyId = subject as PartyId
    const administers = signers[0]?.purposes.includes('admin') ?? true
    const lost = view.party(partyId)
    refuseUnless(lost !== null, 'unknown-party', { party: partyId })
    refuseUnless(partyId !== view.registrar, 'registrar-not-frozen')
    refuseUnless(party === partyId || (party === view.registrar && administers), 'registrar-required')
    refuseUnless(lost.keyLoss === null, 'party-frozen', { party: partyId })
    return [{ type: 'key-loss-reported', partyId, by: party, referenceHash }]
  },
}

/** The keys were found, or the report was malice: by an administrator of the party with the registrar, or by two people of the registrar. */
export const withdrawKeyLossReport: Action<'withdrawKeyLossReport', z.infer<typeof NoArgs>> = {
  name: 'withdrawKeyLossReport',
  subject: 'party',
  purpose: 'admin',
  whileFrozen: true,
  args: NoArgs,
  cosigners: (signed, view) => (signed.party === view.registrar ? [secondPerson(signed)] : [{ party: view.registrar, why: 'administrator' }]),
  decide({ party, subject }, view) {
    const partyId = subject as PartyId
    refuseUnless(party === partyId || party === view.registrar, 'registrar-required')
    refuseUnless((view.party(partyId)?.keyLoss ?? null) !== null, 'no-key-loss-report', { party: partyId })
    return [{ type: 'key-loss-withdrawn', partyId, by: party }]
  },
}

/** A new administrator's key signs for itself, two people of the registrar sign along; every older key is revoked, and stays in the history. */
export const rebindKeys: Action<'rebindKeys', z.infer<typeof RebindArgs>> = {
  name: 'rebindKeys',
  subject: 'party',
  purpose: null,
  whileFrozen: true,
  args: RebindArgs,
  introduces: ({ key }) => key,
  cosigners: (_, view) => [{ party: view.registrar, why: 'administrator' }, { party: view.registrar, why: 'second-person' }],
  decide({ args: { key, evidenceHash }, party, subject, now }, view) {
    refuseUnless(subject === party, 'key-not-of-party', { keyId: key.keyId })
    const report = view.party(party)?.keyLoss ?? null
    refuseUnless(report !== null, 'no-key-loss-report', { party })
    const endsAt = Date.parse(report.since) + noticePeriod
    refuseUnless(Date.parse(now) >= endsAt, 'notice-period-running', { since: report.since })
    refuseUnless(view.key(key.keyId) === null, 'key-exists', { keyId: key.keyId })
    refuseUnless(key.purposes.includes('admin'), 'key-lacks-purpose', { keyId: key.keyId, purpose: 'admin' })
    return [{ type: 'keys-rebound', partyId: party, key: { ...key, partyId: party }, evidenceHash }]
  },
}
