import { withCheckDigit } from '@yidan/ledger'
import { expect } from 'chai'
import iconv from 'iconv-lite'
import { readFile } from 'node:fs/promises'
import { deflateRawSync } from 'node:zlib'
import { importContainerList, type ListReport } from './container-list.ts'

const sample = new URL('../../../../test/fixtures/bookings/LYNB20261123-005-container-list.csv', import.meta.url)
const list = (bytes: Buffer | string, name = 'list.csv'): Promise<ListReport> =>
  importContainerList({ file: { name, mediaType: 'text/csv', bytes: Buffer.from(bytes) }, already: [], seaLeg: false, towardsEu: false, liveBills: () => Promise.resolve(new Map()) })
const faultsOf = (report: ListReport): Record<number, string[]> => {
  const byRow: Record<number, string[]> = {}
  for (const { row = 0, code, severity } of report.findings) if (severity === 'fault') (byRow[row] ??= []).push(code)
  return byRow
}
const codeOf = async (run: Promise<unknown>): Promise<string> => run.then(() => 'went through', (error: unknown) => (error as { code?: string }).code ?? String(error))
const good = '箱号,箱型,封号,品名,HS,件数,毛重kg,皮重kg,VGM kg\nLYDU0000023,45G1,LY700400,钢制办公家具,940310,400,11000,3900,14900\n'

describe('a container list', () => {
  it('of the booking system gives six boxes and refuses eight rows, each with its own faults', async () => {
    const report = await list(await readFile(sample))
    expect([report.rows, report.imported.length, report.refused]).to.deep.equal([14, 6, 8])
    expect(faultsOf(report)).to.deep.equal({
      8: ['duplicate-container'], 9: ['check-digit'], 10: ['container-number-letter'], 11: ['size-type-unknown'], 12: ['seal-missing'], 13: ['over-payload'], 14: ['vgm-mismatch'],
      15: ['hs-shape', 'gross-weight-range', 'vgm-range'],
    })
    expect(report.findings.find(({ row }) => row === 9)?.detail).to.deep.equal({ expected: '9', whole: 'LYDU0000039' })
    expect(report.findings.find(({ row }) => row === 10)?.detail).to.deep.equal({ expected: 'LYDU0000018' })
    expect(report.findings.find(({ row, severity }) => row === 8 && severity === 'fault')?.detail).to.deep.equal({ where: 'row:2' })
  })

  it('is the same in GBK, with semicolons, with tabs and quoted', async () => {
    const plain = await list(good)
    expect(plain.imported).to.have.length(1)
    expect((await list(iconv.encode(good, 'gbk'))).imported).to.deep.equal(plain.imported)
    expect((await list(iconv.encode(good, 'utf16le', { addBOM: true }))).imported).to.deep.equal(plain.imported)
    expect((await list(good.replaceAll(',', ';'))).imported).to.deep.equal(plain.imported)
    expect((await list(good.replaceAll(',', '\t').replaceAll('\n', '\r\n'))).imported).to.deep.equal(plain.imported)
    expect((await list(good.split('\n').map((line) => line.split(',').map((cell) => (cell === '' ? '' : `"${cell}"`)).join(',')).join('\n'))).imported).to.deep.equal(plain.imported)
  })

  it('is the same from Excel, where numbers are numbers', async () => {
    const [heading = '', row = ''] = good.split('\n')
    const workbook = workbookOf([heading.split(','), row.split(',').map((cell) => (/^\d+$/.test(cell) ? Number(cell) : cell)), ['', '', ''], ['LYDU0000039', '45G1', '', '无封号', 940310, 1, 10000, 3900, 13900]])
    const report = await list(workbook, 'list.xlsx')
    expect(report.imported).to.deep.equal((await list(good)).imported)
    expect(faultsOf(report)).to.deep.equal({ 4: ['seal-missing'] })
  })

  it('may have English headings with units, and thousands separators', async () => {
    const { imported } = await list('Container No.;Size/Type;Seal No;Description of goods;HS Code;Packages;Packing;Gross Weight (KGS);Tare (kg);VGM (kg);CBM;UN No.;IMO Class;Proper shipping name\nLYDU0000023;22G1;LY1234;Batteries;850760;40;CASE;12,400 kg;2250;14650;21.5;UN 3481;9;LITHIUM ION BATTERIES\n')
    expect(imported).to.deep.equal([{
      number: 'LYDU0000023', sizeType: '22G1', sealNumber: 'LY1234', goods: 'Batteries', hsCode: '850760', packages: 40, packageKind: 'CASE', grossWeightKg: 12400, tareKg: 2250, verifiedGrossMassKg: 14650, volumeM3: 21.5,
      dangerousGoods: [{ unNumber: '3481', imoClass: '9', properShippingName: 'LITHIUM ION BATTERIES' }],
    }])
  })

  it('without a container column is refused whole, and an unknown column only told', async () => {
    expect(faultsOf(await list('品名,件数\n家具,1\n'))).to.deep.equal({ 1: ['heading-missing'] })
    const report = await list(good.replace('品名', '品名,备注2').replace('钢制办公家具', '钢制办公家具,x'))
    expect(report.imported).to.have.length(1)
    expect(report.findings.map(({ code }) => code)).to.include('heading-unknown')
    expect(faultsOf(await list(good.replace('VGM kg', '毛重')))).to.deep.equal({ 1: ['heading-twice'] })
    expect(faultsOf(await list('箱号,箱型\n'))).to.deep.equal({ 1: ['no-rows'] })
  })

  it('tells a cell that should be a number, and nothing else about it', async () => {
    expect(faultsOf(await list(good.replace('11000', '十一吨')))).to.deep.equal({ 2: ['number-shape'] })
  })

  it('of more than 500 rows is refused, and rows past 200 boxes are told one by one', async () => {
    const [heading = '', row = ''] = good.split('\n')
    expect(await codeOf(list([heading, ...Array.from({ length: 501 }, () => row)].join('\n')))).to.equal('too-many-rows')
    const rows = Array.from({ length: 202 }, (_, index) => `${withCheckDigit(`LYDU${String(index).padStart(6, '0')}`)},45G1,LZ${1000 + index},家具,940310,1,10000,3900,13900`)
    const report = await list([heading, ...rows].join('\n'))
    expect([report.imported.length, faultsOf(report)]).to.deep.equal([200, { 202: ['row-over-limit'], 203: ['row-over-limit'] }])
  })

  it('that is no list is refused with a code', async () => {
    expect(await codeOf(list(''))).to.equal('unreadable-file')
    expect(await codeOf(list(Buffer.from('%PDF-1.7 ...')))).to.equal('unknown-file-type')
    expect(await codeOf(list(Buffer.from([0x50, 0x4b, 3, 4, 1, 2, 3])))).to.equal('unreadable-file')
    expect(await codeOf(list(Buffer.from('箱号,"箱型\n')))).to.equal('unreadable-file')
    for (let seed = 1; seed < 60; seed += 1) {
      const noise = Buffer.from(Array.from({ length: 400 }, (_, index) => (seed * 2_654_435_761 * (index + 7)) >>> 24))
      expect(await codeOf(list(noise))).to.be.oneOf(['went through', 'unreadable-file', 'unknown-file-type'])
    }
  })

  it('that is a zip bomb is refused before it is unpacked', async () => {
    expect(await codeOf(list(zipOf({ 'xl/workbook.xml': Buffer.alloc(40 * 2 ** 20) }), 'list.xlsx'))).to.equal('unreadable-file')
    expect(await codeOf(list(zipOf({ 'word/document.xml': 'x' }), 'list.xlsx'))).to.equal('unreadable-file')
  })
})

