import type { ChainLink } from '@yidan/api/contract'
import { canonicalJson, noHash, type BillId, type Command, type Hash, type KeyId, type SignedCommand } from '@yidan/ledger'
import { makeSigner, sha256Hex, signCommand, type Signer } from '@yidan/ledger/signing'
import { expect } from 'chai'
import { checkChain, holds } from './check.ts'

const billId = `b${'1'.repeat(32)}` as BillId, at = '2026-11-21T08:00:00.000Z'

describe('the chain of title, checked by the reader', () => {
  let signer: Signer, chain: ChainLink[]
  before(async () => {
    signer = await makeSigner()
    chain = []
    for (const seq of [1, 2, 3]) chain.push(await linkOf(seq, chain.at(-1)?.hash ?? noHash, signer))
  })

  async function linkOf(seq: number, prevHash: Hash, by: Signer): Promise<ChainLink> {
    const command = { domain: 'yidan-title/1', network: 'test', action: 'endorse', subject: billId, commandId: `c${seq}`, expects: seq - 1, prevHash, party: 'p1', keyId: by.keyId, at, notAfter: at, args: { to: 'p2' } } as unknown as Command
    const signed: SignedCommand = await signCommand(command, by), events = [{ type: 'title-endorsed', billId, to: 'p2' }]
    return {
      seq, action: 'endorse', commandId: `c${seq}`, party: { partyId: 'p1', name: null, nameEn: null }, recordedAt: at, signed, events, hash: await sha256Hex(canonicalJson({ subject: billId, seq, prevHash, signed, events, recordedAt: at })),
      signers: [{ keyId: by.keyId, publicKey: by.publicKey, signatureValid: true }],
    } as unknown as ChainLink
  }
  const good = async (links: readonly ChainLink[]): Promise<boolean[]> => (await checkChain(billId, links)).map(holds)
  const changed = (index: number, change: (link: ChainLink) => Partial<ChainLink>): ChainLink[] => chain.map((link, at) => (at === index ? { ...link, ...change(link) } : link))

  it('holds when nothing was touched, in whatever order it comes', async () => {
    expect(await good([...chain].reverse())).to.deep.equal([true, true, true])
  })

  it('tells an argument that was changed after signing, although the server says that the signature is good', async () => {
    const links = changed(1, (link) => ({ signed: { ...link.signed, command: { ...link.signed.command, args: { to: 'p3' } } } }))
    const checks = await checkChain(billId, links)
    expect(checks[1]).to.deep.include({ signatures: [{ keyId: signer.keyId, good: false }], chained: false })
    expect(checks.map(holds)).to.deep.equal([true, false, true])
  })

  it('tells a key that does not fit its name, and one that is kept back', async () => {
    const stranger = await makeSigner()
    expect(await good(changed(0, (link) => ({ signers: link.signers.map((one) => ({ ...one, publicKey: stranger.publicKey })) })))).to.deep.equal([false, true, true])
    expect(await good(changed(2, (link) => ({ signers: link.signers.map((one) => ({ ...one, publicKey: null })) })))).to.deep.equal([true, true, false])
    expect(await good(changed(2, (link) => ({ signed: { ...link.signed, signatures: [{ keyId: `k${'0'.repeat(40)}` as KeyId, value: link.signed.signatures[0]?.value ?? '' }] } })))).to.deep.equal([true, true, false])
  })

  it('tells an entry that was left out, a moment that was moved, and an act told otherwise than it was signed', async () => {
    expect(await good(chain.filter(({ seq }) => seq !== 2))).to.deep.equal([true, false])
    expect(await good(changed(2, () => ({ recordedAt: '2026-11-20T08:00:00.000Z' })))).to.deep.equal([true, true, false])
    expect(await good(changed(0, () => ({ action: 'releasePledge' })))).to.deep.equal([false, true, true])
  })
})
