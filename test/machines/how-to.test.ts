import { expect } from 'chai'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openPlatform, type Platform } from '../support/open-platform.ts'
import { openReceiver, type Receiver } from './receiver.ts'

const run = promisify(execFile)

describe('the how-to for machines', () => {
  let platform: Platform
  let receiver: Receiver
  before(async () => {
    platform = await openPlatform({ settings: { delivery: { allowLoopback: true } } })
    receiver = await openReceiver()
  })
  after(async () => {
    await platform.close()
    await receiver.close()
  })

  it('has commands that work as they stand', async () => {
    const administrator = await platform.signInAs('carrier-signer')
    const { secret } = await platform.client(administrator).call('createApiKey', { params: { companyId: administrator.session.company.id }, body: { label: 'TMS', abilities: ['follow-container', 'send-events', 'manage-webhooks', 'manage-devices'], days: 1 } })
    const text = await readFile(join(import.meta.dirname, '../../docs/how-to/connect-a-machine.md'), 'utf8')
    const commands = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, command = '']) => command)
    expect(commands).to.have.length(8)
    for (const command of commands) {
      const { stdout } = await run('bash', ['-e', '-o', 'pipefail', '-c', command], { env: { ...process.env, BASE: platform.url, KEY: secret ?? '', HOOK: receiver.url } })
      expect(stdout, command).to.match(/^[[{]|^HTTP\/1.1 202/)
    }
    const { items } = await platform.client({ apiKey: secret ?? '' }).call('webhooks', {})
    expect(items.map(({ kind }) => kind)).to.have.members(['dcsa', 'platform'])
    expect(platform.bugs).to.deep.equal([])
  })
})
