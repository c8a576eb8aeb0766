import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { aBooking, boxesOn, issuedBill, peopleFor, type People } from '../bills/a-bill.ts'
import { openReceiver, type Receiver } from '../machines/receiver.ts'
import { barriersOn, openPortal, type Portal } from './browser.ts'

/** Pictures of the screens, where somebody wants to look at them. */
const pictures = process.env['YIDAN_PICTURES']

describe('Notices and webhooks, on the screens', function () {
  this.timeout(240_000)
  let portal: Portal, people: People, operator: Page, carrier: Page, phone: Page, receiver: Receiver
  let boxes: string[] = []

  before(async function () {
    portal = await openPortal(this, { settings: { delivery: { allowLoopback: true, firstRetryMs: 200 } } })
    receiver = await openReceiver()
    people = await peopleFor(portal.platform, 'tractors')
    const { draft } = await issuedBill(portal.platform, people, await aBooking('tractors'))
    boxes = boxesOn(draft).map(({ number }) => number)
    operator = await portal.personAt('operator')
    carrier = await portal.personAt('carrier-signer')
    phone = await portal.personAt('carrier-signer', { width: 390, language: 'en' })
  })
  after(async () => {
    await receiver?.close()
    await portal?.close()
  })

  const picture = async (page: Page, name: string): Promise<void> => {
    if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
  }
  const box = (index = 0): string => boxes[index] ?? ''
  async function report(code: string, container: string, more: Record<string, unknown> = {}): Promise<void> {
    const { refused } = await people.clerk.client.call('sendEvents', { body: [{ eventType: 'EQUIPMENT', eventID: randomUUID(), eventDateTime: new Date().toISOString(), eventClassifierCode: 'ACT', equipmentEventTypeCode: code, equipmentReference: container, emptyIndicatorCode: 'LADEN', ...more }] })
    expect(refused).to.deep.equal([])
  }

  describe('the bell', () => {
    it('leads to an empty list as long as nothing is wrong', async () => {
      await operator.getByRole('link', { name: '通知，0 条未读' }).click()
      await operator.getByText('还没有通知').waitFor()
      expect(await barriersOn(operator)).to.deep.equal([])
      await picture(operator, 'notices-empty')
    })

    it('counts by itself what begins, and the list shows it without being read again', async () => {
      await report('INSP', box(), { seals: [{ sealNumber: 'XX999' }] })
      await operator.getByRole('link', { name: '通知，1 条未读' }).waitFor()
      await operator.locator('.list li.unread', { hasText: box() }).waitFor()
      await report('CUSS', box(1))
      await operator.getByRole('link', { name: '通知，2 条未读' }).waitFor()
      await operator.locator('.list li', { hasText: '海关布控' }).waitFor()
      expect(await barriersOn(operator)).to.deep.equal([])
      await picture(operator, 'notices-1440')
    })

    it('has read what was opened, and what is marked', async () => {
      await operator.locator('.list li a', { hasText: box() }).click()
      await operator.getByRole('heading', { name: box() }).waitFor()
      await operator.getByRole('link', { name: '通知，1 条未读' }).click()
      await operator.getByRole('button', { name: /^未读/ }).click()
      await operator.locator('.list li').first().waitFor()
      expect(await operator.locator('.list li').count()).to.equal(1)
      await operator.getByRole('button', { name: '全部标为已读' }).click()
      await operator.getByText('没有符合条件的通知。').waitFor()
      await operator.getByRole('link', { name: '通知，0 条未读' }).waitFor()
    })

    it('is there on a phone, in English', async () => {
      await phone.getByRole('link', { name: 'Notices, 2 unread' }).click()
      await phone.locator('.list li.unread', { hasText: 'Seal XX999 is not on the bill' }).waitFor()
      expect(await barriersOn(phone)).to.deep.equal([])
      await picture(phone, 'notices-390')
    })
  })

  describe('in the account', () => {
    it('kinds, mails and quiet hours are chosen and kept', async () => {
      await operator.goto(`${portal.platform.url}/account`)
      const part = operator.getByRole('region', { name: '异常通知' })
      await part.getByRole('checkbox', { name: '海关布控 · 邮件' }).uncheck()
      await part.getByRole('checkbox', { name: '免打扰时段不发邮件' }).check()
      await part.getByLabel('从', { exact: true }).fill('21:30')
      await part.getByLabel('时区').fill('Asia/Nowhere')
      await part.getByRole('button', { name: '保存' }).click()
      await part.getByRole('alert').waitFor()
      expect(await barriersOn(operator)).to.deep.equal([])
      await picture(operator, 'account-fault')
      await part.getByLabel('时区').fill('Asia/Shanghai')
      await part.getByRole('button', { name: '保存' }).click()
      await operator.getByText('通知设置已保存').waitFor()
      await operator.reload()
      expect(await part.getByRole('checkbox', { name: '海关布控 · 邮件' }).isChecked()).to.equal(false)
      expect(await part.getByLabel('从', { exact: true }).inputValue()).to.equal('21:30')
      expect(await barriersOn(operator)).to.deep.equal([])
      await picture(operator, 'account-1440')
      await phone.goto(`${portal.platform.url}/account#notices`)
      await phone.getByRole('region', { name: 'Notices of exceptions' }).getByRole('checkbox', { name: 'Late · Mail' }).waitFor()
      expect(await barriersOn(phone)).to.deep.equal([])
      await picture(phone, 'account-390')
    })
  })

  describe('webhooks', () => {
    it('are set up with a secret that is shown once, and refused with the reason', async () => {
      await carrier.goto(`${portal.platform.url}/companies`)
      await carrier.getByRole('link', { name: '本企业' }).click()
      await carrier.getByRole('navigation', { name: '企业详情分栏' }).getByRole('link', { name: '事件推送' }).click()
      await carrier.getByText('还没有推送地址。').waitFor()
      await picture(carrier, 'webhooks-empty')
      await carrier.getByRole('button', { name: '添加推送地址' }).click()
      const form = carrier.getByRole('dialog', { name: '添加推送地址' })
      await form.getByLabel('地址（https）').fill('http://10.0.0.1/hook')
      await form.getByRole('button', { name: '添加推送地址' }).click()
      await form.getByRole('alert').waitFor()
      expect(await barriersOn(carrier)).to.deep.equal([])
      await picture(carrier, 'webhooks-add')
      await form.getByLabel('地址（https）').fill(receiver.url)
      await form.getByLabel('名称（哪个系统）').fill('运输管理系统')
      await form.getByRole('button', { name: '添加推送地址' }).click()
      await form.getByText(/^whsec_/).waitFor()
      expect(await barriersOn(carrier)).to.deep.equal([])
      await picture(carrier, 'webhooks-secret')
      await form.getByRole('button', { name: '已保存，关闭' }).click()
      await carrier.getByText('已送达 0，共编号 0').waitFor()
    })

    it('are tested, paused and set going again', async () => {
      await carrier.getByRole('button', { name: '发送测试 运输管理系统' }).click()
      await carrier.getByText(/对方已接受（204/).waitFor()
      expect(receiver.received[0]?.headers['yidan-test']).to.equal('true')
      receiver.answer = 500
      await carrier.getByRole('button', { name: '发送测试 运输管理系统' }).click()
      await carrier.getByText('测试没有成功：对方答复 500').waitFor()
      receiver.answer = 204
      await carrier.getByRole('button', { name: '暂停 运输管理系统' }).click()
      await carrier.getByRole('button', { name: '恢复 运输管理系统' }).click()
      await carrier.getByRole('button', { name: '暂停 运输管理系统' }).waitFor()
    })

    it('tell what was delivered, waits or is sent again, an exception too', async () => {
      await report('CUSR', box(1))
      await carrier.getByRole('button', { name: '推送记录 运输管理系统' }).click()
      await carrier.getByText('exception-ended').waitFor()
      receiver.answer = 503
      await report('CUSS', box(1))
      await carrier.locator('.list li', { hasText: 'CUSS' }).getByText('HTTP 503').waitFor()
      expect(await barriersOn(carrier)).to.deep.equal([])
      await picture(carrier, 'webhooks-log-1440')
      receiver.answer = 204
      await carrier.locator('.list li', { hasText: 'exception-raised' }).getByText('已送达').waitFor()
      const before = receiver.received.length
      await carrier.getByLabel('从序号').fill('1')
      await carrier.getByLabel(/^到序号/).fill('2')
      await carrier.getByRole('button', { name: '重新推送', exact: true }).click()
      await carrier.getByText('已安排重新推送').waitFor()
      await carrier.locator('.list li', { hasText: '#1 ' }).getByText(/尝试 2 次/).waitFor()
      expect(receiver.received.slice(before).map(({ headers }) => headers['yidan-redelivery'])).to.include('true')
      await carrier.getByLabel('状态').selectOption('withheld')
      await carrier.getByText('没有符合条件的记录。').waitFor()
    })

    it('fit on a phone, in English, and are deleted only when confirmed', async () => {
      await phone.goto(carrier.url().replace(/&hook=[^&]*/, ''))
      await phone.getByText('Trains and vessels').waitFor()
      expect(await barriersOn(phone)).to.deep.equal([])
      await picture(phone, 'webhooks-390')
      await phone.getByRole('button', { name: /^Delivery log/ }).click()
      await phone.getByText('exception-ended').waitFor()
      expect(await barriersOn(phone)).to.deep.equal([])
      await picture(phone, 'webhooks-log-390')
      await phone.getByRole('button', { name: /Webhooks/ }).click()
      const remove = phone.getByRole('button', { name: 'Delete 运输管理系统' })
      await remove.click()
      await phone.getByRole('button', { name: 'Keep it' }).click()
      await remove.click()
      expect((await barriersOn(phone)).join('\n')).to.equal('')
      await phone.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
      await phone.getByText('No addresses yet.').waitFor()
    })
  })
})
