/** Every reason for which a title rule says no. The code is stable: clients, translations and statistics hang on it. */
export const refusalCodes = [
  // the command itself
  'malformed-command', 'wrong-network', 'unknown-action', 'command-expired', 'command-from-the-future',
  'command-id-reused', 'stale-sequence', 'stale-head', 'unknown-bill', 'bill-exists',
  // who signs
  'unknown-party', 'party-exists', 'unknown-key', 'key-exists', 'key-revoked', 'key-not-of-party', 'key-lacks-purpose',
  'bad-signature', 'duplicate-signature', 'second-person-required', 'proof-of-possession-missing', 'approval-missing',
  'registrar-required', 'unknown-organisation', 'last-admin-key', 'party-frozen', 'registrar-not-frozen', 'no-key-loss-report', 'notice-period-running', 'key-id-mismatch', 'unsupported-algorithm',
  // issue
  'not-approved', 'not-shipper', 'not-carrier', 'wrong-document-hash', 'document-already-issued', 'container-on-live-bill',
  'container-not-received', 'duplicate-container', 'no-containers', 'kind-mismatch', 'party-lacks-role',
  // title
  'not-issued', 'bill-void', 'bill-accomplished', 'bill-surrendered', 'bill-held', 'bill-pledged', 'offer-open',
  'surrender-pending', 'not-titleholder', 'not-possessor', 'not-holder', 'bill-straight', 'not-negotiable',
  'endorsement-final', 'same-party', 'recipient-unknown', 'no-offer', 'offer-expired', 'not-recipient', 'expiry-too-far',
  'only-to-consignee', 'no-endorsement-to-reject', 'not-endorsee',
  // holds
  'not-hold-authority', 'hold-exists', 'no-hold', 'not-hold-placer',
  // pledge
  'pledge-proposed', 'no-pledge-proposal', 'not-pledged', 'not-pledgee', 'pledgee-must-sign', 'not-a-bank', 'not-pledgeable',
  'pledgor-must-sign', 'carrier-must-sign', 'buyer-must-sign', 'assignee-must-sign', 'already-defaulted', 'not-defaulted', 'cure-period-over', 'cure-period-running',
  'already-enforcing', 'not-enforcing', 'pledgee-cannot-keep',
  // surrender and delivery
  'no-surrender-request', 'not-accepted-for-delivery', 'not-accepted-for-amendment', 'container-not-on-bill',
  'container-already-delivered', 'bad-release-code', 'release-code-expired', 'release-codes-incomplete', 'not-delivery-party',
  'freight-unpaid', 'delivery-stopped', 'delivery-not-stopped', 'container-gone', 'not-lost', 'nothing-to-settle', 'indemnifier-must-sign',
  // void and reissue
  'shipper-must-sign', 'endorsed-before', 'successor-exists', 'other-surrender-reason', 'duplicate-successor', 'containers-left-out',
  'bills-differ', 'duplicate-bill', 'fixed-part-changed', 'negotiable-sub-document',
  // court
  'not-a-court', 'no-judicial-hold',
  // paper
  'bill-on-paper', 'not-on-paper', 'paper-set-incomplete', 'duplicate-serial', 'holder-must-sign',
] as const

export type RefusalCode = (typeof refusalCodes)[number]

/** A rule said no. Expected, coded, worded for people by the i18n tables; never a fault of the system. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  /** Values for the wording, such as the bill, the container or the date; never a secret. */
  readonly detail: Readonly<Record<string, unknown>>

  constructor(code: RefusalCode, detail: Readonly<Record<string, unknown>> = {}) {
    super(code)
    this.code = code
    this.detail = detail
  }
}

/** One line per condition: refuses with the code unless the condition holds. */
export function refuseUnless(condition: boolean, code: RefusalCode, detail?: Readonly<Record<string, unknown>>): asserts condition {
  if (!condition) throw new Refusal(code, detail)
}
