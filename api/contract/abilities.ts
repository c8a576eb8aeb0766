/**
 * What a caller may do or see. Routes, fields of views and socket rooms name one of these; `api/src/access/abilities.ts` is the one
 * table that says who has it. The browser gets its own list with the session and never decides anything by itself.
 */
export const abilities = [
  // anybody
  'verify-bill', 'read-public-certificate', 'sign-in', 'accept-invitation', 'read-system',
  // signed in
  'use-session', 'search', 'read-ledger',
  // companies, people, keys
  'list-companies', 'create-company', 'read-company', 'edit-company', 'manage-people', 'manage-api-keys', 'read-keys', 'register-key',
  'approve-key', 'revoke-key', 'report-key-loss', 'report-key-loss-for', 'read-audit',
  // drafts
  'list-drafts', 'create-draft', 'read-draft', 'edit-draft', 'approve-draft',
  // bills
  'list-bills', 'read-bill', 'read-bill-document', 'read-bill-charges', 'read-bill-history', 'read-bill-proof', 'prepare-issue', 'act-on-title', 'sign-along',
  'read-pledge-terms', 'write-pledge-terms', 'prepare-release', 'prepare-court-successor', 'read-release-codes', 'check-bill', 'erase-bill',
  'write-title-papers', 'read-title-papers',
  // following it
  'send-events', 'follow-bill', 'follow-container', 'follow-train',
  // showing it to people without an account
  'share-following', 'open-share',
  // what is wrong on the way
  'read-exceptions', 'handle-exceptions', 'decide-put-aside',
  // trains
  'plan-train', 'compose-train', 'report-train', 'read-train-papers',
  // gate
  'check-at-gate', 'record-gate-move',
  // systems of a company
  'manage-webhooks', 'manage-devices',
] as const
export type Ability = (typeof abilities)[number]
