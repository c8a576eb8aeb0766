import { expect } from 'chai'
import { faultOfAddress, guardedLookup, mayCall, PrivateAddress } from './callback-address.ts'

const strict = { allowLoopback: false }

describe('addresses that may be called back', () => {
  it('are those of the open internet', () => {
    for (const address of ['8.8.8.8', '1.1.1.1', '223.5.5.5', '2400:3200::1', '2606:4700:4700::1111']) expect(mayCall(address, strict), address).to.equal(true)
  })

  it('are none of a private, local, shared, reserved or translated network', () => {
    for (const address of ['127.0.0.1', '127.1.2.3', '0.0.0.0', '10.1.2.3', '100.64.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.0.0.1', '198.18.0.1', '203.0.113.5', '224.0.0.1', '255.255.255.255', '::', '::1', '::ffff:8.8.8.8', '::ffff:10.0.0.1', '64:ff9b::8.8.8.8', 'fc00::1', 'fe80::1', 'ff02::1', '2001:db8::1', '2002:a00:1::', '2001::1', 'text', '']) expect(mayCall(address, strict), address).to.equal(false)
  })

  it('may be this machine’s own only where that was allowed, and then without TLS too', async () => {
    expect(mayCall('127.0.0.1', { allowLoopback: true })).to.equal(true)
    expect(mayCall('10.0.0.1', { allowLoopback: true })).to.equal(false)
    expect(await faultOfAddress('http://127.0.0.1:9/x', strict)).to.equal('callback-private')
    expect(await faultOfAddress('http://127.0.0.1:9/x', { allowLoopback: true })).to.equal(null)
    expect(await faultOfAddress('http://localhost:9/x', { allowLoopback: true })).to.equal(null)
  })

  it('are looked at again when the connection is made, whatever the name said before', async () => {
    const error = await new Promise((resolve) => guardedLookup(strict)('localhost', {}, resolve))
    expect(error).to.be.instanceOf(PrivateAddress)
    const found = await new Promise((resolve) => guardedLookup({ allowLoopback: true })('localhost', { all: true }, (_error, addresses) => resolve(addresses)))
    expect(found).to.be.an('array').that.is.not.empty
  })
})
