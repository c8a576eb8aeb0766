import { Client, credentials, type ClientDuplexStream } from '@grpc/grpc-js'
import { peer } from '@hyperledger/fabric-protos'
import { expect } from 'chai'
import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { titleChaincode } from '../../ledger/network/chaincodes.mjs'
import { aBill, aCast, act, aHash, inDays } from '../support/ledger-actors.ts'
import type { Replay, Replayed } from '../support/replay-chaincode.ts'
import { openStubLedger } from '../support/stub-ledger.ts'

describe('the chaincode on different machines', () => {

  it('writes the same bytes in every time zone and language, whatever its clock says and however keys are ordered', async () => {
    const { ledger, network, registrar, close } = await openStubLedger()
    const cast = await aCast(ledger, registrar)
    const { billId } = await aBill(ledger, cast)
    await act(ledger, { by: cast.shipper, action: 'proposePledge', subject: billId, args: { pledgee: cast.bank.partyId, termsHash: aHash() } })
    await act(ledger, { by: cast.bank, action: 'acceptPledge', subject: billId, args: { filingHash: aHash() } })
    const bills = await Promise.all(Array.from({ length: 5 }, () => aBill(ledger, cast, { kind: 'blank' })))
    await Promise.all(bills.map((bill) => act(ledger, { by: cast.shipper, action: 'offerPossession', subject: bill.billId, args: { to: cast.buyer.partyId, expiresAt: inDays(1) } })))
    await close()

    const transactions = network.blocks.map(({ endorsed: { proposal: { txId, args, creator, time } } }) => ({ txId, args, certificate: creator.certificate, time: time.toISOString() }))
    const machines = [
      { zone: 'UTC', language: 'en-US', LC_ALL: 'en_US.UTF-8', clockOff: 0, turned: false }, { zone: 'Asia/Karachi', language: 'tr-TR', LC_ALL: 'tr_TR.UTF-8', clockOff: 200_000, turned: true },
      { zone: 'America/St_Johns', language: 'ar-EG', LC_ALL: 'ar_EG.UTF-8', clockOff: -60_000, turned: false },
    ]
    const replayed = await Promise.all(machines.map(({ zone, LC_ALL, clockOff, turned }) => replay({ transactions, clockOff, turned }, { TZ: zone, LC_ALL })))
    expect(replayed.map(({ zone, language }) => [zone, language])).to.deep.equal(machines.map(({ zone, language }) => [zone, language]))
    const bytes = network.blocks.reduce((hash, { endorsed }) => hash.update(endorsed.bytes), createHash('sha256')).digest('hex')
    expect(replayed.map((one) => one.bytes)).to.deep.equal(machines.map(() => bytes))
  })

  async function replay(input: Replay, env: Record<string, string>): Promise<Replayed> {
    const program = spawn(process.execPath, ['--import', 'tsx', '--conditions=source', join(import.meta.dirname, '../support/replay-chaincode.ts')], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } })
    program.stdin.end(JSON.stringify(input))
    return JSON.parse(await text(program.stdout)) as Replayed
  }
})

/** The staged program, spoken to as a peer speaks to it. */
describe('the chaincode’s process', () => {
  const { Type } = peer.ChaincodeMessage
  let staged: Awaited<ReturnType<typeof titleChaincode>>
  const running: ChildProcess[] = []
  before(async () => { staged = await titleChaincode() })
  afterEach(() => { for (const child of running.splice(0)) child.kill('SIGKILL') })

  const start = (env: Record<string, string>): ChildProcess => {
    const child = spawn(process.execPath, [join(staged.folder, staged.main)], { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env['PATH'], CORE_CHAINCODE_LOGGING_LEVEL: 'error', ...env } })
    running.push(child)
    return child
  }
  const dial = async (port: number): Promise<{ stream: ClientDuplexStream<peer.ChaincodeMessage, peer.ChaincodeMessage>; next(): Promise<peer.ChaincodeMessage>; close(): void }> => {
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), { 'grpc.initial_reconnect_backoff_ms': 50, 'grpc.max_reconnect_backoff_ms': 200 })
    await new Promise<void>((resolve, reject) => client.waitForReady(Date.now() + 20_000, (error) => error ? reject(error) : resolve()))
    const stream = client.makeBidiStreamRequest('/protos.Chaincode/Connect', (message: peer.ChaincodeMessage) => Buffer.from(message.serializeBinary()), (bytes) => peer.ChaincodeMessage.deserializeBinary(bytes))
    stream.on('error', () => undefined)
    return { stream, next: async () => ((await once(stream, 'data')) as [peer.ChaincodeMessage])[0], close: () => client.close() }
  }
  const message = (type: Parameters<peer.ChaincodeMessage['setType']>[0], payload: Uint8Array = new Uint8Array()): peer.ChaincodeMessage => {
    const made = new peer.ChaincodeMessage()
    made.setType(type)
    made.setPayload(payload)
    made.setTxid('0'.repeat(64))
    made.setChannelId('titles')
    return made
  }

  it('registers under its name, tells the hash of its code, answers nonsense with a code, and ends in order', async () => {
    const port = await aFreePort()
    const child = start({ CORE_CHAINCODE_ADDRESS: `127.0.0.1:${port}`, CORE_CHAINCODE_ID: 'title_1:abc' })
    const { stream, next, close } = await dial(port)
    try {
      const registration = await next()
      expect([registration.getType(), peer.ChaincodeID.deserializeBinary(registration.getPayload_asU8()).getName()]).to.deep.equal([Type.REGISTER, 'title_1:abc'])
      stream.write(message(Type.REGISTERED))
      stream.write(message(Type.READY))
      const invoke = async (...args: string[]): Promise<{ status: number; said: unknown }> => {
        const input = new peer.ChaincodeInput()
        input.setArgsList(args.map((arg) => Buffer.from(arg)))
        stream.write(message(Type.TRANSACTION, input.serializeBinary()))
        const answer = peer.Response.deserializeBinary((await next()).getPayload_asU8())
        return { status: answer.getStatus(), said: JSON.parse(answer.getMessage() || Buffer.from(answer.getPayload_asU8()).toString('utf8')) }
      }
      expect(await invoke('ping')).to.deep.equal({ status: 200, said: 'pong' })
      expect(await invoke('version')).to.deep.equal({ status: 200, said: { version: staged.version, code: staged.code } })
      expect(await invoke('steal', '{')).to.deep.equal({ status: 500, said: { code: 'malformed-call', detail: { name: 'steal' } } })
      child.kill('SIGTERM')
      expect(await once(child, 'exit')).to.deep.equal([0, null])
    } finally {
      close()
    }
  })
  it('says what it lacks when it is not told where to wait', async () => {
    const child = start({})
    const [said, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit') as Promise<[number]>])
    expect([code, said]).to.deep.equal([78, 'CORE_CHAINCODE_ID and CORE_CHAINCODE_ADDRESS say which chaincode this is and where it waits.\n'])
  })
  it('does not stay where another process has its place', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const child = start({ CORE_CHAINCODE_ADDRESS: `127.0.0.1:${port}`, CORE_CHAINCODE_ID: 'title_1:abc' })
    const [said, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit') as Promise<[number]>])
    server.close()
    expect(code).to.equal(1)
    expect(said).to.include(`cannot wait at 127.0.0.1:${port}`)
  })
})

async function aFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
