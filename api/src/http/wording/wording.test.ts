import { problemCodes } from '@yidan/api/contract'
import { refusalCodes } from '@yidan/ledger'
import { expect } from 'chai'
import { fill, languageOf, wordings } from './index.ts'

describe('the wording of problems', () => {
  it('has a sentence for every code in both languages, and no two languages say it alike', () => {
    for (const code of [...problemCodes, ...refusalCodes]) {
      expect(wordings.zh.titles[code], code).to.match(/\p{Script=Han}/u)
      expect(wordings.en.titles[code], code).to.match(/^[A-Z]/)
    }
  })

  it('leaves a sentence out when a value for it is missing, rather than show half of it', () => {
    expect(fill('Box: {container}.', { container: 'TBJU1234567' })).to.equal('Box: TBJU1234567.')
    expect(fill('Box: {container}.', {})).to.equal(null)
    expect(fill('Box: {container}.', { container: { $secret: 1 } })).to.equal(null)
  })

  it('speaks Chinese unless English is preferred', () => {
    expect(languageOf(undefined)).to.equal('zh')
    expect(languageOf('fr-FR, *')).to.equal('zh')
    expect(languageOf('en-GB,en;q=0.9,zh;q=0.8')).to.equal('en')
    expect(languageOf('en;q=0.5, zh-CN;q=0.9')).to.equal('zh')
    expect(languageOf('en;q=0, de')).to.equal('zh')
    expect(languageOf(';;;q=,,,en')).to.equal('en')
  })
})
