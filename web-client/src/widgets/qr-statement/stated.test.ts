import { statementAddress, statementBytes, type BillStatement, type IssuerKeys } from '@yidan/api/contract'
import { billNumber } from '@yidan/ledger'
import { expect } from 'chai'
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { freshKeys, keptKeys } from './issuer-keys.ts'
import { judge } from './stated.ts'

const network = 'yidan-test', publicUrl = 'https://bills.example.cn'
const keys = (): { publicKey: KeyObject; privateKey: KeyObject } => generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const carrier = keys(), stranger = keys()
const spki = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' })
const keyIdOf = (key: KeyObject): string => createHash('sha256').update(spki(key)).digest('hex').slice(0, 16)
const list: IssuerKeys = {
  network, asOf: '2026-11-25T00:00:00.000Z',
  items: [{ keyId: keyIdOf(carrier.publicKey), issuer: '91410300MA3X1LG01Q', company: '洛阳陆港', publicKey: spki(carrier.publicKey).toString('base64'), from: '2026-01-01T00:00:00.000Z', to: '2031-01-01T00:00:00.000Z' }],
}
const statement: BillStatement = { billNumber: billNumber({ prefix: 'LYLG', month: '2611', serial: 42 }), state: 'ISSUED', seq: 5, at: '2026-11-24T04:12:30.000Z', hashStart: 'ab'.repeat(16), keyId: keyIdOf(carrier.publicKey) }
function codeOf(changes: Partial<BillStatement> = {}, { by = carrier.privateKey, on = network }: { by?: KeyObject; on?: string } = {}): string {
  const stated = { ...statement, ...changes }
  return statementAddress({ publicUrl, statement: stated, signature: sign('sha256', statementBytes(stated, on), { key: by, dsaEncoding: 'ieee-p1363' }) })
}

describe('a scanned QR, judged on the device alone', () => {
  it('is good when a known issuer signed it', async () => {
    expect(await judge(codeOf(), list)).to.deep.equal({ is: 'good', statement, company: '洛阳陆港' })
  })
  it('is forged when one character was changed, or it was put behind another number', async () => {
    const code = codeOf()
    for (const at of [3, 8, 20, 60, 140]) {
      const start = code.indexOf('#') + at, changed = code.slice(0, start) + (code[start] === 'A' ? 'B' : 'A') + code.slice(start + 1)
      expect((await judge(changed, list)).is, `character ${at}`).to.equal('forged')
    }
    const other = billNumber({ prefix: 'LYLG', month: '2611', serial: 43 })
    expect(await judge(code.replace(statement.billNumber, other), list)).to.deep.equal({ is: 'forged', why: 'signature' })
    expect(await judge(code.slice(0, -4), list)).to.deep.equal({ is: 'forged', why: 'damaged' })
  })
  it('is forged when somebody else signed it in the issuer’s name, for another network, or after the key had ended', async () => {
    expect(await judge(codeOf({}, { by: stranger.privateKey }), list)).to.deep.equal({ is: 'forged', why: 'signature' })
    expect(await judge(codeOf({}, { on: 'elsewhere' }), list)).to.deep.equal({ is: 'forged', why: 'signature' })
    expect(await judge(codeOf({ at: '2032-01-01T00:00:00.000Z' }), { ...list, asOf: '2032-02-01T00:00:00.000Z' })).to.deep.equal({ is: 'forged', why: 'time' })
  })
  it('is forged when nobody on a newer list has its key, and not known while the list is older, or missing', async () => {
    const code = codeOf({ keyId: keyIdOf(stranger.publicKey) }, { by: stranger.privateKey })
    expect(await judge(code, list)).to.deep.equal({ is: 'forged', why: 'issuer' })
    expect((await judge(code, { ...list, asOf: '2026-11-20T00:00:00.000Z' })).is).to.equal('unknown')
    expect((await judge(code, null)).is).to.equal('unknown')
  })
  it('states nothing where there is no statement', async () => {
    for (const text of ['CSQU3054383', `https://bills.example.cn/v/${statement.billNumber}?h=0123456789abcdef`, '']) expect(await judge(text, list)).to.deep.equal({ is: 'none' })
  })
})

describe('the issuers’ keys on a device', () => {
  it('are kept when they were asked for, survive a failure, and are none when what is kept is no list', async () => {
    const kept = new Map<string, string>(), keep = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) }
    expect(keptKeys(keep)).to.equal(null)
    await freshKeys(async () => list, keep)
    await freshKeys(async () => { throw new TypeError('no network') }, keep).catch(() => undefined)
    expect(keptKeys(keep)).to.deep.equal(list)
    for (const junk of ['{', '5', '{"items":3}']) expect(keptKeys({ ...keep, getItem: () => junk })).to.equal(null)
    expect(await freshKeys(async () => list, { ...keep, setItem: () => { throw new Error('full') } })).to.equal(list)
  })
})
