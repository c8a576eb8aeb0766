import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Connection } from 'mongoose'
import { openDatabase } from '../../api/src/database.ts'
import { changeSecretKey, openSecretKeys } from '../../api/src/secret-key.ts'
import { openText, sealText } from '../../api/src/vault/cipher.ts'
import { openVault, WrongSecretKey, type KeyRing, type Vault } from '../../api/src/vault/index.ts'
import { mongoUri } from '../tracking/open-log.ts'

describe('data keys', () => {
  let database: Connection
  const [first, second] = [randomBytes(32), randomBytes(32)]
  const clock = (): Date => new Date()
  const open = (ring: KeyRing): Promise<Vault> => openVault({ database, ring, clock })
  const oldRing: KeyRing = { current: first, previous: [] }
  beforeEach(async () => { database = await openDatabase({ uri: mongoUri(), database: `vault_${randomBytes(6).toString('hex')}` }) })
  afterEach(async () => {
    await database.dropDatabase()
    await database.close()
  })

  it('are made once for each record, also when two processes ask at the same moment', async () => {
    const vaults = await Promise.all(Array.from({ length: 6 }, () => open(oldRing)))
    const keys = await Promise.all(vaults.map(async (vault) => (await vault.keyFor('bill:one'))?.toString('hex')))
    expect(new Set(keys).size).to.equal(1)
    const other = await vaults[0]?.keyFor('bill:two')
    expect(other?.toString('hex')).to.not.equal(keys[0])
  })

  it('lie wrapped: the database alone opens nothing, and another secret key is told so at the start', async () => {
    const vault = await open(oldRing)
    const key = await vault.keyFor('bill:one')
    const kept = await database.collection('data_keys').findOne({ _id: 'bill:one' as never })
    expect(JSON.stringify(kept)).to.not.contain(key?.toString('base64')).and.not.contain(key?.toString('hex'))
    const fault = await open({ current: second, previous: [] }).then(() => null, (error: unknown) => error)
    expect(fault).to.be.instanceOf(WrongSecretKey)
  })

  it('take no more memory than they are long, thousands of which are remembered', async () => {
    const vault = await open(oldRing)
    const keys = [...(await vault.keysFor(['bill:one', 'bill:two'])).values()]
    expect(keys.map((key) => key?.buffer.byteLength)).to.deep.equal([32, 32])
  })

  it('stay erased: asked for again, by another process too, there is none and none is made', async () => {
    const vault = await open(oldRing)
    const key = await vault.keyFor('bill:one')
    const sealed = sealText('whose goods', { key: key ?? Buffer.alloc(0), about: 'a place' })
    await vault.erase(['bill:one', 'bill:never-made'])
    for (const asked of [vault, await open(oldRing)]) expect([...(await asked.keysFor(['bill:one', 'bill:never-made'])).values()]).to.deep.equal([null, null])
    expect(JSON.stringify(await database.collection('data_keys').find().toArray())).to.not.contain('"wrapped":"')
    expect(() => openText(sealed, { key: randomBytes(32), about: 'a place' })).to.throw()
  })

  it('are taken over by a new secret key: the same keys, and the old secret key opens none of them', async () => {
    const before = await open(oldRing)
    const keys = await before.keysFor(['bill:one', 'draft:two', 'system:names'])
    await before.erase(['draft:two'])
    const both = await open({ current: second, previous: [first] })
    expect(await both.rewrap()).to.equal(2)
    expect(await both.rewrap()).to.equal(0)
    const after = await open({ current: second, previous: [] })
    expect((await after.keyFor('bill:one'))?.toString('hex')).to.equal(keys.get('bill:one')?.toString('hex'))
    expect(await after.keyFor('draft:two')).to.equal(null)
    expect(await open(oldRing).then(() => 'opened', (error: unknown) => (error as Error).name)).to.equal('WrongSecretKey')
  })
})

describe('what is sealed', () => {
  const key = randomBytes(32)

  it('opens with its key, in its place, unchanged, and not otherwise', () => {
    const sealed = sealText('提单 1,180.00', { key, about: 'bills/b1' })
    expect(openText(sealed, { key, about: 'bills/b1' })).to.equal('提单 1,180.00')
    const bytes = Buffer.from(sealed, 'base64')
    bytes[30] = (bytes[30] ?? 0) ^ 1
    for (const broken of [() => openText(sealed, { key, about: 'bills/b2' }), () => openText(sealed, { key: randomBytes(32), about: 'bills/b1' }), () => openText(bytes.toString('base64'), { key, about: 'bills/b1' })]) expect(broken).to.throw()
  })

  it('is the same bytes for the same content in the same place, so that a rebuilt view is the same; and others elsewhere', () => {
    const once = sealText('one', { key, about: 'a' })
    expect(sealText('one', { key, about: 'a' })).to.equal(once)
    const nonces = ['a', 'b', 'c'].flatMap((about) => ['one', 'two'].map((text) => sealText(text, { key, about }).slice(0, 16)))
    expect(new Set(nonces).size).to.equal(6)
  })
})

describe('the secret key in its folder', () => {
  let folder: string
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'yidan-secret-')) })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('is changed without losing the old one, which still opens until it is deleted', async () => {
    const before = await openSecretKeys({ given: null, previous: [], keysDir: folder })
    await changeSecretKey(folder)
    const after = await openSecretKeys({ given: null, previous: [], keysDir: folder })
    expect(after.current.toString()).to.not.equal(before.current.toString())
    expect(after.previous.map((key) => Buffer.from(key).toString('hex'))).to.deep.equal([Buffer.from(before.current).toString('hex')])
    const files = await readdir(folder)
    expect(files).to.have.length(2)
    expect((await readFile(join(folder, 'secret-key.hex'), 'utf8')).trim()).to.equal(Buffer.from(after.current).toString('hex'))
  })
})
