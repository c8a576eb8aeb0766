import { uuidv7, type CommandId, type Instant, type SignedCommand } from '@yidan/ledger'
import { fileOutbox, memoryOutbox, type KeptCommand, type OutboxStore } from '@yidan/ledger/fabric'
import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../api/src/database.ts'
import { openLedgerOutbox } from '../../api/src/ledger-outbox-store.ts'
import { openVault } from '../../api/src/vault/index.ts'
import { aBillId } from '../support/ledger-actors.ts'

const at = (seconds: number): Instant => new Date(Date.UTC(2026, 10, 21, 8, 0, seconds)).toISOString() as Instant
const kept = (since: Instant, confidential: readonly string[] = []): KeptCommand => ({
  signed: { command: { commandId: uuidv7({ now: Date.parse(since), random: randomBytes(10) }), subject: aBillId(), expects: 2 } as SignedCommand['command'], signatures: [] }, confidential, since,
})
const idOf = ({ signed }: KeptCommand): CommandId => signed.command.commandId
const everything = '9999' as Instant

/** What every outbox must do. `again` opens it anew, as after a restart; null where nothing outlives the process. */
function behavesLikeAnOutbox(name: string, open: () => Promise<{ store: OutboxStore; again: (() => Promise<OutboxStore>) | null; close(): Promise<void> }>): void {
  describe(name, () => {
    let opened: Awaited<ReturnType<typeof open>>
    let store: OutboxStore
    before(async () => { opened = await open() })
    beforeEach(async () => {
      store = opened.store
      const { envelopes, commands } = await store.unfinished(everything)
      for (const { txId } of envelopes) await store.forgetEnvelope(txId)
      for (const command of commands) await store.forgetCommand(idOf(command))
    })
    after(() => opened.close())

    it('gives back what was kept, oldest first, the bytes as they were', async () => {
      const [one, other] = [kept(at(2)), kept(at(1))]
      const bytes = randomBytes(5_000)
      await store.keepEnvelope({ txId: 'ab12', bytes, commands: [one], since: at(3) })
      await store.keepEnvelope({ txId: 'cd34', bytes, commands: [other], since: at(1) })
      await store.keepCommand(one)
      await store.keepCommand(other)
      const { envelopes, commands } = await ((await opened.again?.()) ?? store).unfinished(everything)
      expect(envelopes.map(({ txId }) => txId)).to.deep.equal(['cd34', 'ab12'])
      expect(Buffer.from(envelopes[1]?.bytes ?? [])).to.deep.equal(bytes)
      expect(envelopes[1]?.commands).to.deep.equal([one])
      expect(commands).to.deep.equal([other, one])
    })
    it('gives only what waits since before a moment', async () => {
      await store.keepCommand(kept(at(1)))
      await store.keepCommand(kept(at(9)))
      expect((await store.unfinished(at(5))).commands).to.have.length(1)
    })
    it('keeps a command once', async () => {
      const command = kept(at(1))
      await Promise.all([store.keepCommand(command), store.keepCommand(command), store.keepCommand(command)])
      expect((await store.unfinished(everything)).commands).to.have.length(1)
    })
    it('says of a command that it is pending, as itself or in an envelope, and nothing of one it does not know', async () => {
      const [one, other] = [kept(at(1)), kept(at(2))]
      await store.keepCommand(one)
      await store.keepEnvelope({ txId: 'ef56', bytes: new Uint8Array(3), commands: [other], since: at(4) })
      expect(await store.find(idOf(one))).to.deep.equal({ state: 'pending', since: at(1) })
      expect(await store.find(idOf(other))).to.deep.equal({ state: 'pending', since: at(2) })
      expect(await store.find(idOf(kept(at(3))))).to.equal(null)
    })
    it('forgets what is done', async () => {
      const command = kept(at(1))
      await store.keepCommand(command)
      await store.keepEnvelope({ txId: 'aa11', bytes: new Uint8Array(1), commands: [command], since: at(1) })
      await store.forgetEnvelope('aa11')
      await store.forgetCommand(idOf(command))
      await store.forgetCommand(idOf(command))
      expect(await store.unfinished(everything)).to.deep.equal({ envelopes: [], commands: [] })
      expect(await store.find(idOf(command))).to.equal(null)
    })
    it('tells a refusal to whoever asks, until the command is sent anew', async () => {
      const command = kept(at(1))
      await store.keepCommand(command)
      await store.refuseCommand(idOf(command), { code: 'bill-held', detail: { by: 'court' } })
      expect((await store.unfinished(everything)).commands).to.have.length(0)
      expect(await ((await opened.again?.()) ?? store).find(idOf(command))).to.deep.equal({ state: 'refused', code: 'bill-held', detail: { by: 'court' } })
      await store.keepCommand(command)
      expect(await store.find(idOf(command))).to.deep.include({ state: 'pending' })
    })
    it('gives confidential texts back', async () => {
      const command = kept(at(1), ['{"amount":"1200000.00"}'])
      await store.keepCommand(command)
      expect((await store.unfinished(everything)).commands).to.deep.equal([command])
    })
  })
}

describe('an outbox', () => {
  behavesLikeAnOutbox('in memory', async () => ({ store: memoryOutbox(), again: null, close: async () => undefined }))

  behavesLikeAnOutbox('in a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'yidan-outbox-'))
    const file = join(folder, 'outbox.json')
    return { store: await fileOutbox(file), again: () => fileOutbox(file), close: () => rm(folder, { recursive: true, force: true }) }
  })

  const openInMongo = async () => {
    const uri = process.env['YIDAN_TEST_MONGODB_URI']
    if (uri === undefined) throw new Error('YIDAN_TEST_MONGODB_URI is not set: npm test sets it, or start a replica set and name it there')
    const database = await openDatabase({ uri, database: `yidan_test_${randomBytes(6).toString('hex')}` })
    const clock = (): Date => new Date()
    const vault = await openVault({ database, ring: { current: randomBytes(32), previous: [] }, clock })
    const again = () => openLedgerOutbox({ database, vault, clock })
    return {
      store: await again(), again, vault,
      raw: async () => JSON.stringify([await database.collection('ledgerOutboxCommands').find().toArray(), await database.collection('ledgerOutboxEnvelopes').find().toArray()]),
      close: async () => { await database.dropDatabase(); await database.close() },
    }
  }
  behavesLikeAnOutbox('in MongoDB', openInMongo)

  describe('in MongoDB, of confidential texts', () => {
    it('keeps nothing that can be read, and nothing at all once the bill is forgotten', async () => {
      const { store, raw, vault, close } = await openInMongo()
      try {
        const command = kept(at(1), ['{"amount":"1200000.00"}'])
        await store.keepCommand(command)
        await store.keepEnvelope({ txId: 'bb22', bytes: new Uint8Array(1), commands: [command], since: at(1) })
        expect(await raw()).to.include(idOf(command)).and.not.include('1200000')
        await vault.erase([`bill:${command.signed.command.subject}`])
        expect((await store.unfinished(everything)).commands).to.deep.equal([{ ...command, confidential: [] }])
      } finally {
        await close()
      }
    })
  })
})
