import { expect } from 'chai'
import { creditCodeCheck } from '@yidan/ledger'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { allRead, barriersOn, makeKey, openPortal, type Portal } from './browser.ts'


describe('Companies, their people, systems, keys and audit, on the screens', function () {
  let portal: Portal, operator: Page, administrator: Page

  before(async function () {
    portal = await openPortal(this)
    operator = await portal.personAt('operator')
    administrator = await portal.personAt('shipper-machinery')
  })
  after(async () => {
    await portal?.close()
  })

  async function openOwn(page: Page, part = ''): Promise<void> {
    await page.goto(`${portal.platform.url}/companies`)
    await page.getByRole('link', { name: '本企业' }).click()
    await page.getByRole('heading', { level: 1, name: '豫西农业装备' }).waitFor()
    if (part) await page.getByRole('navigation', { name: '企业详情分栏' }).getByRole('link', { name: part }).click()
  }

  it('finds companies by name and role', async () => {
    await operator.goto(`${portal.platform.url}/companies`)
    await operator.getByRole('link', { name: '洛阳示例银行股份有限公司' }).waitFor()
    expect(await barriersOn(operator)).to.deep.equal([])
    await operator.getByRole('combobox').selectOption('terminal')
    await operator.getByRole('link', { name: '东方红（洛阳）国际陆港场站（示例）' }).waitFor()
    expect(await operator.getByRole('link', { name: '洛阳示例银行股份有限公司' }).count()).to.equal(0)
    expect(new URL(operator.url()).search).to.equal('?role=terminal')
  })

  it('the operator takes a company in; a wrong credit code is told while it is typed', async () => {
    await operator.getByRole('button', { name: '登记企业' }).click()
    const form = operator.getByRole('dialog', { name: '登记企业' })
    await form.getByLabel('名称', { exact: true }).fill('偃师摩托车出口有限公司（示例）')
    const first17 = '91410381MA3X9YT01', code = first17 + creditCodeCheck(first17)
    await form.getByLabel('统一社会信用代码').fill(first17.replace('Y', 'O'))
    await form.getByText('不会有“O”这个字符').waitFor()
    await form.getByLabel('统一社会信用代码').fill(first17 + (code.endsWith('0') ? '1' : '0'))
    await form.getByText(`末位应为 ${code.slice(-1)}`).waitFor()
    expect(await form.getByRole('button', { name: '登记企业' }).isDisabled()).to.equal(true)
    await form.getByLabel('统一社会信用代码').fill(code)
    await form.getByText('格式与校验相符').waitFor()
    await form.getByRole('checkbox', { name: '托运人' }).check()
    expect(await barriersOn(operator)).to.deep.equal([])
    await form.getByRole('button', { name: '登记企业' }).click()
    await operator.getByRole('heading', { level: 1, name: '偃师摩托车出口有限公司（示例）' }).waitFor()
  })

  it('nobody but the operator is offered that', async () => {
    await administrator.goto(`${portal.platform.url}/companies`)
    await administrator.getByRole('link', { name: '洛阳示例银行股份有限公司' }).waitFor()
    expect(await administrator.getByRole('button', { name: '登记企业' }).count()).to.equal(0)
  })

  it('the administrator changes the address and invites a person, whose link works', async () => {
    await openOwn(administrator)
    await administrator.getByRole('button', { name: '修改资料' }).click()
    await administrator.getByRole('dialog').getByLabel('地址').fill('洛阳市涧西区建设路 1 号')
    await administrator.getByRole('dialog').getByRole('button', { name: '保存' }).click()
    await administrator.getByText('洛阳市涧西区建设路 1 号').waitFor()
    await openOwn(administrator, '人员')
    await administrator.getByText('赵外贸').first().waitFor()
    await administrator.getByRole('button', { name: '邀请人员' }).click()
    await administrator.getByRole('dialog').getByLabel('电子邮箱').fill('newcomer@yuxi.example')
    await administrator.getByRole('dialog').getByRole('button', { name: '邀请人员' }).click()
    await administrator.getByText('已向 newcomer@yuxi.example 发出邀请').waitFor()
    const link = await administrator.getByRole('dialog').locator('code').innerText()
    expect(link).to.match(/\/invitations\//)
    expect(await barriersOn(administrator)).to.deep.equal([])
    await administrator.getByRole('dialog').getByRole('button', { name: '关闭' }).last().click()
    await administrator.getByText('newcomer@yuxi.example').first().waitFor()
  })

  it('an API key’s secret is shown once, works, and dies when it is revoked', async () => {
    await openOwn(administrator, '接口密钥')
    await administrator.getByRole('button', { name: '新建接口密钥' }).click()
    const form = administrator.getByRole('dialog', { name: '新建接口密钥' })
    await form.getByLabel('用途').fill('企业 ERP')
    await form.getByRole('checkbox', { name: '提单列表' }).check()
    await form.getByRole('button', { name: '新建接口密钥' }).click()
    await form.getByText('密钥只显示这一次').waitFor()
    const apiKey = await form.locator('code').innerText()
    expect((await portal.platform.client({ apiKey }).call('bills', {})).items).to.deep.equal([])
    await form.getByRole('button', { name: '已保存，关闭' }).click()
    await administrator.getByText('企业 ERP').waitFor()
    expect(await administrator.content()).not.to.include(apiKey)
    expect(await barriersOn(administrator)).to.deep.equal([])
    await administrator.getByRole('button', { name: '吊销 企业 ERP' }).click()
    await administrator.getByText('已吊销').waitFor()
    expect(await portal.platform.client({ apiKey }).call('bills', {}).then(() => 'let in', () => 'turned away')).to.equal('turned away')
  })

  it('a signing key is made, shown as live, and revoked with its reason', async () => {
    await openOwn(administrator, '签名密钥')
    await makeKey(administrator)
    await administrator.getByText('此浏览器', { exact: true }).waitFor()
    expect(await barriersOn(administrator)).to.deep.equal([])
    await administrator.getByRole('listitem').filter({ hasText: '此浏览器' }).getByRole('button', { name: /^吊销密钥/ }).click()
    const form = administrator.getByRole('dialog', { name: '吊销密钥' })
    await form.getByLabel('原因').fill('电脑遗失')
    await form.getByRole('button', { name: '吊销密钥' }).click()
    await administrator.getByText(/已吊销的密钥/).click()
    await administrator.getByRole('listitem').filter({ hasText: '电脑遗失' }).getByText('已吊销', { exact: true }).waitFor()
  })

  it('the audit log tells what was done and refused, is filtered, and leaves as CSV', async () => {
    await openOwn(administrator, '操作记录')
    await administrator.getByText('管理接口密钥').first().waitFor()
    expect(await barriersOn(administrator)).to.deep.equal([])
    await administrator.getByRole('combobox').selectOption('refused')
    await administrator.waitForURL(/result=refused/)
    const csv = administrator.waitForEvent('download')
    await administrator.getByRole('button', { name: '导出 CSV' }).click()
    const content = await readFile(await (await csv).path(), 'utf8')
    expect(content.charCodeAt(0)).to.equal(0xfeff)
    expect(content.split('\n').length).to.be.greaterThan(2)
  })

  it('has no barrier on a phone, in English', async () => {
    const phone = await portal.personAt('shipper-machinery', { width: 390, language: 'en' })
    await phone.goto(`${portal.platform.url}/companies`)
    await phone.getByRole('link', { name: 'Own company' }).click()
    const path = new URL(phone.url()).pathname
    for (const part of ['', '?part=keys', '?part=people', '?part=systems', '?part=audit']) {
      await phone.goto(portal.platform.url + path + part)
      await phone.getByRole('heading', { level: 1 }).waitFor()
      await allRead(phone)
      expect(await barriersOn(phone), part).to.deep.equal([])
    }
  })
})
