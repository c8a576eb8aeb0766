import { expect } from 'chai'
import { Problem } from '../http/problem.ts'
import { checkPassword, hashPassword, isPassword } from './passwords.ts'

const faultOf = (password: string, email = 'wang.qianfa@example.com'): string | undefined => {
  try {
    checkPassword({ password, email, pointer: '/password', language: 'en' })
    return undefined
  } catch (error) {
    if (error instanceof Problem && error.code === 'weak-password') return error.faults[0]?.code
    throw error
  }
}

describe('passwords', () => {
  it('are turned down when they are short, common, a run or the e-mail address', () => {
    expect(faultOf('short')).to.equal('too-short')
    expect(faultOf('password123!')).to.equal('common-password')
    expect(faultOf('1234567890')).to.equal('common-password')
    expect(faultOf('9876543210')).to.equal('common-password')
    expect(faultOf('abcdefghijk')).to.equal('common-password')
    expect(faultOf('aaaaaaaaaaaa')).to.equal('common-password')
    expect(faultOf('Wang.Qianfa@example.com')).to.equal('password-is-email')
    expect(faultOf('wangqianfa2026')).to.equal('password-is-email')
  })

  it('are taken when they are long enough and nobody’s first guess', () => {
    expect(faultOf('correct horse battery')).to.equal(undefined)
    expect(faultOf('班列从洛阳开往汉堡港口')).to.equal(undefined)
  })

  it('are kept as Argon2id, and fit only themselves', async () => {
    const hash = await hashPassword('correct horse battery')
    expect(hash).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await isPassword('correct horse battery', hash)).to.equal(true)
    expect(await isPassword('correct horse batterz', hash)).to.equal(false)
  })

  it('never fit who has none', async () => {
    expect(await isPassword('', null)).to.equal(false)
    expect(await isPassword('anything at all', null)).to.equal(false)
  })
})
