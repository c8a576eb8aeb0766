import { DraftId } from '@yidan/api/contract'
import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { barriersOn, makeKey, openPortal, type Portal } from './browser.ts'


describe('Keys and drafts on the screens', function () {
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
    await second.getByText('口令不对，或文件被改动过。').waitFor()
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
    await clerk.waitForURL(/\/drafts\/dr_/)
    const draftId = DraftId.parse(new URL(clerk.url()).pathname.split('/')[2])
    const { client } = await portal.platform.deskOf('carrier-signer')
    const { revision } = await client.call('draft', { params: { draftId } })
    await client.call('saveDraft', { params: { draftId }, body: { revision, content: { bookingNumber: 'THEIRS' } } })

    const booking = clerk.getByLabel('订舱号', { exact: true })
    await booking.fill('MINE')
    await clerk.getByText('别人刚刚保存过这份草稿。').waitFor()
    expect((await client.call('draft', { params: { draftId } })).content.bookingNumber).to.equal('THEIRS')
    await clerk.getByRole('button', { name: '用我的版本覆盖' }).click()
    await clerk.locator('[data-saving][data-state="saved"]').waitFor()
    expect((await client.call('draft', { params: { draftId } })).content.bookingNumber).to.equal('MINE')

    const { revision: next } = await client.call('draft', { params: { draftId } })
    await client.call('saveDraft', { params: { draftId }, body: { revision: next, content: { bookingNumber: 'AGAIN' } } })
    await booking.fill('ONCE MORE')
    await clerk.getByRole('button', { name: '用对方的版本' }).click()
    await clerk.getByRole('heading', { level: 1, name: 'AGAIN' }).waitFor()
  })

  it('a wrong password says so, and a link opened by a stranger comes back after signing in', async () => {
    const page = await portal.aStranger({ viewport: { width: 1440, height: 900 } })
    await page.goto(`${portal.platform.url}/bills?state=ISSUED`)
    await page.getByLabel('邮箱').fill('nobody@demo.yidan.example')
    await page.getByLabel('密码').fill('wrong password')
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await page.getByText('邮箱或密码不对。').waitFor()
    expect(await barriersOn(page)).to.deep.equal([])
    await page.locator('[data-account="carrier-clerk"]').click()
    await page.waitForURL(`${portal.platform.url}/bills?state=ISSUED`)
    await page.context().close()
  })

  it('whoever signs in on a phone in English goes on in English', async () => {
    const page = await portal.aStranger()
    await page.goto(`${portal.platform.url}/sign-in`)
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
    expect(await barriersOn(page)).to.deep.equal([])
    await page.locator('[data-account="carrier-clerk"]').click()
    await page.waitForURL(`${portal.platform.url}/`)
    await page.getByRole('heading', { name: 'What needs me' }).waitFor()
    await page.context().close()
  })
})

describe('Lost keys on the screens', function () {
  let portal: Portal
  let behind = 80 * 3_600_000
  before(async function () {
    portal = await openPortal(this, { clock: () => new Date(Date.now() - behind) })
  })
  after(async () => {
    await portal?.close()
  })

  it('a company without keys asks for a new one when the notice is over; two people of the registrar read what they sign', async () => {
    const { platform } = portal
    const operator = platform.client(await platform.signInAs('operator')), { companyId } = (await platform.signInAs('shipper-solar')).session.person
    await operator.call('reportKeyLossFor', { params: { companyId }, body: { text: 'Called back at the registered number; licence and seal were shown.' } })
    const loser = await portal.personAt('shipper-solar')
    behind = 20 * 3_600_000
    await loser.goto(`${platform.url}/keys`)
    await loser.getByText('最早可申请的时间：').waitFor()
    expect(await loser.getByLabel(/企业如何证明身份/).count()).to.equal(0)
    behind = 0
    await loser.reload()
    await loser.getByLabel(/企业如何证明身份/).fill('营业执照与印章已在柜台出示，请按登记电话回拨核实。')
    const form = loser.getByRole('form', { name: '生成新密钥并向登记机构申请' })
    for (const field of await form.locator('input[type=password]').all()) await field.fill('correct horse battery')
    await form.getByRole('button').click()
    await loser.getByText('登记机构：另一人').waitFor()
    expect(await barriersOn(loser)).to.deep.equal([])

    const first = await portal.personAt('registrar-first')
    await first.getByRole('button', { name: '查看并签名' }).click()
    const dialog = first.getByRole('dialog')
    await dialog.getByText('营业执照与印章已在柜台出示').waitFor()
    await dialog.getByText(/此前的密钥全部吊销/).waitFor()
    await makeKey(first)
    await dialog.getByRole('button', { name: '同意并签名' }).click()
    await dialog.getByText('您已签名').first().waitFor()
    expect(await barriersOn(first)).to.deep.equal([])

    const second = await platform.deskOf('registrar-second')
    const [request] = (await second.client.call('signingRequests', {})).items
    expect((await second.signAlong(request?.commandId ?? '')).outcome).to.equal('recorded')
    await loser.getByRole('button', { name: '再看看' }).click()
    await readyKeyOn(loser)
  })

  it('keys that were found are reported so: with one of the registrar everything goes on as before', async () => {
    const { platform } = portal
    const finder = await portal.personAt('shipper-furniture')
    await finder.goto(`${platform.url}/keys`)
    await makeKey(finder)
    const name = await readyKeyOn(finder)
    await finder.getByRole('button', { name: '密钥报失' }).click()
    await finder.getByLabel(/发生了什么/).fill('装有密钥的电脑在车站丢失，正在寻找。')
    await finder.getByRole('button', { name: '确认报失' }).click()
    await finder.getByRole('button', { name: '密钥已找到：撤回报失' }).click()
    await finder.getByText('登记机构：管理员').waitFor()
    const registrar = await platform.deskOf('registrar-second')
    const [request] = (await registrar.client.call('signingRequests', {})).items
    expect((await registrar.signAlong(request?.commandId ?? '')).outcome).to.equal('recorded')
    await finder.getByRole('button', { name: '再看看' }).click()
    await finder.getByRole('heading', { name: '恢复签名' }).waitFor({ state: 'detached' })
    expect(await readyKeyOn(finder)).to.equal(name)
  })
})

/** The shortened name of the key that this browser may sign with. */
async function readyKeyOn(page: Page): Promise<string> {
  const ready = page.getByText(/此浏览器的密钥 \S+ 可以签名/)
  await ready.waitFor()
  return /密钥 (\S+)/.exec(await ready.innerText())?.[1] ?? ''
}
