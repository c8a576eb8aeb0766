import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { parseCommand, readsOf, Refusal, type BillId, type CommandId, type Instant, type KeyId, type LogEntry, type Party, type PartyId, type RefusalCode, type SignedCommand, type SigningKey, type Subject, type Title } from '@yidan/ledger'
import { LedgerUnavailable, type CommandReference, type CommandStatus, type Ledger, type LedgerHealth, type LedgerRecord, type Receipt } from '@yidan/ledger/port'
import { once, EventEmitter } from 'node:events'
import { webcrypto } from 'node:crypto'
import type { Head } from '../../ledger/chaincode/world-state.ts'
import { anActor, type Actor } from './ledger-actors.ts'
import { StubNetwork, stubOrganisations, type Call, type StubOrganisation } from './stub-network.ts'

export interface StubbedLedger {
  readonly ledger: StubLedger
  readonly network: StubNetwork
  readonly registrar: Actor
  readonly gateway: Call['creator']
  close(): Promise<void>
}

/** Title on a network in memory: the chaincode itself, every transaction simulated by peers on different machines, compared and validated. */
export async function openStubLedger({ clock = () => new Date(), registrar: given }: { readonly clock?: () => Date; readonly registrar?: Actor } = {}): Promise<StubbedLedger> {
  const registrar = given ?? (await anActor()), gateway = await aCaller('PortMSP')
  const network = new StubNetwork({ clock })
  await foundStub(network, gateway, constitutionOf(registrar))
  const ledger = new StubLedger({ network, gateway, registrar: registrar.partyId })
  return { ledger, network, registrar, gateway, close: () => ledger.close() }
}

export function constitutionOf(registrar: Actor) {
  const { partyId, person, signer: { publicKey } } = registrar
  return { network: 'test', registrar: { partyId, person, publicKey }, organisations: [...stubOrganisations], recovery: { organisations: stubOrganisations.map(({ id }) => id), quorum: 2 } }
}

export async function foundStub(network: StubNetwork, gateway: Call['creator'], constitution: object): Promise<void> {
  const { code } = await network.commit(await network.endorse({ creator: gateway, name: 'init', argument: constitution }, ['PortMSP', 'AssocMSP']))
  if (code !== 0) throw new Error(`the stub was not founded: ${code}`)
}

/** A certificate as an organisation's authority gives it; of what is in it the chaincode reads the units and the attribute. */
export async function aCaller(organisation: string, { subject = [{ OU: ['client'] }, { CN: ['gateway'] }], role = 'gateway' }: { readonly subject?: x509.JsonName; readonly role?: string | null } = {}): Promise<Call['creator']> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01', name: new x509.Name(subject).toString(), notBefore: new Date('2026-01-01'), notAfter: new Date('2036-01-01'), signingAlgorithm: algorithm, keys,
    extensions: role === null ? [] : [new x509.Extension('1.2.3.4.5.6.7.8.1', false, Buffer.from(JSON.stringify({ attrs: { 'yidan.role': role } })))],
  })
  return { organisation, certificate: certificate.toString('pem') }
}

type Answer = { readonly recorded: number } | { readonly repeated: string } | { readonly refused: RefusalCode; readonly detail: Readonly<Record<string, unknown>> }

interface Waiting {
  readonly signed: SignedCommand
  readonly confidential: readonly string[]
  readonly touches: ReadonlySet<Subject>
  readonly resolve: (receipt: Receipt) => void
  readonly reject: (error: unknown) => void
}

const perBlock = 2 ** 20, largestBatch = 50, mostConflicts = 6

export class StubLedger implements Ledger {
  readonly kind = 'fabric'
  readonly network = 'test'
  readonly registrar: PartyId
  readonly organisations = stubOrganisations
  readonly #network: StubNetwork
  readonly #gateway: Call['creator']
  readonly #waiting: Waiting[] = []
  readonly #news = new EventEmitter().setMaxListeners(0)
  #sending: Promise<void> | null = null
  #closed = false

  constructor({ network, gateway, registrar }: { readonly network: StubNetwork; readonly gateway: Call['creator']; readonly registrar: PartyId }) {
    this.#network = network
    this.#gateway = gateway
    this.registrar = registrar
  }

