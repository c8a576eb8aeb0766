import { JournalDamaged, LedgerLocked, checkEmbeddedProof, openEmbeddedLedger } from '@yidan/ledger/embedded'
import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { aBill, aCast, act, inDays } from '../support/ledger-actors.ts'
import { openTestLedger, type OpenedLedger } from '../support/open-ledger.ts'
import { behavesLikeALedger } from './every-ledger.ts'

behavesLikeALedger('the embedded ledger', () => openTestLedger())

describe('the embedded ledger’s journal', () => {
  let opened: OpenedLedger
  let journal: string
  beforeEach(async () => {
    opened = await openTestLedger()
    journal = join(opened.directory, 'journal.jsonl')
  })
  afterEach(() => opened.close().catch(() => undefined))

  it('gives the same title after a restart', async () => {
    const cast = await aCast(opened.ledger, opened.registrar)
    const { billId } = await aBill(opened.ledger, cast)
    const before = await opened.ledger.read(billId)
    opened = await opened.reopen()
    expect(await opened.ledger.read(billId)).to.deep.equal(before)
    await act(opened.ledger, { by: cast.shipper, action: 'offerPossession', subject: billId, args: { to: cast.buyer.partyId, expiresAt: inDays(1) } })
  })

  it('is refused when any byte of it was changed', async () => {
    const cast = await aCast(opened.ledger, opened.registrar)
    await aBill(opened.ledger, cast)
    await opened.ledger.close()
    const whole = await readFile(journal)
    for (let at = 3; at < whole.length - 1; at += Math.floor(whole.length / 40)) {
      const changed = Buffer.from(whole)
      changed[at] = changed[at] === 0x37 ? 0x38 : 0x37
      await writeFile(journal, changed)
      await opened.reopen().then(
        async (again) => { await again.ledger.close(); throw new Error(`byte ${at} was changed and nobody noticed`) },
        (error: unknown) => { expect(error).to.be.instanceOf(JournalDamaged) },
      )
    }
    await writeFile(journal, whole)
    opened = await opened.reopen()
  })

  it('is refused when a line was taken out, doubled or moved', async () => {
    await aCast(opened.ledger, opened.registrar)
    await opened.ledger.close()
    const lines = (await readFile(journal, 'utf8')).trimEnd().split('\n')
    const [first = '', second = '', third = '', ...rest] = lines
    for (const wrong of [[first, third, ...rest], [first, second, second, third, ...rest], [first, third, second, ...rest], [second, third, ...rest]]) {
      await writeFile(journal, `${wrong.join('\n')}\n`)
      await opened.reopen().then(() => { throw new Error('a changed journal was opened') }, (error: unknown) => { expect(error).to.be.instanceOf(JournalDamaged) })
    }
    await writeFile(journal, `${lines.join('\n')}\n`)
    opened = await opened.reopen()
  })

  it('loses an unfinished last line, which nobody was told of, and says so', async () => {
    const cast = await aCast(opened.ledger, opened.registrar)
    const { billId } = await aBill(opened.ledger, cast)
    await opened.ledger.close()
    const whole = await readFile(journal)
    await writeFile(journal, whole.subarray(0, -20))
    opened = await opened.reopen()
    expect(opened.ledger.cutOff).to.be.greaterThan(0)
    expect((await opened.ledger.read(billId))?.state.name).to.equal('APPROVED')
  })

  it('is open in one process at a time', async () => {
    const { directory, registrar } = opened
    const other = openEmbeddedLedger({ directory, network: 'test', registrar: { ...registrar, publicKey: registrar.signer.publicKey }, serviceKey: 'unused', clock: () => new Date() })
    await other.then(() => { throw new Error('it was opened twice') }, (error: unknown) => { expect(error).to.be.instanceOf(LedgerLocked) })
  })

  it('proves an entry to somebody who has only the service key', async () => {
    const cast = await aCast(opened.ledger, opened.registrar)
    const { billId } = await aBill(opened.ledger, cast)
    const proof = await opened.ledger.proof(billId, 2)
    if (!proof) throw new Error('no proof')
    expect(checkEmbeddedProof(proof, proof.serviceKey)).to.equal(true)
    expect(checkEmbeddedProof({ ...proof, line: proof.line.replace('bill-issued', 'bill-voided') }, proof.serviceKey)).to.equal(false)
    expect(checkEmbeddedProof({ ...proof, entry: { ...proof.entry, seq: 3 } }, proof.serviceKey)).to.equal(false)
    expect(await opened.ledger.proof(billId, 99)).to.equal(null)
  })

  it('keeps every acknowledged act through kill -9 in the middle of writing', async () => {
    const writer = spawn(process.execPath, ['--import', 'tsx', '--conditions=source', join(import.meta.dirname, '../support/busy-writer.ts'), join(opened.directory, 'busy')], { stdio: ['ignore', 'pipe', 'inherit'] })
    const acknowledged: { billId: string; seq: number }[] = []
    const lines = createInterface({ input: writer.stdout })
    let options: { registrar: Parameters<typeof openEmbeddedLedger>[0]['registrar']; serviceKey: string } | null = null
    lines.on('line', (line) => {
      const said = JSON.parse(line) as { options?: typeof options; billId?: string; seq?: number }
      if (said.options) options = said.options
      if (said.billId && said.seq) acknowledged.push({ billId: said.billId, seq: said.seq })
      if (acknowledged.length === 150) writer.kill('SIGKILL')
    })
    await once(writer, 'close')
    if (!options) throw new Error('the writer did not say how it opened the ledger')
    const { registrar, serviceKey } = options
    const again = await openEmbeddedLedger({ directory: join(opened.directory, 'busy'), network: 'test', registrar, serviceKey, clock: () => new Date() })
    try {
      expect(acknowledged.length).to.be.at.least(150)
      for (const { billId, seq } of acknowledged) {
        const entries = await again.history(billId as never)
        expect(entries.filter((entry) => entry.seq === seq), `${billId} ${seq}`).to.have.length(1)
      }
    } finally {
      await again.close()
    }
  })
})
