import type { DraftContent } from '@yidan/api/contract'

/** What a bill says when nobody typed clauses. A pure land bill rests on contract and 指示交付, so it must say both (民法典 227). */
export const clauses = {
  source: '民法典 227, 838–842；海商法 第四章；UN Convention on Negotiable Cargo Documents (shape)',
  version: '2026-11',
  land: '本单项下货物的交付请求权随本单一并转让，承运人接到转让通知即承认受让人（民法典第 227 条）。The claim to delivery passes with this bill; the carrier, once notified, acknowledges the transferee.',
  surrender: '凭本单在账本上的缴回与接受交付货物；分段运单不具物权效力。Delivery only against surrender of this bill on the ledger; sub-carriers’ waybills carry no title.',
} as const

export function standardClauses({ legs = [], negotiable = true }: DraftContent): string[] {
  const hasSea = legs.some(({ mode }) => mode === 'sea')
  return negotiable ? [clauses.surrender, ...(hasSea ? [] : [clauses.land])] : []
}
