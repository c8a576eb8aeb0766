import type { LogEntry } from '../domain/index.ts'
import type { FabricProof } from '../port.ts'
import { nodeChecks } from '../signing/node-checks.ts'
import { quorum, takeEvidence } from './blocks.ts'
import { readProof, type EmbeddedTitleProof } from './form.ts'
import { Authorities, publicKeyIn, type Roots } from './authorities.ts'
import { Findings, type ProofCheck, type ProofCheckCode, type ProofReport } from './report.ts'
import { journalEvidence, keyIn } from './journal.ts'
import { replay, type Replayed } from './streams.ts'

/** The door of proof: whether evidence of a bill's title holds, with nothing but the roots that the asker trusts. No network, no ledger. */
export { proofWords } from './words.ts'
export type { EmbeddedTitleProof, TitleProof } from './form.ts'
export type { Roots } from './authorities.ts'
export { proofCheckCodes, type ProofCheck, type ProofCheckCode, type ProofReport, type ProvenStep } from './report.ts'
export { embeddedProofOf } from './embedded-proof-of.ts'

/** Checks a proof. Pure: certificates are judged at the moments that the proof itself states. Never throws, whatever comes in. */
export function checkProof(input: unknown, roots: Roots): ProofReport {
  const proof = readProof(input)
  if (typeof proof === 'string') return { ...nothing, checks: [{ code: 'readable', ok: false, detail: proof }] }
  try {
    return proof.kind === 'fabric' ? checkFabric(proof, roots) : checkEmbedded(proof, roots)
  } catch (error) {
    // What a stranger put together may be shaped like nothing that was foreseen: it proves nothing.
    return { ...nothing, checks: [{ code: 'readable', ok: false, detail: `the proof cannot be followed: ${error instanceof Error ? error.message.slice(0, 200) : 'unknown'}` }] }
  }
}

const nothing = { kind: null, verdict: 'unreadable', network: null, subject: null, title: null, chain: [], parties: [], vouchers: [], asOf: null } as const satisfies Partial<ProofReport>
const unplayed: Replayed = { title: null, parties: [], chain: [], decided: 0, undecided: 0 }

function checkFabric(proof: FabricProof, roots: Roots): ProofReport {
  const findings = new Findings()
  const authorities = new Authorities(roots.organisations)
  for (const fault of authorities.faults) findings.fault('roots', fault)
  findings.refuseUnless(authorities.organisations.length >= quorum, 'roots', `roots of ${authorities.organisations.length} organisations were given; at least ${quorum} must vouch`)
  const { founding, streams, vouchers, askedAt, links } = takeEvidence({ proof, authorities, findings })
  const replayed = founding ? replay({ founding, streams, findings }) : unplayed
  findings.refuseUnless(founding !== null && replayed.chain.length > 0, 'replay', 'the entries come to nothing')
  const good: Partial<Record<ProofCheckCode, string>> = {
    readable: `a proof of ${proof.entries.length} entries in ${proof.blocks.length} blocks of channel ${proof.channel}`, roots: `roots of ${authorities.organisations.join(', ')}`,
    'data-hash': 'each block holds the transactions that its header names', 'block-links': links === 0 ? 'no two of the blocks follow each other' : `${links} block${links === 1 ? '' : 's'} name the block before`,
    'orderer-signature': 'each block is signed by an orderer', inclusion: 'each entry’s transaction is in its block', endorsements: `each transaction is signed by peers of at least ${quorum} organisations`, records: 'each transaction wrote exactly these entries',
    attestation: `the head is signed by peers of ${vouchers.join(', ')}`, complete: 'the head names exactly these entries: none is missing, none was invalidated', ...streamWords(replayed),
  }
  const checks = (Object.keys(good) as ProofCheckCode[]).map((code) => findings.check(code, good[code] ?? ''))
  const last = streams[0]?.entries.at(-1)
  return { ...outcome(checks, replayed), kind: 'fabric', network: proof.network, subject: proof.subject, vouchers, asOf: last ? { block: last.block, at: askedAt as LogEntry['recordedAt'] | null } : null }
}

function checkEmbedded(proof: EmbeddedTitleProof, roots: Roots): ProofReport {
  const findings = new Findings()
  const key = keyIn(proof.serviceKey)
  const isTrusted = key !== null && roots.serviceKeys.some((pem) => publicKeyIn(pem)?.equals(key) === true)
  const { founding, streams } = journalEvidence(proof, key, findings)
  const replayed = founding ? replay({ founding, streams, findings }) : unplayed
  findings.refuseUnless(founding !== null && replayed.chain.length > 0, 'replay', 'the entries come to nothing')
  const name = key ? (nodeChecks.keyIdOf(proof.serviceKey) ?? 'unknown') : 'unreadable'
  const trust: ProofCheck = isTrusted ? { code: 'roots', ok: true, detail: `the service key ${name} is one you gave` } : { code: 'roots', ok: null, detail: `checked with the key inside the proof (${name}); give the service’s key to know whose ledger it is` }
  const good: Partial<Record<ProofCheckCode, string>> = {
    readable: `a proof of ${proof.lines.length} lines of one keeper’s journal`, 'service-signature': 'the ledger’s keeper signed each line', ...streamWords(replayed),
  }
  const own = (Object.keys(good) as ProofCheckCode[]).map((code) => findings.check(code, good[code] ?? ''))
  const checks: readonly ProofCheck[] = [...own.slice(0, 1), trust, ...own.slice(1), { code: 'complete', ok: null, detail: 'one keeper’s word: it does not sign the head, so later entries may be missing' }]
  const last = streams[0]?.entries.at(-1)
  return { ...outcome(checks, replayed), kind: 'embedded', network: proof.network, subject: proof.subject, vouchers: [name], asOf: last ? { block: last.block, at: null } : null }
}

function streamWords({ decided, undecided }: Replayed): Partial<Record<ProofCheckCode, string>> {
  return {
    'entry-chain': 'each entry continues the one before', signatures: 'each act is signed by registered keys of its parties',
    rules: `the rules, run again, give the same ${decided} entries${undecided === 0 ? '' : `; ${undecided} rest on other bills and were not decided again`}`, replay: 'the entries come to exactly this head',
  }
}

function outcome(checks: readonly ProofCheck[], { title, chain, parties }: Replayed): Pick<ProofReport, 'verdict' | 'checks' | 'title' | 'chain' | 'parties'> {
  const verdict = checks.some(({ ok }) => ok === false) ? 'broken' : checks.some(({ code, ok }) => code === 'roots' && ok === null) ? 'consistent' : 'proven'
  return { verdict, checks, title, chain, parties }
}