/** A zip of deflated entries. */
function zipOf(entries: Readonly<Record<string, Buffer | string>>): Buffer {
  const locals: Buffer[] = [], centrals: Buffer[] = []
  let at = 0
  for (const [name, content] of Object.entries(entries)) {
    const packed = deflateRawSync(content)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(20, 4)
    local.writeUInt16LE(8, 8)
    local.writeUInt32LE(content.length < 2 ** 20 ? crc32(content) : 0, 14)
    local.writeUInt32LE(packed.length, 18)
    local.writeUInt32LE(Buffer.byteLength(content), 22)
    local.writeUInt16LE(name.length, 26)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    local.copy(central, 6, 4, 30)
    central.writeUInt32LE(at, 42)
    locals.push(local, Buffer.from(name), packed)
    centrals.push(central, Buffer.from(name))
    at += 30 + name.length + packed.length
  }
  const directory = Buffer.concat(centrals)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(centrals.length / 2, 8)
  end.writeUInt16LE(centrals.length / 2, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...locals, directory, end])
}

function crc32(content: Buffer | string): number {
  let crc = 0xffffffff
  for (const byte of Buffer.from(content)) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

/** The smallest workbook: one sheet, texts inline, numbers as numbers. */
function workbookOf(rows: readonly (readonly (string | number)[])[]): Buffer {
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main', packages = 'http://schemas.openxmlformats.org/package/2006', office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const cells = rows.map((row, y) => `<row r="${y + 1}">${row.map((value, x) => {
    const place = `${String.fromCharCode(65 + x)}${y + 1}`
    return typeof value === 'number' ? `<c r="${place}"><v>${value}</v></c>` : `<c r="${place}" t="inlineStr"><is><t>${value}</t></is></c>`
  }).join('')}</row>`)
  return zipOf({
    '[Content_Types].xml': `<Types xmlns="${packages}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
    '_rels/.rels': `<Relationships xmlns="${packages}/relationships"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${packages}/relationships"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/styles.xml': `<styleSheet xmlns="${main}"/>`,
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}"><sheetData>${cells.join('')}</sheetData></worksheet>`,
  })
}
