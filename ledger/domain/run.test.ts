import { expect } from 'chai'
import type { Command } from './command.ts'
import { noHash, type CommandId } from './ids.ts'
import { Refusal } from './refusal.ts'
import { missingSignatures, parseCommand, run, wouldRefuse, type SignatureChecks } from './run.ts'
import { aBillId, afterTwoMonths, anApproval, aHash, aParty, aPledgedTitle, aSurrenderedTitle, aTitle, aView, billId, idOf, keyOf, now, tomorrow, yesterday, type Given } from './testing.ts'
import type { Party, SigningKey } from './registry.ts'

const value = 'A'.repeat(86)
const everySignatureFits: SignatureChecks = { verify: () => true, keyIdOf: (publicKey) => publicKey as never }

function aCommand(changes: Partial<Command> = {}): Command {
  return {
    domain: 'yidan-title/1', network: 'test', action: 'endorse', subject: billId, commandId: '01890000-0000-7000-8000-000000000000' as CommandId, expects: 2, prevHash: aHash(2), party: idOf('shipper'),
    keyId: keyOf('shipper').keyId, at: now, notAfter: tomorrow, args: { to: idOf('buyer'), manner: 'to-order' }, ...changes,
  }
}
function outcome(changes: Partial<Command> = {}, { with: signers = [], first, checks = everySignatureFits, ...given }: Partial<Given> & { first?: SigningKey; checks?: SignatureChecks } = {}): string {
  const command = aCommand(changes)
  try {
    const parsed = parseCommand({ command, signatures: [first?.keyId ?? command.keyId, ...signers.map((key) => key.keyId)].map((keyId) => ({ keyId, value })) })
    run({ parsed, view: aView({ title: aTitle(), ...given }), now, checks })
    return 'recorded'
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}
const withKeys = (...keys: readonly SigningKey[]) => ({ parties: [{ partyId: idOf('shipper'), seq: 1, headHash: aHash(1), roles: ['shipper' as const], identityHash: aHash(0), host: null, keyLoss: null, keys: Object.fromEntries(keys.map((key) => [key.keyId, key])), updatedAt: yesterday }] })

describe('run', () => {
  it('gives an entry chained to the head, and the title it makes', () => {
    const { entries, titles } = run({ parsed: parseCommand({ command: aCommand(), signatures: [{ keyId: keyOf('shipper').keyId, value }] }), view: aView(), now, checks: everySignatureFits })
    expect(entries).to.have.length(1)
    expect(entries[0]).to.deep.include({ subject: billId, seq: 3, prevHash: aHash(2), recordedAt: now })
    expect(titles[0]).to.deep.include({ seq: 3, headHash: entries[0]?.hash, titleholder: idOf('buyer'), beforeEndorsement: { titleholder: idOf('shipper'), endorsable: true } })
  })
  it('wants the command made for this network, this sequence and this head', () => {
    expect(outcome()).to.equal('recorded')
    expect(outcome({ network: 'elsewhere' })).to.equal('wrong-network')
    expect(outcome({ expects: 1 })).to.equal('stale-sequence')
    expect(outcome({ expects: 3 })).to.equal('stale-sequence')
    expect(outcome({ prevHash: noHash })).to.equal('stale-head')
  })
  it('takes acts on bills in the streams of bills, those on parties in the streams of parties', () => {
    const shipper = { subject: idOf('shipper'), expects: 1, prevHash: aHash(1) }
    expect(outcome(shipper)).to.equal('malformed-command')
    expect(outcome({ action: 'reportKeyLoss', args: { referenceHash: aHash(30) } })).to.equal('malformed-command')
    expect(outcome({ ...shipper, action: 'reportKeyLoss', args: { referenceHash: aHash(30) } })).to.equal('recorded')
  })
  it('puts into each stream its own events and no others', () => {
    const command = aCommand({ action: 'reissue', party: idOf('carrier'), keyId: keyOf('carrier').keyId, args: { successor: { billId: aBillId(2), docHash: aHash(8), visualisationHash: aHash(9) } } })
    const other = keyOf('carrier', { person: 2 })
    const parsed = parseCommand({ command, signatures: [command.keyId, other.keyId].map((keyId) => ({ keyId, value })) })
    const { entries } = run({ parsed, view: aView({ title: aSurrenderedTitle('amendment', 'SURRENDERED'), parties: [aParty('carrier', [keyOf('carrier'), other])] }), now, checks: everySignatureFits })
    expect(entries.map(({ subject, seq, events }) => [subject, seq, ...events.map(({ type }) => type)])).to.deep.equal([[billId, 3, 'bill-voided'], [aBillId(2), 1, 'bill-issued']])
  })
  it('wants it in time: two minutes of clock difference, seven days of life', () => {
    expect(outcome({ at: '2026-11-24T12:02:00.000Z' as never })).to.equal('recorded')
    expect(outcome({ at: '2026-11-24T12:02:00.001Z' as never })).to.equal('command-from-the-future')
    expect(outcome({ notAfter: now })).to.equal('command-expired')
    expect(outcome({ notAfter: '2026-12-01T12:00:00.000Z' as never })).to.equal('recorded')
    expect(outcome({ notAfter: '2026-12-01T12:00:00.001Z' as never })).to.equal('expiry-too-far')
    expect(outcome({ notAfter: afterTwoMonths })).to.equal('expiry-too-far')
  })
  it('wants the acting key first, live, the party’s, made for this', () => {
    const titleKey = keyOf('shipper', { person: 2, purposes: ['title'] }), adminKey = keyOf('shipper', { person: 3, purposes: ['admin'] })
    const keys = withKeys(keyOf('shipper'), titleKey, adminKey)
    expect(outcome({ keyId: titleKey.keyId }, keys)).to.equal('recorded')
    expect(outcome({ keyId: adminKey.keyId }, keys)).to.equal('key-lacks-purpose')
    expect(outcome({ keyId: keyOf('thief').keyId })).to.equal('key-not-of-party')
    expect(outcome({ keyId: keyOf('thief', { person: 9 }).keyId })).to.equal('unknown-key')
    expect(outcome({}, withKeys({ ...keyOf('shipper'), revoked: { at: yesterday, reason: 'lost' } }))).to.equal('key-revoked')
    expect(outcome({ party: 'p'.padEnd(33, 'f') as never })).to.equal('unknown-party')
    expect(outcome({}, { first: keyOf('buyer'), with: [keyOf('shipper')] }), 'another’s signature first').to.equal('unknown-key')
  })
  it('checks every signature, wanted or not', () => {
    const onlyShipper: SignatureChecks = { ...everySignatureFits, verify: ({ publicKey }) => publicKey !== 'forged' }
    expect(outcome({}, { with: [keyOf('buyer')], checks: onlyShipper })).to.equal('recorded')
    expect(outcome({}, { ...withKeys({ ...keyOf('shipper'), publicKey: 'forged' }), checks: onlyShipper })).to.equal('bad-signature')
    expect(outcome({}, { with: [keyOf('shipper')] })).to.equal('duplicate-signature')
  })
  it('counts a second person, not a second key (T-10)', () => {
    const issue = { action: 'issue', party: idOf('carrier'), keyId: keyOf('carrier').keyId, expects: 1, args: { docHash: aHash(3), visualisationHash: aHash(4), consignee: null, titleholder: idOf('shipper'), containers: ['TBJU0012347'], received: [{ container: 'TBJU0012347', eventHash: aHash(5), contentsHash: aHash(6) }], fixedPartHash: aHash(7), subDocumentsNonNegotiable: true } }
    const first = keyOf('carrier'), sameAgain = { ...keyOf('carrier', { person: 2 }), person: first.person }, second = keyOf('carrier', { person: 3 }), clerk = keyOf('carrier', { person: 4, purposes: ['admin'] })
    const parties = [{ partyId: idOf('carrier'), seq: 1, headHash: aHash(1), roles: ['carrier' as const], identityHash: aHash(0), host: null, keyLoss: null, keys: Object.fromEntries([first, sameAgain, second, clerk].map((key) => [key.keyId, key])), updatedAt: yesterday }]
    const title = anApproval()
    const tried = (...signers: readonly SigningKey[]) => outcome(issue, { title, parties, with: signers })
    expect(tried()).to.equal('second-person-required')
    expect(tried(sameAgain)).to.equal('second-person-required')
    expect(tried(clerk)).to.equal('second-person-required')
    expect(tried(keyOf('thief'))).to.equal('second-person-required')
    expect(tried(second)).to.equal('recorded')
  })
})

describe('a party that reported its keys lost', () => {
  const frozen = (who: 'shipper' | 'bank'): Party => ({ ...aParty(who), keyLoss: { by: idOf(who), since: yesterday, referenceHash: aHash(30) } })
  it('does nothing and agrees to nothing, and every screen says so beforehand', () => {
    expect(outcome({}, { parties: [frozen('shipper')] })).to.equal('party-frozen')
    expect(wouldRefuse({ command: aCommand(), view: aView({ parties: [frozen('shipper')] }), now })?.code).to.equal('party-frozen')
    expect(wouldRefuse({ command: aCommand(), view: aView(), now })).to.equal(null)
    const asked = { action: 'requestSurrender', args: { purpose: 'delivery', reason: null } }
    expect(outcome(asked, { title: aPledgedTitle(), with: [keyOf('bank')], parties: [frozen('bank')] })).to.equal('party-frozen')
    expect(outcome(asked, { title: aPledgedTitle(), with: [keyOf('bank')] })).to.equal('recorded')
  })
  it('can still say, with the registrar, that they were found', () => {
    const found = { action: 'withdrawKeyLossReport', subject: idOf('shipper'), expects: 1, prevHash: aHash(1), args: {} }
    expect(outcome(found, { parties: [frozen('shipper')], with: [keyOf('registrar')] })).to.equal('recorded')
  })
})

describe('a key that introduces itself', () => {
  const fresh = keyOf('shipper', { person: 5 }), administrator = keyOf('shipper', { person: 2, purposes: ['admin'] }), clerk = keyOf('shipper', { person: 3, purposes: ['title'] })
  const { keyId, algorithm, person, purposes } = fresh
  const checks: SignatureChecks = { verify: () => true, keyIdOf: (publicKey) => (({ AAAA: keyId, BBBB: keyOf('thief').keyId })[publicKey] ?? null) }
  const registered = (signers: readonly SigningKey[], { publicKey = 'AAAA', by = keyId } = {}) => outcome(
    { action: 'registerKey', subject: idOf('shipper'), expects: 1, prevHash: aHash(1), keyId: by, args: { key: { keyId, publicKey, algorithm, person, purposes } } },
    { checks, with: signers, ...withKeys(administrator, clerk) })

  it('T-10 is bound by an administrator of the party besides itself, and by nobody else', () => {
    expect(registered([administrator])).to.equal('recorded')
    expect(registered([clerk, administrator])).to.equal('recorded')
    for (const signers of [[], [clerk], [keyOf('thief')]]) expect(registered(signers)).to.equal('approval-missing')
  })
  it('signs first, is a P-256 key, and is named after it', () => {
    expect(registered([], { by: administrator.keyId })).to.equal('proof-of-possession-missing')
    expect(registered([administrator], { publicKey: 'CCCC' })).to.equal('unsupported-algorithm')
    expect(registered([administrator], { publicKey: 'BBBB' })).to.equal('key-id-mismatch')
  })
})

describe('a command that is waiting', () => {
  it('names whose signatures it still lacks', () => {
    const command = aCommand({ action: 'requestSurrender', args: { purpose: 'delivery', reason: null } })
    const lacks = (...keyIds: readonly string[]) => missingSignatures({ parsed: parseCommand({ command, signatures: [command.keyId, ...keyIds].map((keyId) => ({ keyId, value })) }), view: aView({ title: aPledgedTitle() }), now })
    expect(lacks()).to.deep.equal([{ party: idOf('bank'), why: 'pledgee' }])
    expect(lacks(keyOf('bank').keyId)).to.deep.equal([])
  })
})

describe('a malformed command', () => {
  const refused = (input: unknown): Refusal => {
    try {
      parseCommand(input)
    } catch (error) {
      if (error instanceof Refusal) return error
      throw error
    }
    throw new Error('it was taken')
  }
  const signed = (changes: object, args: object = {}) => ({ command: { ...aCommand({ action: 'rejectOffer', args: { reason: 'late', ...args } }), ...changes }, signatures: [{ keyId: keyOf('shipper').keyId, value }] })

  it('is refused, whatever it is', () => {
    for (const input of [undefined, null, 7, 'transfer please', [], {}, { command: null }, signed({ extra: 1 }), signed({ args: [] }), signed({ domain: 'other/1' }), signed({}, { fee: 1 }), signed({}, { reason: 7 }), signed({}, { reason: 'x'.repeat(301) })]) expect(refused(input).code).to.equal('malformed-command')
  })
  it('cannot bring names that every object has', () => {
    expect(refused(signed({ action: 'constructor' })).code).to.equal('unknown-action')
    expect(refused(signed({ action: '__proto__' })).code).to.equal('unknown-action')
    expect(refused(signed({ args: JSON.parse('{"reason":null,"constructor":{}}') as object })).code).to.equal('malformed-command')
    expect(({} as { polluted?: unknown }).polluted).to.equal(undefined)
  })
  it('is refused when a text has no canonical bytes', () => {
    expect(refused(signed({}, { reason: 'half \ud83d' })).code).to.equal('malformed-command')
    expect(refused(signed({ network: '\udc00' })).code).to.equal('malformed-command')
  })
  it('is answered briefly, however long it is', () => {
    const { detail } = refused({ command: aCommand(), signatures: Array.from({ length: 50_000 }, () => ({})), ...Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`key${index}`, 1])) })
    expect(JSON.stringify(detail).length).to.be.lessThan(5_000)
  })
})
