import type { ChainLink, TitlePaperView } from '@yidan/api/contract'
import { canonicalJson } from '@yidan/ledger'
import { sha256Hex } from '@yidan/ledger/signing'
import { expect } from 'chai'
import { checkPaper } from './check-paper.ts'

const paper = { kind: 'stop', instruction: 'Keep the goods at Huangdao.', security: 'CNY 50,000' } as const
const text = canonicalJson({ schema: 'yidan.paper-stop/1', billId: 'b1', salt: 'ab', content: paper })
const linkOver = (hash: string): ChainLink => ({ seq: 3, signed: { command: { args: { instructionHash: hash } } } }) as unknown as ChainLink

describe('A paper that an act rests on', () => {
  let view: TitlePaperView
  before(async () => {
    view = { hash: await sha256Hex(text), by: { partyId: 'p1', name: null, nameEn: null }, at: '2026-11-21T00:00:00.000Z', paper, usedIn: 3, text }
  })

  it('is the one that was signed when its text has the hash that the act names', async () => {
    expect(await checkPaper(view, [linkOver(view.hash)])).to.equal('signed')
    expect(await checkPaper({ ...view, usedIn: null }, [linkOver(view.hash)])).to.equal('kept')
  })

  it('is not, when a word of it was changed, another text stands behind the hash, or the act names another', async () => {
    expect(await checkPaper({ ...view, paper: { ...paper, security: 'none' } }, [linkOver(view.hash)])).to.equal('wrong')
    expect(await checkPaper({ ...view, text: text.replace('50,000', '5,000') }, [linkOver(view.hash)])).to.equal('wrong')
    expect(await checkPaper({ ...view, text: 'no paper', hash: await sha256Hex('no paper') }, [linkOver(view.hash)])).to.equal('wrong')
    expect(await checkPaper(view, [linkOver('0'.repeat(64))])).to.equal('wrong')
    expect(await checkPaper(view, [])).to.equal('wrong')
  })
})
