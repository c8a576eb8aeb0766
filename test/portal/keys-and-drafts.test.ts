import { DraftId } from '@yidan/api/contract'
import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { barriersOn, makeKey, openPortal, type Portal } from './browser.ts'

const soon = { timeout: 20_000 }

describe('Keys and drafts on the screens', function () {
  this.timeout(120_000)
  let portal: Portal
  before(async function () {
    portal = await openPortal(this)
  })
  after(async () => {
    await portal?.close()
  })

  it('a key made in one browser signs in another after its backup was restored, and not with a wrong passphrase', async () => {
    const first = await portal.personAt('shipper-solar')
    await first.goto(`${portal.platform.url}/keys`)
    const backup = first.waitForEvent('download')
    await makeKey(first)
    const file = await (await backup).path()
    const name = await readyKeyOn(first)

    const second = await portal.personAt('shipper-solar')
    await second.goto(`${portal.platform.url}/keys`)
    await second.getByRole('button', { name: '我有备份文件' }).click()
    await second.locator('input[type=file]').setInputFiles(file)
    const passphrase = second.getByLabel('备份口令')
    await passphrase.fill('another passphrase')
    await second.getByRole('button', { name: '从备份恢复' }).click()
    await second.getByText('口令不对，或文件被改动过。').waitFor(soon)
    expect(await barriersOn(second)).to.deep.equal([])
    await passphrase.fill('correct horse battery')
    await second.getByRole('button', { name: '从备份恢复' }).click()
    expect(await readyKeyOn(second)).to.equal(name)
  })

  it('no script can read the private key out of the browser', async () => {
    const page = await portal.personAt('shipper-furniture')
    await page.goto(`${portal.platform.url}/keys`)
    await makeKey(page)
    await readyKeyOn(page)
    const told = await page.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const open = indexedDB.open('yidan')
        open.onsuccess = () => { resolve(open.result) }
        open.onerror = () => { reject(new Error('no database')) }
      })
      const kept = await new Promise<{ pair: CryptoKeyPair }[]>((resolve) => {
        const all = database.transaction('keys').objectStore('keys').getAll() as IDBRequest<{ pair: CryptoKeyPair }[]>
        all.onsuccess = () => { resolve(all.result) }
      })
      const key = kept[0]?.pair.privateKey
      return key ? crypto.subtle.exportKey('pkcs8', key).then(() => 'exported', (error: unknown) => (error instanceof DOMException ? error.name : 'other')) : 'no key'
    })
    expect(told).to.equal('InvalidAccessError')
  })

  it('what two people type into one draft is never lost silently', async () => {
    const clerk = await portal.personAt('carrier-clerk')
    await clerk.goto(`${portal.platform.url}/drafts/new`)
    await clerk.getByRole('button', { name: '从空白开始' }).click()
    await clerk.waitForURL(/\/drafts\/dr_/, soon)
    const draftId = DraftId.parse(new URL(clerk.url()).pathname.split('/')[2])
    const { client } = await portal.platform.deskOf('carrier-signer')
    const { revision } = await client.call('draft', { params: { draftId } })
    await client.call('saveDraft', { params: { draftId }, body: { revision, content: { bookingNumber: 'THEIRS' } } })

    const booking = clerk.getByLabel('订舱号', { exact: true })
    await booking.fill('MINE')
    await clerk.getByText('别人刚刚保存过这份草稿。').waitFor(soon)
    expect((await client.call('draft', { params: { draftId } })).content.bookingNumber).to.equal('THEIRS')
    await clerk.getByRole('button', { name: '用我的版本覆盖' }).click()
    await clerk.locator('[data-saving][data-state="saved"]').waitFor(soon)
    expect((await client.call('draft', { params: { draftId } })).content.bookingNumber).to.equal('MINE')

    const { revision: next } = await client.call('draft', { params: { draftId } })
    await client.call('saveDraft', { params: { draftId }, body: { revision: next, content: { bookingNumber: 'AGAIN' } } })
    await booking.fill('ONCE MORE')
    await clerk.getByRole('button', { name: '用对方的版本' }).click(soon)
    await clerk.getByRole('heading', { level: 1, name: 'AGAIN' }).waitFor(soon)
  })

  it('a wrong password says so, and a link opened by a stranger comes back after signing in', async () => {
    const page = await (await portal.browser.newContext({ locale: 'zh-CN' })).newPage()
    await page.goto(`${portal.platform.url}/bills?state=ISSUED`)
    await page.getByLabel('邮箱').fill('nobody@demo.yidan.example')
    await page.getByLabel('密码').fill('wrong password')
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await page.getByText('邮箱或密码不对。').waitFor(soon)
    await page.locator('[data-account="carrier-clerk"]').click()
    await page.waitForURL(`${portal.platform.url}/bills?state=ISSUED`, soon)
    await page.context().close()
  })
})

/** The shortened name of the key that this browser may sign with. */
async function readyKeyOn(page: Page): Promise<string> {
  const ready = page.getByText(/此浏览器的密钥 \S+ 可以签名/)
  await ready.waitFor(soon)
  return /密钥 (\S+)/.exec(await ready.innerText())?.[1] ?? ''
}
