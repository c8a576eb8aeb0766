import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync, inflateSync } from 'node:zlib'
import { expect } from 'chai'
import { readAttachments, renderBill, UnreadableFile, verifyFile, type BillPrint, type FileVerdict } from '../../api/src/documents/index.ts'
import { BillDocument, canonicalJson } from '../../ledger/domain/index.ts'
import { billFrom } from '../support/bill-documents.ts'
import { aSealAuthority, sealedPrint } from '../support/sealed-bill.ts'
import { verifyTool } from '../support/verify-tool.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const failing = ({ checks }: FileVerdict): string[] => checks.filter(({ ok }) => ok === false).map(({ code }) => code)

describe('checking a bill file offline', () => {
  let seals: Awaited<ReturnType<typeof aSealAuthority>>
  let print: BillPrint & { issuance: NonNullable<BillPrint['issuance']> }
  let pdf: Uint8Array
  let certificatePem: string
  before(async () => {
    seals = await aSealAuthority()
    print = await sealedPrint(seals.authority, billFrom('tractorsToSantos'))
    pdf = renderBill(print)
    certificatePem = print.issuance.certificatePem
  })
  after(() => seals.close())

  /** The file with the content of one stream changed and everything else, lengths and offsets too, put right. */
  function withStream(change: (unpacked: string, dictionary: string) => string, { level }: { level?: number } = {}): Uint8Array {
    const text = Buffer.from(pdf).toString('latin1')
    const header = text.slice(0, text.indexOf('6 0 obj'))
    const offsets: number[] = []
    let out = header
    let at = header.length
    for (let head = /^(\d+) 0 obj\n/.exec(text.slice(at, at + 20)); head !== null; head = /^(\d+) 0 obj\n/.exec(text.slice(at, at + 20))) {
      offsets[Number(head[1])] = out.length
      const length = /\/Length (\d+)\n/.exec(text.slice(at, text.indexOf('\nendobj', at)))
      const stream = text.indexOf('\nstream\n', at)
      if (length === null || stream > text.indexOf('\nendobj', at)) {
        const end = text.indexOf('\nendobj\n', at) + 8
        out += text.slice(at, end)
        at = end
        continue
      }
      const dictionary = text.slice(at, stream)
      const data = Buffer.from(text.slice(stream + 8, stream + 8 + Number(length[1])), 'latin1')
      const packed = dictionary.includes('FlateDecode')
      const before = (packed ? inflateSync(data) : data).toString('latin1')
      const after = change(before, dictionary)
      const written = after === before && level === undefined ? data : packed ? deflateSync(Buffer.from(after, 'latin1'), { level: level ?? 6 }) : Buffer.from(after, 'latin1')
      out += `${dictionary.replace(/\/Length \d+\n/, `/Length ${written.length}\n`)}\nstream\n${written.toString('latin1')}\nendstream\nendobj\n`
      at = stream + 8 + Number(length[1]) + '\nendstream\nendobj\n'.length
    }
    const trailer = text.slice(text.indexOf('trailer\n', at), text.indexOf('startxref\n', at))
    const rows = offsets.slice(1).map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
    return Buffer.from(`${out}xref\n0 ${offsets.length}\n0000000000 65535 f \n${rows}${trailer}startxref\n${out.length}\n%%EOF\n`, 'latin1')
  }

  it('finds the file as issued genuine with the issuer’s certificate, and with the network’s root', async () => {
    for (const anchor of [certificatePem, seals.authority.rootCertificatePem]) {
      const verdict = await verifyFile(pdf, { certificatePem: anchor })
      expect(verdict).to.include({ kind: 'pdf', verdict: 'genuine', docHash: print.issuance.docHash })
      expect(verdict.checks.map(({ ok }) => ok)).to.deep.equal([true, true, true, true, true, true, true])
      expect(verdict.seal).to.include({ billNumber: print.document.billNumber, network: 'yidan-test' })
    }
  })

  it('says that nobody vouches for a certificate that came with the file', async () => {
    const verdict = await verifyFile(pdf)
    expect(verdict.verdict).to.equal('consistent')
    expect(verdict.checks.find(({ code }) => code === 'anchored')?.ok).to.equal(null)
  })

  it('finds pages genuine that another deflate packed into other bytes', async () => {
    expect(Buffer.from(withStream((content) => content)).equals(Buffer.from(pdf))).to.equal(true)
    const repacked = withStream((content) => content, { level: 1 })
    expect(repacked.length).to.not.equal(pdf.length)
    expect((await verifyFile(repacked, { certificatePem })).verdict).to.equal('genuine')
    const spaced = withStream((content, dictionary) => (dictionary.includes('/Type') ? content : `${content} `), { level: 1 })
    expect(failing(await verifyFile(spaced, { certificatePem }))).to.deep.equal(['pages'])
  })

  it('finds a page whose visible text was changed while the attachment is intact', async () => {
    let changed = false
    const forged = withStream((content, dictionary) => {
      if (dictionary.includes('/Type') || !content.includes('BT\n') || changed) return content
      changed = true
      return content.replace(/<([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]*)> Tj/, '<$2$1$3> Tj')
    })
    expect(changed).to.equal(true)
    const verdict = await verifyFile(forged, { certificatePem })
    expect(verdict.verdict).to.equal('altered')
    expect(failing(verdict)).to.deep.equal(['pages'])
  })

  it('finds an altered amount in the attached document', async () => {
    const forged = withStream((content) => content.replace('"total":"600000.00"', '"total":"500000.00"'))
    const verdict = await verifyFile(forged, { certificatePem })
    expect(verdict.verdict).to.equal('altered')
    expect(failing(verdict)).to.include('hash').and.include('pages')
  })

  it('finds another bill’s document put into the file', async () => {
    const other = canonicalJson(billFrom('solarToTashkent'))
    const verdict = await verifyFile(withStream((content) => (content.startsWith('{"billId"') ? Buffer.from(other).toString('latin1') : content)), { certificatePem })
    expect(failing(verdict)).to.include('hash').and.include('agreement')
  })

  it('finds something appended, such as an incremental update', async () => {
    const verdict = await verifyFile(Buffer.concat([pdf, Buffer.from('6 0 obj\n<< >>\nendobj\n')]), { certificatePem })
    expect(verdict.verdict).to.not.equal('genuine')
  })

  it('finds any flipped byte that the file would still be read with', async () => {
    for (let at = 100; at < pdf.length; at += 4_999) {
      const copy = Uint8Array.from(pdf)
      copy[at] = (copy[at] ?? 0) ^ 0x01
      expect((await verifyFile(copy, { certificatePem })).verdict, `byte ${at}`).to.not.equal('genuine')
    }
  })

  it('finds a QR code that states something the carrier did not, or that is of another bill', async () => {
    const print = await sealedPrint(seals.authority, billFrom('tractorsToSantos')), other = await sealedPrint(seals.authority, billFrom('solarToTashkent'))
    const address = print.issuance.address ?? ''
    // The fourth and fifth character hold the number of the entry and the state.
    for (const forged of [address.replace(/#(.{3})./, '#$19'), other.issuance.address ?? '', address.slice(0, -3), 'https://elsewhere.example/']) {
      const verdict = await verifyFile(renderBill({ ...print, issuance: { ...print.issuance, address: forged } }), { certificatePem: print.issuance.certificatePem })
      expect(verdict.verdict, forged).to.equal('altered')
      expect(verdict.checks.find(({ code }) => code === 'agreement')?.detail).to.contain('QR code')
    }
  })

  it('refuses a seal by another issuer of the same name', async () => {
    const impostor = await aSealAuthority()
    try {
      const forged = renderBill(await sealedPrint(impostor.authority, billFrom('tractorsToSantos')))
      const verdict = await verifyFile(forged, { certificatePem })
      expect(verdict.verdict).to.equal('altered')
      expect(verdict.checks.at(-1)).to.include({ code: 'seal', ok: false, detail: 'certificate-other' })
    } finally {
      await impostor.close()
    }
  })

  it('does not judge pages printed by another version, and says so', async () => {
    const verdict = await verifyFile(withStream((content) => content.replace('"rendererVersion":"yidan-bill-pdf/', '"rendererVersion":"yidan-bill-pdf/0.')), { certificatePem })
    expect(verdict.verdict).to.equal('genuine')
    expect(verdict.checks.at(-1)).to.deep.include({ code: 'pages', ok: null })
    expect(verdict.checks.at(-1)?.detail).to.include('pages not checked offline')
  })

  it('checks an export bundle, loose or pretty, and hashes a bare document', async () => {
    const { document, issuance: { seal } } = print
    expect(await verifyFile(bytesOf(JSON.stringify({ document, seal, certificatePem }, null, 2)), { certificatePem })).to.include({ kind: 'json', verdict: 'genuine' })
    expect(await verifyFile(bytesOf(JSON.stringify({ document: { ...document, originals: 3 }, seal, certificatePem })), { certificatePem })).to.include({ verdict: 'altered' })
    expect(await verifyFile(bytesOf(JSON.stringify(document, null, 1)))).to.include({ kind: 'json', verdict: 'unsealed', docHash: print.issuance.docHash })
  })

  it('calls a draft unsealed', async () => {
    expect((await verifyFile(renderBill({ ...print, mark: 'DRAFT', issuance: null }))).verdict).to.equal('unsealed')
  })

  it('answers rubbish with unreadable and a reason, never with an exception', async () => {
    for (const rubbish of ['', '{', '[]', 'null', '"x"', '{"document":null,"seal":"a.b.c"}', '%PDF-1.7', '%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Names 1 0 R >>\nendobj\ntrailer << /Root 1 0 R >>', '%PDF-1.7\n' + '['.repeat(200_000), '\u0000'.repeat(1000)]) {
      expect((await verifyFile(bytesOf(rubbish))).verdict, rubbish.slice(0, 40)).to.be.oneOf(['unreadable', 'altered'])
    }
    for (let cut = 1_000; cut < pdf.length; cut += 9_973) expect((await verifyFile(pdf.subarray(0, cut), { certificatePem })).verdict).to.not.equal('genuine')
  })

  it('refuses files built to swallow memory or to hide what they hold', async () => {
    const bomb = deflateSync(Buffer.alloc(64 * 2 ** 20))
    const file = (objects: string[]): Uint8Array => Buffer.from(`%PDF-1.7\n${objects.join('\n')}\ntrailer\n<< /Root 1 0 R >>\n`, 'latin1')
    const catalog = '1 0 obj\n<< /Type /Catalog /Names << /EmbeddedFiles << /Names [(bill.json) 2 0 R] >> >> >>\nendobj'
    const specification = '2 0 obj\n<< /Type /Filespec /UF (bill.json) /EF << /F 3 0 R >> >>\nendobj'
    const stream = `3 0 obj\n<< /Filter /FlateDecode /Length ${bomb.length} >>\nstream\n${bomb.toString('latin1')}\nendstream\nendobj`
    expect(await faultOf(file([catalog, specification, stream]))).to.equal('attachment-too-large')
    expect(await faultOf(file([catalog, specification, stream.replace('<< ', '<< /Type /ObjStm /N 1 /First 4 ')]))).to.equal('pdf-saved-anew')
    expect(await faultOf(file([catalog, specification, stream.replace('<< ', '<< /Type /Obj#53tm /N 1 /First 4 ')]))).to.equal('pdf-saved-anew')
    expect(await faultOf(file([catalog, specification, stream.replace('FlateDecode', 'LZWDecode')]))).to.equal('attachment-damaged')
    expect(await faultOf(file([catalog.replace('[(bill.json) 2 0 R]', '[(a) 2 0 R (b) 2 0 R]'), specification, '3 0 obj\n<< /Length 2 >>\nstream\n{}\nendstream\nendobj']))).to.equal('pdf-ambiguous')
    expect(await faultOf(file([catalog.replace('/Names [(bill.json) 2 0 R]', '/Kids [4 0 R]'), '4 0 obj\n<< /Kids [4 0 R] >>\nendobj']))).to.equal('attachment-missing')
    expect(await faultOf(new Uint8Array(9 * 2 ** 20))).to.equal('file-too-large')
  })

  it('tells people at the command line, by exit code and on one screen', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'yidan-verify-'))
    try {
      const [good, bad, pem] = ['good.pdf', 'bad.json', 'issuer.pem'].map((name) => join(directory, name)) as [string, string, string]
      await writeFile(good, pdf)
      await writeFile(bad, JSON.stringify({ document: { ...print.document, originals: 2 }, seal: print.issuance.seal, certificatePem }))
      await writeFile(pem, certificatePem)
      const [genuine, english, unanchored, altered, none, missing] = await Promise.all([cli(good, '--cert', pem), cli(good, '--cert', pem, '--lang', 'en'), cli(good), cli(bad, '--cert', pem, '--json'), cli(), cli(join(directory, 'nothing.pdf'))])
      expect(genuine).to.include({ code: 0 })
      expect(genuine.out).to.include('真实').and.include('GENUINE').and.include(print.document.billNumber)
      expect(genuine.out.split('\n').length).to.be.below(40)
      expect(english.out).to.include('GENUINE').and.not.include('真实')
      expect(unanchored).to.include({ code: 1 })
      expect(unanchored.out).to.include('--cert')
      expect(altered).to.include({ code: 1 })
      expect((JSON.parse(altered.out) as FileVerdict).verdict).to.equal('altered')
      expect(none).to.include({ code: 2 })
      expect(missing).to.include({ code: 2 })
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })

  async function faultOf(bytes: Uint8Array): Promise<string> {
    return readAttachments(bytes).then(() => 'read', (error: unknown) => (error instanceof UnreadableFile ? error.code : `not coded: ${String(error)}`))
  }

  async function cli(...given: string[]): Promise<{ code: number | null; out: string }> {
    return new Promise((resolve) => {
      const child = execFile(process.execPath, [...verifyTool, ...given], (_, stdout) => resolve({ code: child.exitCode, out: stdout }))
    })
  }
})

describe('the canonical document in a file', () => {
  it('is the same after it went through the schema, so that printing again gives the same hash', () => {
    const document = billFrom('batteriesFromBusan')
    const again = BillDocument.parse(JSON.parse(canonicalJson(document)))
    expect(createHash('sha256').update(canonicalJson(again)).digest('hex')).to.equal(createHash('sha256').update(canonicalJson(document)).digest('hex'))
  })
})
