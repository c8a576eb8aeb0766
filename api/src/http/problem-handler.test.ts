import { Problem as ProblemShape } from '@yidan/api/contract'
import { Refusal } from '@yidan/ledger'
import { LedgerUnavailable } from '@yidan/ledger/port'
import { expect } from 'chai'
import { Problem } from './problem.ts'
import { answerFor } from './problem-handler.ts'

const ask = (error: unknown, language: 'zh' | 'en' = 'en') => answerFor({ error, language, requestId: 'r-1' })

describe('an error as the caller gets it', () => {
  it('is a problem document with a stable code, in their language', () => {
    const { status, body } = ask(new Refusal('bill-pledged', {}), 'zh')
    expect(status).to.equal(409)
    expect(ProblemShape.parse(body)).to.include({ code: 'bill-pledged', type: 'urn:yidan:problem:bill-pledged', title: '提单已质押，未经银行不得流转', requestId: 'r-1' })
  })

  it('says when to come back', () => {
    expect(ask(new LedgerUnavailable('down'))).to.deep.include({ status: 503, headers: { 'retry-after': '5' } })
    expect(ask(new Problem('locked-out', { until: '2026-11-24T12:00:00.000Z', seconds: 900 })).headers).to.deep.equal({ 'retry-after': '900' })
  })

  it('is "try again" when the database is away, and a bug when a query is wrong', () => {
    const away = Object.assign(new Error('connect ECONNREFUSED mongodb://user:secret@host'), { name: 'MongoServerSelectionError' })
    expect(ask(away)).to.include({ status: 503, unexpected: false })
    expect(ask(Object.assign(new Error('not primary'), { name: 'MongoServerError', code: 10107 })).status).to.equal(503)
    expect(ask(Object.assign(new Error('bad query'), { name: 'MongoServerError', code: 2 })).status).to.equal(500)
  })

  it('never says what a bug was', () => {
    const { status, body, unexpected } = ask(new Error('password of mongodb://user:secret@host'))
    expect(status).to.equal(500)
    expect(unexpected).to.equal(true)
    expect(JSON.stringify(body)).to.not.match(/secret|mongodb|stack|at /)
  })
})
