import type { ProofCheckCode, ProofReport } from './report.ts'

/** One sentence for each check, and for each verdict. */
type Words = readonly [zh: string, en: string]

export const proofWords: { readonly checks: Readonly<Record<ProofCheckCode, Words>>; readonly verdicts: Readonly<Record<ProofReport['verdict'], Words>> } = {
  checks: {
    readable: ['证据可读', 'The proof can be read'],
    roots: ['由您信任的机构担保', 'It rests on organisations you trust'],
    'data-hash': ['区块内容与区块头一致', 'Each block holds what its header names'],
    'block-links': ['相邻区块首尾相接', 'Blocks that follow each other are linked'],
    'orderer-signature': ['区块由排序节点签名', 'Each block is signed by an orderer'],
    'service-signature': ['账本服务逐条签名', 'The ledger’s keeper signed each line'],
    inclusion: ['每笔交易确在其区块中', 'Each transaction is in its block'],
    endorsements: ['每笔交易有至少两家机构背书', 'Each transaction is endorsed by two organisations or more'],
    records: ['交易写入的正是这些记录', 'The transactions wrote exactly these entries'],
    attestation: ['现状由至少两家机构签名确认', 'Two organisations or more signed the present head'],
    complete: ['记录完整：无遗漏、无作废', 'Complete: nothing is missing or invalidated'],
    'entry-chain': ['权利链条环环相扣', 'Each entry continues the one before'],
    signatures: ['每一步由当事人的登记密钥签名', 'Each act is signed by its party’s registered key'],
    rules: ['按规则重新推演，结果相同', 'The rules, run again, come to the same'],
    replay: ['逐条重演，得出同一现状', 'Replayed, the entries come to this very head'],
  },
  verdicts: {
    proven: ['✓ 已证明：账本上的权利状态属实', '✓ PROVEN: title is as shown'],
    consistent: ['？ 前后一致，但未确认由谁保管账本：请给出其公钥', '? CONSISTENT, but nobody you trust vouches for it: give the keeper’s key'],
    broken: ['✗ 不成立：证据被改动、缺失，或不出自您信任的机构', '✗ NOT PROVEN: changed, incomplete, or not from organisations you trust'],
    unreadable: ['✗ 不是可读的账本证据', '✗ NOT a readable proof'],
  },
}
