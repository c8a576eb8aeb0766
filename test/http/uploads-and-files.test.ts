import { expect } from 'chai'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openPlatform, type Platform, type SignedIn } from '../support/open-platform.ts'

const bookings = join(import.meta.dirname, '../fixtures/bookings')

describe('files', () => {
  let platform: Platform
  let clerk: SignedIn
  before(async () => {
    platform = await openPlatform()
    clerk = await platform.signInAs('carrier-clerk')
  })
  after(() => platform.close())

  async function send(path: string, form: FormData): Promise<{ status: number; body: { code?: string; errors?: { pointer: string; code: string }[]; draft?: { id: string } } }> {
    const answer = await platform.request(`/api/v1${path}`, { method: 'POST', headers: { cookie: clerk.cookie, 'x-yidan': '1' }, body: form })
    return { status: answer.status, body: (await answer.json()) as never }
  }
  const form = (...files: [name: string, content: Blob][]): FormData => {
    const made = new FormData()
    for (const [name, content] of files) made.append('file', content, name)
    return made
  }

  it('come in with a Chinese name', async () => {
    const content = new Blob([await readFile(join(bookings, 'LYNB20261123-005-container-list.csv'))])
    const { status, body } = await send('/drafts/import', form(['箱单 十一月.csv', content]))
    expect(status).to.equal(201)
    expect(body.draft?.id).to.match(/^dr_/)
  })

  it('are missed when the form has none, and told when there are two', async () => {
    const none = new FormData()
    none.set('note', 'no file')
    expect(await send('/drafts/import', none)).to.deep.include({ status: 400 })
    expect((await send('/drafts/import', none)).body.errors?.[0]).to.include({ pointer: '/file', code: 'file-missing' })
    const two = await send('/drafts/import', form(['a.csv', new Blob(['a'])], ['b.csv', new Blob(['b'])]))
    expect(two.body.errors?.[0]).to.include({ pointer: '/file', code: 'one-file-only' })
  })

  it('larger than the limit are turned down', async () => {
    const { status, body } = await send('/drafts/import', form(['big.csv', new Blob([Buffer.alloc(5 * 1024 * 1024 + 1)])]))
    expect([status, body.code]).to.deep.equal([413, 'payload-too-large'])
  })

  it('are checked by what is in them, not by their name', async () => {
    for (const name of ['list.csv', 'list.xlsx', 'booking.json']) {
      const { status, body } = await send('/drafts/import', form([name, new Blob([new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3, 0, 255])])]))
      expect(status, name).to.be.within(400, 422)
      expect(body.code, name).to.be.oneOf(['unreadable-file', 'unknown-file-type', 'invalid-request'])
    }
    expect(platform.bugs).to.deep.equal([])
  })

  it('that are no form are turned down', async () => {
    const answer = await platform.request('/api/v1/drafts/import', { method: 'POST', headers: { cookie: clerk.cookie, 'x-yidan': '1', 'content-type': 'application/json' }, body: '{}' })
    expect(answer.status).to.equal(415)
    const cut = await platform.request('/api/v1/drafts/import', { method: 'POST', headers: { cookie: clerk.cookie, 'x-yidan': '1', 'content-type': 'multipart/form-data; boundary=x' }, body: '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc' })
    expect(cut.status).to.equal(400)
  })

  it('a list goes out as a file, and is no bill named "export"', async () => {
    const answer = await platform.request('/api/v1/bills/export', { headers: { cookie: clerk.cookie } })
    expect(answer.status).to.equal(200)
    expect(answer.headers.get('content-type')).to.match(/^text\/csv/)
    expect(answer.headers.get('content-disposition')).to.match(/^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''/)
  })
})
