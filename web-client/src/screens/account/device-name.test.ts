import { expect } from 'chai'
import { deviceName } from './device-name.ts'

describe('The name of a device in the list of sessions', () => {
  it('says browser and system', () => {
    expect(deviceName('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0')).to.equal('Edge · Windows')
    expect(deviceName('Mozilla/5.0 (Linux; Android 14; PDA) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Mobile Safari/537.36')).to.equal('Chrome · Android')
  })

  it('falls back to what a system calls itself', () => {
    expect(deviceName('yidan-sdk/0.1')).to.equal('yidan-sdk/0.1')
    expect(deviceName('')).to.equal('—')
  })
})
