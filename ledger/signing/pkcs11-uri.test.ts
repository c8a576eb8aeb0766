import { expect } from 'chai'
import { parsePkcs11Uri, withoutPin } from './pkcs11-uri.ts'

describe('the address of a key in a token', () => {
  it('names module, token, key and PIN as RFC 7512 writes them', () => {
    const uri = parsePkcs11Uri('pkcs11:token=My%20token;object=%E6%A0%87;id=%00%ffa?module-path=/usr/lib/x.so&pin-source=file:/etc/pin')
    expect(uri).to.deep.equal({ modulePath: '/usr/lib/x.so', token: 'My token', serial: null, slotId: null, object: '标', id: Uint8Array.from([0, 255, 97]), pin: { source: 'file:/etc/pin' } })
    expect(parsePkcs11Uri('pkcs11:slot-id=3;object=a;type=private?module-path=/x&pin-value=1%3b2')).to.include({ slotId: 3 }).and.have.deep.property('pin', { value: '1;2' })
  })
  it('that is not right is told what is not, and never repeats the PIN', () => {
    const faults: readonly (readonly [string, RegExp])[] = [
      ['token=a', /begin with pkcs11/], ['pkcs11:object=a', /module-path/], ['pkcs11:token=a?module-path=/x', /neither the object nor the id/], ['pkcs11:object=a;object=b?module-path=/x', /object twice/],
      ['pkcs11:object=a;colour=red?module-path=/x', /colour/], ['pkcs11:object=a;type=cert?module-path=/x', /not private/], ['pkcs11:object=a;slot-id=x?module-path=/x', /slot-id/], ['pkcs11:object=%4?module-path=/x', /two hexadecimal/],
      ['pkcs11:object=a?module-path=/x&pin-value=secret1&pin-source=/y', /both pin-source and pin-value/],
    ]
    for (const [text, words] of faults) {
      expect(() => parsePkcs11Uri(text), text).to.throw(words)
      expect(() => parsePkcs11Uri(text)).to.not.throw(/secret1/)
    }
    expect(withoutPin('pkcs11:object=a?module-path=/x&pin-value=secret1')).to.equal('pkcs11:object=a?module-path=/x&pin-value=…')
  })
})
