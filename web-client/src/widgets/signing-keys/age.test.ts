import { expect } from 'chai'
import { isOld } from './age.ts'

describe('the age of a signing key', () => {
  it('is told from a year on, not before', () => {
    expect(isOld('2025-11-21T08:00:00.000Z', Date.parse('2026-11-21T08:00:00.000Z'))).to.equal(true)
    expect(isOld('2025-11-21T08:00:00.001Z', Date.parse('2026-11-21T08:00:00.000Z'))).to.equal(false)
  })
})