  async submit(signed: SignedCommand, confidential: readonly string[] = []): Promise<Receipt> {
    const parsed = parseCommand(signed)
    if (this.#closed) throw new LedgerUnavailable('the ledger is closed')
    const touches = new Set<Subject>([parsed.signed.command.subject, ...(readsOf(parsed).bills ?? [])])
    return new Promise((resolve, reject) => {
      this.#waiting.push({ signed: parsed.signed, confidential, touches, resolve, reject })
      this.#sending ??= this.#send()
    })
  }

  async status({ commandId, subject }: CommandReference): Promise<CommandStatus> {
    const place = await this.#ask<{ txId: string } | null>('status', { commandId, subject })
    return place ? { state: 'recorded', receipt: { ...this.#record(place.txId, commandId), repeated: true } } : { state: 'unknown' }
  }

  async read(billId: BillId): Promise<Title | null> {
    return (await this.#head(billId))?.title ?? null
  }

  async party(partyId: PartyId): Promise<Party | null> {
    return (await this.#head(partyId))?.party ?? null
  }

  async key(keyId: KeyId): Promise<SigningKey | null> {
    return this.#ask('key', keyId)
  }

  async history(subject: Subject): Promise<readonly LogEntry[]> {
    return this.#ask('history', subject)
  }

  async *follow(after: number, signal: AbortSignal): AsyncIterable<LedgerRecord> {
    for (let block = Math.floor(after / perBlock); !signal.aborted && !this.#closed; block += 1) {
      while (block >= this.#network.blocks.length) {
        try {
          await once(this.#news, 'block', { signal })
        } catch {
          return
        }
      }
      for (const record of this.#records(block)) if (record.position > after) yield record
    }
  }

  async proof(): Promise<null> {
    return null
  }

  async health(): Promise<LedgerHealth> {
    const last = this.#network.blocks.findLastIndex((_, block) => this.#records(block).length > 0)
    return { kind: this.kind, ok: !this.#closed, network: this.network, position: this.#records(last).at(-1)?.position ?? 0, detail: 'in memory' }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#sending
  }

  /** One transaction after the other: what waits and concerns different streams goes together. */
  async #send(): Promise<void> {
    await new Promise(setImmediate)
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch()
      try {
        await this.#decide(batch)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#sending = null
  }

  #takeBatch(): readonly Waiting[] {
    const touched = new Set<Subject>(), batch: Waiting[] = [], left: Waiting[] = []
    for (const waiting of this.#waiting.splice(0)) {
      const fits = batch.length < largestBatch && ![...waiting.touches].some((subject) => touched.has(subject)) && (batch.length === 0 || (waiting.confidential.length === 0 && batch[0]?.confidential.length === 0))
      if (!fits) left.push(waiting)
      else batch.push(waiting)
      for (const subject of waiting.touches) touched.add(subject)
    }
    this.#waiting.push(...left)
    return batch
  }

  async #decide(batch: readonly Waiting[]): Promise<void> {
    for (let conflicts = 0; conflicts <= mostConflicts; conflicts += 1) {
      const endorsed = await this.#network.endorse({ creator: this.#gateway, name: 'submit', argument: batch.map(({ signed }) => signed), confidential: batch.flatMap(({ confidential }) => confidential) }, await this.#endorsersOf(batch))
      const answers = endorsed.answer as readonly Answer[]
      const { code, block } = answers.some((answer) => 'recorded' in answer) ? await this.#network.commit(endorsed) : { code: 0, block: -1 }
      if (code === 10) throw new Error('the endorsement policy is not met')
      if (code !== 0) continue
      batch.forEach((waiting, index) => this.#answer(waiting, answers[index] as Answer, block))
      this.#news.emit('block')
      return
    }
    throw new LedgerUnavailable('others act on the same titles all the time')
  }

  #answer({ signed: { command }, resolve, reject }: Waiting, answer: Answer, block: number): void {
    if ('refused' in answer) reject(new Refusal(answer.refused, answer.detail))
    else if ('repeated' in answer) resolve({ ...this.#record(answer.repeated, command.commandId), repeated: true })
    else resolve({ ...(this.#records(block)[answer.recorded] as LedgerRecord), repeated: false })
  }

  /** Whoever the policies of the bills name, whoever must be told, and two at least. */
  async #endorsersOf(batch: readonly Waiting[]): Promise<readonly StubOrganisation[]> {
    const needed = new Set<string>()
    for (const { touches, confidential, signed: { command } } of batch) {
      for (const subject of touches) for (const organisation of (await this.#head(subject))?.endorsers ?? []) needed.add(organisation)
      if (confidential.length > 0) needed.add((await this.party((command.args['pledgee'] ?? command.args['to']) as PartyId))?.host ?? 'PortMSP')
    }
    const ids = stubOrganisations.map(({ id }) => id)
    const named = ids.filter((id) => needed.has(id))
    return [...named, ...ids.filter((id) => !needed.has(id)).slice(0, Math.max(2 - named.length, 0))]
  }

  #head(subject: Subject): Promise<Head | null> {
    return this.#ask('read', subject)
  }

  async #ask<T>(name: string, argument: unknown): Promise<T> {
    return (await this.#network.evaluate({ creator: this.#gateway, name, argument }, 'PortMSP')) as T
  }

  #record(txId: string, commandId: CommandId): LedgerRecord {
    const record = this.#records(this.#network.blocks.findIndex((block) => block.txId === txId)).find((candidate) => candidate.commandId === commandId)
    if (!record) throw new LedgerUnavailable(`the transaction ${txId} cannot be read`)
    return record
  }

  #records(block: number): readonly LedgerRecord[] {
    const { txId, writes } = this.#network.blocks[block] ?? { txId: '', writes: new Map<string, Uint8Array>() }
    const bytes = writes.get(`\0record\0${txId}\0`)
    if (!bytes) return []
    const { records, recordedAt } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { records: readonly Omit<LedgerRecord, 'position' | 'recordedAt'>[]; recordedAt: Instant }
    return records.map((record, nth) => ({ position: block * perBlock + nth, ...record, recordedAt }))
  }
}
