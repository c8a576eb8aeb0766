import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { X509Certificate } from 'node:crypto'
import { expect } from 'chai'
import { checkSeal, checkSealedBill, SealAuthority, type SealCheck } from '../../api/src/documents/index.ts'
import { canonicalJson, PartyId } from '../../ledger/domain/index.ts'
import { billFrom } from '../support/bill-documents.ts'
import { aSealAuthority, hashOf, issuedAt } from '../support/sealed-bill.ts'

const network = 'yidan-test'
const code = ({ ...check }: SealCheck): string => (check.ok ? 'ok' : check.code)

describe('the issuer’s e-seal', () => {
  let seals: Awaited<ReturnType<typeof aSealAuthority>>
  const document = billFrom('tractorsToSantos')
  const request = { document, docHash: hashOf(document), issuedAt, network }
  before(async () => {
    seals = await aSealAuthority()
  })
  after(() => seals.close())

  it('says which document was issued, when, where and by whom', async () => {
    const { seal, certificatePem } = await seals.authority.seal(request)
    const check = checkSeal(seal, certificatePem)
    expect(check).to.deep.include({
      ok: true, company: document.carrier.name,
      payload: { typ: 'yidan.seal/1', billNumber: document.billNumber, billId: document.billId, network, docHash: request.docHash, issuedAt, issuer: document.carrier.creditCode },
    })
    expect(checkSeal(seal, seals.authority.rootCertificatePem)).to.include({ ok: true })
  })

  it('names the company and its credit code in a certificate that the network’s root signed', async () => {
    const certificate = new X509Certificate((await seals.authority.seal(request)).certificatePem)
    expect(certificate.subject).to.include(`CN=${document.carrier.name}`).and.include(`serialNumber=${document.carrier.creditCode ?? ''}`)
    expect(certificate.verify(new X509Certificate(seals.authority.rootCertificatePem).publicKey)).to.equal(true)
  })

  it('keeps private keys from other users of the machine, and finds them again', async () => {
    const { certificatePem } = await seals.authority.seal(request)
    for (const file of (await readdir(seals.directory)).filter((name) => name.endsWith('.key.pem'))) {
      expect((await stat(join(seals.directory, file))).mode & 0o777, file).to.equal(0o600)
    }
    expect((await stat(seals.directory)).mode & 0o777).to.equal(0o700)
    const again = await SealAuthority.open({ directory: seals.directory })
    expect((await again.seal(request)).certificatePem).to.equal(certificatePem)
    expect(await again.certificateOf(document.carrier.creditCode ?? '')).to.equal(certificatePem)
    expect(again.rootCertificatePem).to.equal(seals.authority.rootCertificatePem)
  })

  it('makes one key per company, however many ask at once', async () => {
    const fresh = await aSealAuthority()
    try {
      const sealed = await Promise.all(Array.from({ length: 20 }, () => fresh.authority.seal(request)))
      expect(new Set(sealed.map(({ certificatePem }) => certificatePem)).size).to.equal(1)
    } finally {
      await fresh.close()
    }
  })

  it('finds a certificate by party id too, and knows no company that never sealed', async () => {
    const partyId = PartyId.parse(`p${'7'.repeat(32)}`)
    const { creditCode: _, ...foreign } = document.carrier
    const carrier = { ...foreign, name: 'Foreign MTO', partyId }
    const { certificatePem } = await seals.authority.seal({ ...request, document: { ...document, carrier } })
    expect(await seals.authority.certificateOf(partyId)).to.equal(certificatePem)
    expect(await seals.authority.certificateOf(`p${'8'.repeat(32)}`)).to.equal(null)
  })

  it('gets a new certificate when the old one has run out; the old seals stay valid', async () => {
    const fresh = await aSealAuthority()
    try {
      const first = await fresh.authority.seal(request)
      const later = await fresh.authority.seal({ ...request, issuedAt: '2032-11-24T04:12:30.000Z' })
      expect(later.certificatePem).to.not.equal(first.certificatePem)
      expect(code(checkSeal(first.seal, first.certificatePem))).to.equal('ok')
      expect(code(checkSeal(later.seal, later.certificatePem))).to.equal('ok')
      expect(code(checkSeal(later.seal, first.certificatePem))).to.equal('certificate-other')
    } finally {
      await fresh.close()
    }
  })

  it('holds for the very bytes that were sealed and for no others', async () => {
    const { seal, certificatePem } = await seals.authority.seal(request)
    const canonical = Buffer.from(canonicalJson(document))
    expect(checkSealedBill({ canonical, seal, certificatePem })).to.include({ ok: true })
    expect(checkSealedBill({ canonical: Buffer.from(canonicalJson({ ...document, version: 2 })), seal, certificatePem })).to.deep.equal({ ok: false, code: 'hash-wrong' })
  })

  it('does not hold for a changed payload, signature, algorithm or certificate', async () => {
    const { seal, certificatePem } = await seals.authority.seal(request)
    const [header = '', payload = '', signature = ''] = seal.split('.')
    const changed = (text: string, change: (value: Record<string, unknown>) => object): string => Buffer.from(JSON.stringify(change(JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>))).toString('base64url')
    expect(code(checkSeal(`${header}.${changed(payload, (value) => ({ ...value, docHash: '0'.repeat(64) }))}.${signature}`, certificatePem))).to.equal('signature-wrong')
    expect(code(checkSeal(`${header}.${payload}.${'A'.repeat(86)}`, certificatePem))).to.equal('signature-wrong')
    expect(code(checkSeal(`${changed(header, (value) => ({ ...value, alg: 'none' }))}.${payload}.${signature}`, certificatePem))).to.equal('seal-malformed')
    expect(code(checkSeal(`${header}.${payload}.`, certificatePem))).to.equal('seal-malformed')
    expect(code(checkSeal(seal, 'not a certificate'))).to.equal('certificate-malformed')
    const impostor = await aSealAuthority()
    try {
      expect(code(checkSeal(seal, impostor.authority.rootCertificatePem))).to.equal('certificate-other')
    } finally {
      await impostor.close()
    }
  })
})
