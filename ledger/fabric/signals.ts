import { GatewayError } from '@hyperledger/fabric-gateway'
import { LedgerUnavailable } from '../port.ts'

/** Which step of an act a signal came from: it means different things in each. */
export type Phase = 'evaluate' | 'endorse' | 'submit'

/** What a signal of the network asks for. Everything that can be done about it is one of these. */
export type Remedy =
  /** The chaincode threw: nothing was written, and the same again gives the same. */
  | 'refused'
  /** Nothing was sent; decide again after a while. */
  | 'again'
  /** This gateway is away; ask another at once. Nothing was sent. */
  | 'elsewhere'
  /** It may be on the ledger: look before anything else. */
  | 'look'
  /** It may be on its way: the same bytes again do no harm. */
  | 'resend'

export interface Signal {
  readonly remedy: Remedy
  /** Somebody has to do something about it if it stays. */
  readonly alarm: boolean
  /** The organisation it waits for, where the network said so. */
  readonly organisation: string | null
  /** One line for logs and for people who run the system. */
  readonly words: string
}

interface Row {
  readonly phases: readonly Phase[]
  /** gRPC status codes; none means any. */
  readonly codes: readonly number[]
  /** What Fabric has no code for is told by its text alone. */
  readonly text?: RegExp
  readonly remedy: Remedy
  readonly alarm?: true
}

const unknown = 2, deadlineExceeded = 4, notFound = 5, resourceExhausted = 8, failedPrecondition = 9, aborted = 10, unimplemented = 12, unavailable = 14
const both = ['evaluate', 'endorse'] as const

/** Every signal that has been seen on a network, the first that fits counts. Fabric says most of it in text: this is the one place that reads it. */
const rows: readonly Row[] = [
  { phases: ['endorse'], codes: [], text: /duplicate transaction found/, remedy: 'look' },
  { phases: ['endorse'], codes: [], text: /ProposalResponsePayloads do not match/, remedy: 'again' },
  { phases: both, codes: [], text: /could not launch chaincode|chaincode registration failed|connection to .* failed|error starting container/, remedy: 'again', alarm: true },
  { phases: both, codes: [], text: /chaincode stream terminated|error sending: .*stream|failed to execute transaction .*: (error sending|timeout expired)/, remedy: 'again', alarm: true },
  { phases: both, codes: [unknown, aborted], text: /chaincode response \d+,/, remedy: 'refused' },
  { phases: both, codes: [unknown, resourceExhausted], text: /too many requests|concurrency limit|exceed/, remedy: 'again' },
  { phases: both, codes: [failedPrecondition], remedy: 'again', alarm: true },
  { phases: both, codes: [deadlineExceeded], remedy: 'again' },
  // A peer behind the gateway, told with its organisation; without one it is the gateway itself.
  { phases: both, codes: [aborted, unavailable], text: /mspId=|Unavailable|connection refused/, remedy: 'again' },
  { phases: both, codes: [unavailable, unimplemented, notFound], remedy: 'elsewhere' },
  { phases: both, codes: [], remedy: 'again', alarm: true },
  { phases: ['submit'], codes: [unavailable, deadlineExceeded, unknown, aborted, resourceExhausted], remedy: 'resend' },
  { phases: ['submit'], codes: [], remedy: 'look', alarm: true },
]

/** What an error of the network means. Anything that is none of the network's is thrown on: it is a fault of this software. */
export function signalOf(phase: Phase, error: unknown): Signal {
  // Said on this side, before anything was asked.
  if (error instanceof LedgerUnavailable) return { remedy: phase === 'submit' ? 'resend' : 'again', alarm: false, organisation: error.waitsFor, words: `${phase}: ${error.message}` }
  if (!(error instanceof GatewayError)) throw error
  const organisation = error.details.find(({ mspId }) => mspId !== '')?.mspId ?? null
  const text = [error.message, ...error.details.map(({ mspId, address, message }) => `mspId=${mspId} ${address}: ${message}`)].join('; ')
  const row = rows.find(({ phases, codes, text: wanted }) => phases.includes(phase) && (codes.length === 0 || codes.includes(error.code)) && (wanted?.test(text) ?? true))
  return { remedy: row?.remedy ?? 'again', alarm: row?.alarm ?? row === undefined, organisation, words: `${phase}: ${text}`.slice(0, 500) }
}

/** The text the chaincode threw with, out of a signal that says `refused`; null when there is none. */
export function thrownText(error: unknown): string | null {
  if (!(error instanceof GatewayError)) return null
  for (const text of [...error.details.map(({ message }) => message), error.message]) {
    const thrown = /chaincode response \d+, ([\s\S]*)/.exec(text)?.[1]
    if (thrown !== undefined) return thrown
  }
  return null
}

/** What to do about a transaction that is in a block. */
export type Verdict = 'recorded' | 'decide-again' | 'endorse-again' | 'look'

const verdicts: Readonly<Record<number, Verdict>> = {
  0: 'recorded',
  /** DUPLICATE_TXID: the second copy of an envelope that was sent twice; the first one counts. */
  9: 'look',
  /** ENDORSEMENT_POLICY_FAILURE: the policy changed while it was on its way. */
  10: 'endorse-again',
  /** MVCC_READ_CONFLICT, PHANTOM_READ_CONFLICT: somebody was first. */
  11: 'decide-again',
  12: 'decide-again',
}

/** Everything else, such as a chaincode that was replaced in between, recorded nothing either: it is endorsed anew. */
export function verdictOf(code: number): Verdict {
  return verdicts[code] ?? 'endorse-again'
}
