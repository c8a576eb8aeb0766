import { expect } from 'chai'
import { CommandId } from './ids.ts'
import { uuidv7 } from './draft-command.ts'

describe('a command id', () => {
  it('is a UUIDv7 whatever the random bytes are', () => {
    for (const byte of [0x00, 0x5a, 0xff]) expect(CommandId.safeParse(uuidv7({ now: 1_795_000_000_000, random: new Uint8Array(10).fill(byte) })).success).to.equal(true)
  })
  it('carries its time in its first 48 bits, so ids sort by it', () => {
    expect(uuidv7({ now: 0x0123_4567_89ab, random: new Uint8Array(10) })).to.equal('01234567-89ab-7000-8000-000000000000')
  })
})
