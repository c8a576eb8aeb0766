import type { BillId, CommandId, Hash, SignedCommand } from '@yidan/ledger'
import { noHash, Refusal } from '@yidan/ledger'
import { LedgerUnavailable, type Ledger, type Receipt } from '@yidan/ledger/port'
import { expect } from 'chai'
import { aBill, inDays, signedAct, type Cast } from '../support/ledger-actors.ts'

/** An act whose sender was told that it is recorded. */
export interface Acknowledged { readonly billId: BillId; readonly commandId: CommandId; readonly seq: number; readonly hash: Hash; readonly at: number }

/** Possession of these bills goes to and fro between shipper and buyer until so many acts are acknowledged. */
export async function transfers(ledger: Ledger, { cast, bills, acts, onAcknowledged = () => undefined }: { cast: Cast; bills: readonly BillId[]; acts: number; onAcknowledged?: (count: number) => void }): Promise<readonly Acknowledged[]> {
  const acknowledged: Acknowledged[] = []
  const note = (receipt: Receipt, billId: BillId): void => {
    const entry = receipt.entries.find(({ subject }) => subject === billId)
    if (!entry) throw new Error('a receipt without its entry')
    acknowledged.push({ billId, commandId: receipt.commandId, seq: entry.seq, hash: entry.hash, at: Date.now() })
    onAcknowledged(acknowledged.length)
  }
  await Promise.all(bills.map(async (billId) => {
    while (acknowledged.length < acts) {
      const title = await patiently(() => ledger.read(billId))
      // Decided and signed on one and the same head, as a person does who sees a bill and signs.
      const but = { expects: title?.seq ?? 0, prevHash: title?.headHash ?? noHash }
      const offered = title?.offer ?? null
      const holder = title?.possessor === cast.shipper.partyId ? cast.shipper : cast.buyer
      const other = holder === cast.shipper ? cast.buyer : cast.shipper
      const signed = await patiently(() => offered
        ? signedAct(ledger, { by: other, action: 'acceptOffer', subject: billId, args: {}, but })
        : signedAct(ledger, { by: holder, action: 'offerPossession', subject: billId, args: { to: other.partyId, expiresAt: inDays(1) }, but }))
      const receipt = await submitted(ledger, signed)
      if (receipt) note(receipt, billId)
    }
  }))
  return acknowledged
}

/** Sends as a client does that is told `pending`: it asks until it knows. Null when somebody else was first. */
export async function submitted(ledger: Ledger, signed: SignedCommand): Promise<Receipt | null> {
  for (;;) {
    try {
      return await ledger.submit(signed)
    } catch (error) {
      if (error instanceof Refusal && (error.code === 'stale-sequence' || error.code === 'stale-head')) return null
      if (!(error instanceof LedgerUnavailable)) throw error
      if (error.pending) return outcomeOf(ledger, signed)
    }
    await soon()
  }
}

/** Asks what became of a command until it is known; null when it was refused. */
export async function outcomeOf(ledger: Ledger, { command }: SignedCommand): Promise<Receipt | null> {
  for (;;) {
    const status = await patiently(() => ledger.status(command))
    if (status.state === 'recorded') return status.receipt
    if (status.state === 'refused') return null
    if (status.state === 'unknown') throw new Error('what was kept is forgotten')
    await soon()
  }
}

/** Whether a client's ledger is as far as these acts, which other clients may have sent. */
export async function seen(ledger: Ledger, acts: readonly Acknowledged[]): Promise<boolean> {
  const furthest = new Map<BillId, number>()
  for (const { billId, seq } of acts) furthest.set(billId, Math.max(furthest.get(billId) ?? 0, seq))
  const heads = await Promise.all([...furthest].map(async ([billId, seq]) => ((await ledger.read(billId))?.seq ?? 0) >= seq))
  return heads.every(Boolean)
}

/** Every acknowledged act stands on the ledger, once, where its receipt said, and nothing is missing between. */
export async function expectEachOnce(ledger: Ledger, acknowledged: readonly Acknowledged[]): Promise<void> {
  for (const billId of new Set(acknowledged.map((one) => one.billId))) {
    const entries = await ledger.history(billId)
    expect(entries.map(({ seq }) => seq)).to.deep.equal(entries.map((_, index) => index + 1))
    for (const known of acknowledged.filter((one) => one.billId === billId)) {
      const same = entries.filter(({ signed }) => signed.command.commandId === known.commandId)
      expect(same.map(({ seq, hash }) => ({ seq, hash }))).to.deep.equal([{ seq: known.seq, hash: known.hash }])
    }
    expect(await ledger.read(billId)).to.include({ seq: entries.length, headHash: entries.at(-1)?.hash })
  }
}

/** The longest time in which nothing was acknowledged, in seconds. */
export function longestGap(acknowledged: readonly Acknowledged[]): number {
  const times = acknowledged.map(({ at }) => at).sort((one, other) => one - other)
  return Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? at))) / 1_000
}

export async function billsFor(ledger: Ledger, cast: Cast, count: number): Promise<readonly BillId[]> {
  return Promise.all(Array.from({ length: count }, async () => (await aBill(ledger, cast, { kind: 'blank' })).billId))
}

/** A question is asked again while the ledger does not answer. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error
      await soon()
    }
  }
}

function soon(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100))
}
