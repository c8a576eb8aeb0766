import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { PDFDocument } from 'pdf-lib'
import { create } from 'qrcode'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import { contentHash, proofAddress, readAttachments, renderBill, rendererVersion, type BillPrint } from '../../api/src/documents/index.ts'
import { canonicalJson } from '../../ledger/domain/index.ts'
import { billFrom, billOfExtremes, billOfTwoHundredBoxes, bookingFiles, type BookingName } from '../support/bill-documents.ts'
import { aSealAuthority, hashOf, sealedPrint } from '../support/sealed-bill.ts'
import { skipBecause } from '../../api/launch/skip-because.ts'

const run = promisify(execFile)
const root = new URL('../../', import.meta.url)
const names = Object.keys(bookingFiles) as BookingName[]

async function has(command: string): Promise<boolean> {
  return run(command, ['-v']).then(() => true, (error: NodeJS.ErrnoException) => error.code !== 'ENOENT')
}

describe('the bill as PDF', () => {
  let seals: Awaited<ReturnType<typeof aSealAuthority>>
  let directory: string
  before(async () => {
    seals = await aSealAuthority()
    directory = await mkdtemp(join(tmpdir(), 'yidan-pdf-'))
  })
  after(async () => {
    await seals.close()
    await rm(directory, { recursive: true, force: true })
  })

  for (const name of names) {
    it(`prints ${name} in at most 120 KB, with the document inside byte for byte`, async () => {
      const document = billFrom(name)
      const bytes = renderBill(await sealedPrint(seals.authority, document))
      expect(bytes.length).to.be.below(120_000)
      const { bill, seal } = await readAttachments(bytes)
      expect(Buffer.from(bill).toString('utf8')).to.equal(canonicalJson(document))
      expect(createHash('sha256').update(bill).digest('hex')).to.equal(hashOf(document))
      expect(JSON.parse(Buffer.from(seal ?? []).toString('utf8'))).to.include({ schema: 'yidan.print/1', network: 'yidan-test', mark: 'ORIGINAL' })
    })
  }

  it('refuses to print an issuance of another document', async () => {
    const print = await sealedPrint(seals.authority, billFrom('solarToTashkent'))
    expect(() => renderBill({ ...print, document: billFrom('tractorsToSantos') })).to.throw(RangeError, 'another document')
  })

  it('gives the same bytes for the same input, twice in this process and in two others', async () => {
    const print = await sealedPrint(seals.authority, billFrom('batteriesFromBusan'), { mark: 'COPY', standing: { state: 'ISSUED', titleholderText: '示例银行', asOf: '2026-12-01T08:00:00.000Z' } })
    const here = createHash('sha256').update(renderBill(print)).digest('hex')
    renderBill(await sealedPrint(seals.authority, billFrom('tractorsToSantos')))
    expect(createHash('sha256').update(renderBill(print)).digest('hex')).to.equal(here)
    const input = join(directory, 'print.json')
    await writeFile(input, JSON.stringify(print))
    const script = `
      import { readFileSync } from 'node:fs'; import { createHash } from 'node:crypto'
      import { renderBill } from ${JSON.stringify(new URL('api/src/documents/index.ts', root).href)}
      process.stdout.write(createHash('sha256').update(renderBill(JSON.parse(readFileSync(${JSON.stringify(input)}, 'utf8')))).digest('hex'))`
    const elsewhere = await Promise.all([1, 2].map(() => run(process.execPath, ['--import', 'tsx', '--conditions=source', '--input-type=module', '-e', script], { cwd: new URL('.', root) })))
    expect(elsewhere.map(({ stdout }) => stdout)).to.deep.equal([here, here])
  })

  it('prints what this version of the printer has always printed: whoever changes a page gives rendererVersion a new number', () => {
    const printed: Readonly<Record<string, string>> = {
      'yidan-bill-pdf/1.1': '79c435cf821e15ba5c849c5e147a021549ae88cf827083d17aa5220fa2ad0771',
    }
    const document = billFrom('batteriesFromBusan', { remarks: ['one case wet'], originals: 3 })
    const issuance = { network: 'yidan-test', docHash: hashOf(document), issuedAt: '2026-11-24T04:12:30.000Z', seal: 'a.b.c', certificatePem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', signatories: ['李敏'] }
    expect(contentHash(renderBill({ document, issuance, mark: 'COPY', publicUrl: 'https://bills.example.cn' }))).to.equal(printed[rendererVersion])
  })

  it('lists two hundred boxes on annex pages, each with its own number', async function () {
    if (!(await has('pdftotext'))) {
      skipBecause(this, 'pdftotext (poppler-utils) is not installed')
    }
    const document = billOfTwoHundredBoxes()
    const text = await textOf(renderBill(await sealedPrint(seals.authority, document)))
    for (const { number } of document.containers) expect(text).to.include(number)
    const pages = text.split('\f').filter((page) => page.trim() !== '')
    for (const [index, page] of pages.entries()) expect(page).to.include(`第 ${index + 1} 页 共 ${pages.length} 页`).and.include(document.billNumber)
  })

  it('prints every word of an extreme bill inside the frame, or on the annex', async function () {
    if (!(await has('pdftotext'))) {
      skipBecause(this, 'pdftotext (poppler-utils) is not installed')
    }
    const document = billOfExtremes()
    const bytes = renderBill(await sealedPrint(seals.authority, document))
    const file = join(directory, 'extremes.pdf')
    await writeFile(file, bytes)
    const { stdout } = await run('pdftotext', ['-bbox', file, '-'], { maxBuffer: 2 ** 28 })
    const boxes = [...stdout.matchAll(/<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">/g)].map((match) => match.slice(1).map(Number))
    expect(boxes.length).to.be.above(2_000)
    for (const [left = 0, top = 0, right = 0, bottom = 0] of boxes) {
      expect(left).to.be.at.least(29)
      expect(right).to.be.at.most(566.5)
      expect(top).to.be.at.least(24)
      expect(bottom).to.be.at.most(828)
    }
    const words = (await textOf(bytes)).replace(/\s+/g, '')
    for (const remark of document.remarks) expect(words).to.include(remark.replace(/\s+/g, ''))
    for (const { name } of document.notifyParties) expect(words).to.include(name.slice(0, 24))
    expect(words).to.include('Malaszewicze').and.include('〓')
  })

  it('shows the same line styles, marks and statements on a copy, a void bill and a draft', async function () {
    if (!(await has('pdftotext'))) {
      skipBecause(this, 'pdftotext (poppler-utils) is not installed')
    }
    const print = await sealedPrint(seals.authority, billFrom('solarToTashkent'))
    const said = async (changes: Partial<BillPrint>): Promise<string> => textOf(renderBill({ ...print, ...changes }))
    expect(await said({ mark: 'ORIGINAL' })).to.include('ELECTRONIC RECORD').and.not.include('副本 COPY')
    expect(await said({ mark: 'COPY', standing: { state: 'ISSUED 已签发', titleholderText: '塔什干', asOf: '2026-12-01T08:00:00.000Z' } })).to.include('副本 COPY').and.include('2026-12-01 08:00:00 UTC').and.include('塔什干')
    expect(await said({ mark: 'VOID' })).to.include('作废 VOID')
    expect(await said({ mark: 'DRAFT', issuance: null })).to.include('草稿 DRAFT').and.include('not issued')
    expect(await said({ mark: 'ORIGINAL', document: print.document })).to.include('民法典 227')
    expect(await textOf(renderBill(await sealedPrint(seals.authority, billFrom('tractorsToSantos'))))).to.include('海商法').and.not.include('民法典 227')
  })

  it('carries a signed QR that a camera reads from the page at 150 dpi, on every mark, and old prints their old one', async function () {
    if (!(await has('pdftoppm'))) {
      skipBecause(this, 'pdftoppm (poppler-utils) is not installed')
    }
    const wasm = await readFile(new URL('node_modules/zxing-wasm/dist/reader/zxing_reader.wasm', root))
    await prepareZXingModule({ overrides: { wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) }, fireImmediately: true })
    for (const mark of ['ORIGINAL', 'COPY', 'VOID'] as const) {
      const print = await sealedPrint(seals.authority, billFrom('furnitureToHamburg'), { mark })
      const file = join(directory, `${mark}.pdf`)
      await writeFile(file, renderBill(print))
      await run('pdftoppm', ['-r', '150', '-png', '-f', '1', '-l', '1', '-singlefile', file, file])
      const read = await readBarcodes(new Uint8Array(await readFile(`${file}.png`)), { formats: ['QRCode'] })
      const { publicUrl, document: { billNumber }, issuance: { address, ...issuance } } = print
      expect(address).to.match(new RegExp(`^https://bills.example.cn/v/${billNumber}#[0-9A-Z$*+/-]{144}$`))
      expect(read.map(({ text }) => text)).to.deep.equal([address])
      expect(read[0]?.version).to.equal('8')
      // A module is half a millimetre wide or more: the code with its four corners, in dots of 150 to the inch.
      const { topLeft, topRight } = read[0]?.position ?? { topLeft: { x: 0 }, topRight: { x: 0 } }
      expect((topRight.x - topLeft.x) / 150 * 25.4 / 49, 'millimetres a module').to.be.at.least(0.5)
      if (mark !== 'COPY') continue
      await writeFile(file, renderBill({ ...print, issuance }))
      await run('pdftoppm', ['-r', '150', '-png', '-f', '1', '-l', '1', '-singlefile', file, file])
      expect((await readBarcodes(new Uint8Array(await readFile(`${file}.png`)), { formats: ['QRCode'] })).map(({ text }) => text)).to.deep.equal([proofAddress({ publicUrl, billNumber, docHash: issuance.docHash })])
    }
  })

  it('keeps its modules half a millimetre wide up to an address of 80 characters', async () => {
    const document = billFrom('furnitureToHamburg')
    for (const [publicUrl, most] of [['https://b.cn', 8], ['https://yidan.dongfanghong-landport.com.cn', 9], [`https://${'x'.repeat(69)}.cn`, 10]] as const) {
      const { issuance: { address = '' } } = await sealedPrint(seals.authority, document, { publicUrl })
      const { version, modules } = create(address, { errorCorrectionLevel: 'M' })
      expect(version, publicUrl).to.be.at.most(most)
      expect(90 / (modules.size + 6) * 25.4 / 72).to.be.at.least(0.5)
    }
  })

  it('is PDF/A-3b to the last rule, by veraPDF', async function () {
    if (!(await has('javac')) || !(await has('mvn'))) {
      skipBecause(this, 'java or mvn is not installed')
    }
    const pom = new URL('test/documents/verapdf/pom.xml', root).pathname
    const paths = join(directory, 'classpath')
    const resolved = await run('mvn', ['-q', '-B', '-f', pom, 'dependency:build-classpath', `-Dmdep.outputFile=${paths}`], { timeout: 120_000 }).then(() => true, () => false)
    if (!resolved) {
      skipBecause(this, 'Maven could not fetch org.verapdf:validation-model')
    }
    const classpath = await readFile(paths, 'utf8')
    await run('javac', ['-d', directory, '-cp', classpath, new URL('test/documents/verapdf/PdfaCheck.java', root).pathname])
    const prints: BillPrint[] = await Promise.all([...names.map((name) => billFrom(name)), billOfExtremes()].map((document) => sealedPrint(seals.authority, document)))
    prints.push({ ...prints[0] as BillPrint, mark: 'DRAFT', issuance: null }, { ...prints[1] as BillPrint, mark: 'VOID' })
    const files = await Promise.all(prints.map(async (print, index) => {
      const file = join(directory, `pdfa-${index}.pdf`)
      await writeFile(file, renderBill(print))
      return file
    }))
    const { stdout } = await run('java', ['-cp', `${directory}:${classpath}`, 'PdfaCheck', ...files]).catch((error: { stdout: string }) => error)
    expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('compliant '))).to.deep.equal([])
    expect(stdout.split('\n').filter((line) => line.startsWith('compliant '))).to.have.length(files.length)
  })

  it('opens in another PDF library with one page at least for face, annex and conditions', async () => {
    const pdf = await PDFDocument.load(renderBill(await sealedPrint(seals.authority, billFrom('furnitureToHamburg'))), { updateMetadata: false })
    expect(pdf.getPageCount()).to.equal(3)
    expect(pdf.getCreator()).to.match(/^yidan-bill-pdf\//)
    expect(pdf.getCreationDate()?.toISOString()).to.equal('2026-11-24T04:12:30.000Z')
  })

  async function textOf(bytes: Uint8Array): Promise<string> {
    const file = join(directory, 'text.pdf')
    await writeFile(file, bytes)
    return (await run('pdftotext', ['-layout', file, '-'], { maxBuffer: 2 ** 27 })).stdout
  }
})
