import { lookup as resolve, type LookupAddress } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Why a callback cannot be at this address. */
export type AddressFault = 'callback-shape' | 'callback-not-https' | 'callback-private' | 'callback-unknown-host'

/** Networks that are nobody's on the internet (IANA special-purpose registries): whoever may name a URL must not reach our own through us. */
const special = new BlockList()
for (const [network, bits] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 3]] as const) special.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20]] as const) special.addSubnet(network, bits, 'ipv6')
const unicast = new BlockList()
unicast.addSubnet('2000::', 3, 'ipv6')
const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether an address may be called. Everything outside global unicast is refused, also IPv4 addresses in the clothes of IPv6. */
export function mayCall(address: string, { allowLoopback }: { readonly allowLoopback: boolean }): boolean {
  const family = isIP(address)
  if (family === 0) return false
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  if (loopback.check(address, kind)) return allowLoopback
  return !special.check(address, kind) && (family === 4 || unicast.check(address, 'ipv6'))
}

/** What is wrong with a URL by itself and by what its host is now; null when nothing is. */
export async function faultOfAddress(text: string, settings: { readonly allowLoopback: boolean }): Promise<AddressFault | null> {
  if (!URL.canParse(text)) return 'callback-shape'
  const url = new URL(text)
  if ((url.protocol !== 'https:' && url.protocol !== 'http:') || url.username !== '' || url.password !== '' || url.hash !== '') return 'callback-shape'
  const host = hostOf(url)
  const addresses = isIP(host) === 0 ? await addressesOf(host) : [host]
  if (addresses.length === 0) return 'callback-unknown-host'
  if (!addresses.every((address) => mayCall(address, settings))) return 'callback-private'
  // Without TLS only within this machine, which tests and trials need.
  return url.protocol === 'https:' || addresses.every((address) => loopback.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')) ? null : 'callback-not-https'
}

/** A host as the resolver wants it: an IPv6 address without its brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}

function addressesOf(host: string): Promise<readonly string[]> {
  return new Promise((answer) => {
    resolve(host, { all: true }, (error, found) => answer(error === null ? found.map(({ address }) => address) : []))
  })
}

export class PrivateAddress extends Error {
  override readonly name = 'PrivateAddress'
}

/** Name resolution for the connection itself: the very address that is connected to is the one that was looked at, so a name that changes its mind in between gains nothing. */
export function guardedLookup(settings: { readonly allowLoopback: boolean }): LookupFunction {
  return (host, options, answer) => {
    resolve(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error !== null) return answer(error, '', 0)
      const [first] = found
      if (first === undefined || !found.every(({ address }) => mayCall(address, settings))) return answer(new PrivateAddress(`${host} is at a private address`), '', 0)
      if (options.all === true) answer(null, found)
      else answer(null, first.address, first.family)
    })
  }
}
