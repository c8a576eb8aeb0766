import { Metadata, type ServiceError } from '@grpc/grpc-js'
import { CommitStatusError, EndorseError, GatewayError } from '@hyperledger/fabric-gateway'
import { expect } from 'chai'
import { LedgerUnavailable } from '../port.ts'
import { signalOf, thrownText, verdictOf, type Phase, type Remedy } from './signals.ts'

const causeOf = (code: number, message: string): ServiceError => {
  const cause = new Error(message)
  Object.assign(cause, { code, details: message, metadata: new Metadata() })
  return cause as ServiceError
}
const endorseError = (code: number, message: string, ...details: { mspId: string; message: string }[]) =>
  new EndorseError({ code, message, transactionId: 'ab12', cause: causeOf(code, message), details: details.map((detail) => ({ address: 'localhost:7051', ...detail })) })
const gatewayError = (code: number, message: string) => new GatewayError({ code, message, cause: causeOf(code, message), details: [] })

/** One line for each signal of the network: the error as the gateway's own class, and what is done about it. */
const table: [string, Phase, GatewayError, Remedy, { alarm?: true; organisation?: string }?][] = [
  ['the chaincode threw', 'endorse', endorseError(10, '10 ABORTED: failed to endorse transaction, see attached details for more info', { mspId: 'PortMSP', message: 'chaincode response 500, {"code":"clock"}' }), 'refused', { organisation: 'PortMSP' }],
  ['endorsers answered differently', 'endorse', endorseError(10, '10 ABORTED: failed to assemble transaction: ProposalResponsePayloads do not match (base64): …'), 'again'],
  ['a chaincode process is down', 'endorse', endorseError(10, '10 ABORTED: failed to endorse transaction', { mspId: 'BankMSP', message: 'error in simulation: failed to execute transaction: could not launch chaincode title_1:ab: error starting container: connection to title_1:ab failed: dial tcp 127.0.0.1:9991: connect: connection refused' }), 'again', { alarm: true, organisation: 'BankMSP' }],
  ['a chaincode process ended in the middle', 'endorse', endorseError(10, '10 ABORTED: failed to endorse', { mspId: 'BankMSP', message: 'error in simulation: failed to execute transaction ab: error sending: chaincode stream terminated' }), 'again', { alarm: true, organisation: 'BankMSP' }],
  ['a chaincode process is frozen', 'endorse', endorseError(4, '4 DEADLINE_EXCEEDED: endorsement timeout expired while collecting first endorsement'), 'again'],
  ['discovery knows no set of peers', 'endorse', endorseError(9, '9 FAILED_PRECONDITION: no combination of peers can be derived which satisfy the endorsement policy'), 'again', { alarm: true }],
  ['the peer of an organisation that must endorse is down', 'endorse', endorseError(10, '10 ABORTED: failed to endorse transaction', { mspId: 'BankMSP', message: 'rpc error: code = Unavailable desc = connection error: dial tcp: connection refused' }), 'again', { organisation: 'BankMSP' }],
  ['the transaction is on the ledger already', 'endorse', endorseError(10, '10 ABORTED: failed to endorse', { mspId: 'PortMSP', message: 'duplicate transaction found [ab12]. Creator [0a…]' }), 'look', { organisation: 'PortMSP' }],
  ['the gateway has too many requests', 'endorse', endorseError(2, '2 UNKNOWN: too many requests for /gateway.Gateway, exceeding concurrency limit (500)'), 'again'],
  ['the gateway itself is away', 'endorse', endorseError(14, '14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 127.0.0.1:7051'), 'elsewhere'],
  ['the gateway itself is away when it is read', 'evaluate', gatewayError(14, '14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 127.0.0.1:7051'), 'elsewhere'],
  ['the gateway lets nobody in', 'endorse', endorseError(7, '7 PERMISSION_DENIED: access denied'), 'again', { alarm: true }],
  ['no orderer took it', 'submit', gatewayError(14, '14 UNAVAILABLE: no orderers could successfully process transaction'), 'resend'],
  ['an orderer did not answer in time', 'submit', gatewayError(4, '4 DEADLINE_EXCEEDED: submit timeout expired while broadcasting to ordering service'), 'resend'],
  ['there is no Raft leader', 'submit', gatewayError(10, '10 ABORTED: received unsuccessful response from orderer: status=SERVICE_UNAVAILABLE, info=no Raft leader'), 'resend'],
  ['an orderer would not take it', 'submit', gatewayError(3, '3 INVALID_ARGUMENT: bad envelope'), 'look', { alarm: true }],
]

describe('signals of the network', () => {
  for (const [what, phase, error, remedy, { alarm = false, organisation = null } = {}] of table) {
    it(`${what}: ${remedy}`, () => expect(signalOf(phase, error)).to.include({ remedy, alarm, organisation }))
  }
  it('says what the chaincode threw', () => {
    expect(thrownText(table[0]?.[2])).to.equal('{"code":"clock"}')
    expect(thrownText(gatewayError(14, 'no'))).to.equal(null)
    expect(thrownText(new Error('chaincode response 500, x'))).to.equal(null)
  })
  it('throws on what is no signal of the network: that is a fault of this software', () => {
    const fault = new TypeError('undefined is not a function')
    expect(() => signalOf('endorse', fault)).to.throw(fault)
  })
  it('waits for peers that are behind what was read here', () => {
    expect(signalOf('endorse', new LedgerUnavailable('peer.port is behind'))).to.include({ remedy: 'again', alarm: false })
  })
  it('takes the status error class for what it is', () => {
    expect(signalOf('evaluate', new CommitStatusError({ code: 4, message: 'deadline', details: [], transactionId: 'ab', cause: causeOf(4, 'deadline') }))).to.include({ remedy: 'again' })
  })
})

describe('what a block says of a transaction', () => {
  const codes: [number, ReturnType<typeof verdictOf>][] = [[0, 'recorded'], [9, 'look'], [10, 'endorse-again'], [11, 'decide-again'], [12, 'decide-again'], [18, 'endorse-again'], [255, 'endorse-again']]
  for (const [code, verdict] of codes) it(`code ${code}: ${verdict}`, () => expect(verdictOf(code)).to.equal(verdict))
})
