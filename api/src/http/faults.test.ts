import { routes } from '@yidan/api/contract'
import { expect } from 'chai'
import { z } from 'zod'
import { faultsOf, jsonPointer } from './faults.ts'

function faults(schema: z.ZodType, input: unknown, language: 'zh' | 'en' = 'en'): { pointer: string; code: string; message: string }[] {
  const parsed = schema.safeParse(input)
  if (parsed.success) throw new Error('nothing is wrong with it')
  return faultsOf({ error: parsed.error, input, pointerOf: jsonPointer, language })
}

describe('faults of a request', () => {
  it('are all told at once, each with its place', () => {
    const found = faults(routes.createCompany.body, { name: '', country: 'china', roles: ['king'], colour: 'red' })
    expect(found.map(({ pointer, code }) => `${pointer} ${code}`)).to.have.members(['/name too-short', '/country wrong-format', '/roles/0 not-one-of', '/colour unknown-field'])
  })

  it('say missing where nothing was sent, and wrong where something else was', () => {
    expect(faults(z.strictObject({ days: z.int() }), {})[0]).to.include({ pointer: '/days', code: 'required' })
    expect(faults(z.strictObject({ days: z.int() }), { days: 'two' })[0]).to.include({ pointer: '/days', code: 'wrong-type' })
  })

  it('tell the check digit in the caller’s language', () => {
    const wrong = { name: 'A', country: 'CN', roles: ['shipper'], creditCode: '91410300MA3X2TR023' }
    expect(faults(routes.createCompany.body, wrong, 'en')[0]).to.include({ pointer: '/creditCode', message: 'the check character does not fit' })
    expect(faults(routes.createCompany.body, wrong, 'zh')[0]).to.include({ pointer: '/creditCode', message: '校验位不符' })
  })

  it('tell the alternative that came nearest', () => {
    const either = z.union([z.strictObject({ a: z.strictObject({ deep: z.int() }) }), z.string()])
    expect(faults(either, { a: { deep: 'no' } })[0]).to.include({ pointer: '/a/deep', code: 'wrong-type' })
  })

  it('escape names as RFC 6901 says', () => {
    expect(jsonPointer(['a/b', 'c~d', 0])).to.equal('/a~1b/c~0d/0')
  })
})
