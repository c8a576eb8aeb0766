import { draftCommand, noHash, uuidv7, withCheckDigit, type ActionName, type ArgsOf, type BillId, type Command, type ContainerNumber, type Hash, type Instant, type KeyPurpose, type PartyId, type PartyRole, type PersonTag, type SignedCommand, type Subject } from '@yidan/ledger'
import type { Ledger, Receipt } from '@yidan/ledger/port'
import { makeSigner, sha256Hex, signCommand, type Signer } from '@yidan/ledger/signing'
import { randomBytes } from 'node:crypto'
import { hostFor } from '../../api/src/parties/registrar.ts'

/** Someone who acts on a ledger in tests: a party, and one of its people with a key. */
export interface Actor {
  readonly partyId: PartyId
  readonly person: PersonTag
  readonly signer: Signer
}

export interface Cast {
  readonly registrar: Actor
  readonly carrier: Actor
  /** The second person of the carrier. */
  readonly carrierSecond: Actor
  readonly shipper: Actor
  readonly consignee: Actor
  readonly buyer: Actor
  readonly bank: Actor
  readonly otherBank: Actor
  readonly terminal: Actor
  readonly bankSecond: Actor
  readonly registrarSecond: Actor
  readonly court: Actor
  readonly courtSecond: Actor
  readonly customs: Actor
  readonly customsSecond: Actor
  readonly insurer: Actor
  /** Registered, with a key, and without any right to anything. */
  readonly thief: Actor
}

export const aHash = (): Hash => randomBytes(32).toString('hex') as Hash
export const aBillId = (): BillId => `b${randomBytes(16).toString('hex')}` as BillId
export const aPartyId = (): PartyId => `p${randomBytes(16).toString('hex')}` as PartyId
export const aPersonTag = (): PersonTag => `u${randomBytes(16).toString('hex')}` as PersonTag

export async function anActor(partyId: PartyId = aPartyId()): Promise<Actor> {
  return { partyId, person: aPersonTag(), signer: await makeSigner({ extractable: true }) }
}

let serial = Math.floor(Math.random() * 900_000)
/** A box number with a valid check digit that no earlier call gave. Those of one bill come in no order, as in life: nothing may hang on it. */
export function aContainer(owner = 'TBJU'): ContainerNumber {
  serial = (serial + 618_033) % 1_000_000
  return withCheckDigit(owner + String(serial).padStart(6, '0'))
}

export interface ActGiven<N extends ActionName> {
  readonly by: Actor
  readonly action: N
  readonly subject: Subject
  readonly args: ArgsOf<N>
  readonly with?: readonly Actor[]
  /** Overrides of single fields, to make a command wrong on purpose. */
  readonly but?: Partial<Command>
  readonly now?: Date
}

/** All of a ledger that acting on it takes. */
export type ActedOn = Pick<Ledger, 'network' | 'read' | 'party' | 'submit'>

/** The signed command for an act, continuing the stream as the ledger has it. */
export async function signedAct<N extends ActionName>(ledger: Omit<ActedOn, 'submit'>, given: ActGiven<N>): Promise<SignedCommand> {
  const stream = given.subject.startsWith('b') ? await ledger.read(given.subject as BillId) : await ledger.party(given.subject as PartyId)
  const now = given.now ?? new Date()
  const command = draftCommand({
    network: ledger.network, action: given.action, subject: given.subject, head: { seq: stream?.seq ?? 0, hash: stream?.headHash ?? noHash }, party: given.by.partyId, keyId: given.by.signer.keyId,
    commandId: uuidv7({ now: now.getTime(), random: randomBytes(10) }), at: now.toISOString() as Instant, notAfter: new Date(now.getTime() + 3_600_000).toISOString() as Instant, args: given.args,
  })
  return signCommand({ ...command, ...given.but }, given.by.signer, ...(given.with ?? []).map((actor) => actor.signer))
}

export async function act<N extends ActionName>(ledger: ActedOn, given: ActGiven<N>): Promise<Receipt> {
  return ledger.submit(await signedAct(ledger, given))
}

/** Registers a party and the first key of one of its people. */
export async function register(ledger: Ledger, registrar: Actor, actor: Actor, roles: readonly Exclude<PartyRole, 'registrar'>[]): Promise<void> {
  const host = hostFor(roles, ledger.organisations)
  await act(ledger, { by: registrar, action: 'registerParty', subject: actor.partyId, args: { roles: [...roles], identityHash: aHash(), ...(host === null ? {} : { host }) } })
  await registerKey(ledger, actor, registrar, ['title', 'admin'])
}

export async function registerKey(ledger: Ledger, actor: Actor, approver: Actor, purposes: readonly KeyPurpose[]): Promise<Receipt> {
  const { keyId, publicKey } = actor.signer
  return act(ledger, { by: actor, action: 'registerKey', subject: actor.partyId, with: [approver], args: { key: { keyId, publicKey, algorithm: 'ES256', person: actor.person, purposes: [...purposes] } } })
}

const castRoles = {
  carrier: ['carrier'], shipper: ['shipper'], consignee: ['consignee'], buyer: ['consignee', 'shipper'], bank: ['bank'], otherBank: ['bank'], terminal: ['terminal'], thief: ['forwarder'], court: ['court'], customs: ['customs'], insurer: ['insurer'],
} as const
const withSecond = ['carrier', 'bank', 'court', 'customs', 'registrar'] as const

/** Everybody a story needs, known to no ledger yet. */
export async function anUnknownCast(registrar: Actor): Promise<Cast> {
  const cast: Record<string, Actor> = { registrar }
  for (const name of Object.keys(castRoles)) cast[name] = await anActor()
  for (const name of withSecond) cast[`${name}Second`] = await anActor(cast[name]?.partyId)
  return cast as unknown as Cast
}

/** Takes everybody in. */
export async function takeIn(ledger: Ledger, cast: Cast): Promise<void> {
  for (const [name, roles] of Object.entries(castRoles)) await register(ledger, cast.registrar, cast[name as keyof typeof castRoles], roles)
  for (const name of withSecond) await registerKey(ledger, cast[`${name}Second`], cast[name], ['title'])
}

/** Everybody a story needs, registered. */
export async function aCast(ledger: Ledger, registrar: Actor): Promise<Cast> {
  const cast = await anUnknownCast(registrar)
  await takeIn(ledger, cast)
  return cast
}

export type BillKindGiven = 'straight' | 'to-order' | 'to-named-order' | 'blank'

/** An approved bill with its boxes still free: `issue` may follow. */
export async function anApprovedBill(ledger: ActedOn, cast: Cast, given: { readonly kind?: BillKindGiven; readonly negotiable?: boolean } = {}): Promise<{ billId: BillId; docHash: Hash }> {
  const billId = aBillId(), docHash = aHash()
  await act(ledger, { by: cast.shipper, action: 'approve', subject: billId, args: { docHash, kind: given.kind ?? 'to-order', negotiable: given.negotiable ?? true, carrier: cast.carrier.partyId } })
  return { billId, docHash }
}

/** The arguments the carrier issues an approved bill with. */
export function issueArgs(cast: Cast, docHash: Hash, { kind = 'to-order', containers = [aContainer()] }: { kind?: BillKindGiven; containers?: readonly ContainerNumber[] } = {}): ArgsOf<'issue'> {
  const titleholder = { straight: cast.consignee.partyId, 'to-order': cast.shipper.partyId, 'to-named-order': cast.bank.partyId, blank: 'BLANK' as const }[kind]
  return {
    docHash, visualisationHash: aHash(), consignee: kind === 'straight' ? cast.consignee.partyId : null, titleholder,
    containers: [...containers], received: containers.map((container) => ({ container, eventHash: aHash(), contentsHash: aHash() })), fixedPartHash: aHash(), subDocumentsNonNegotiable: true,
  }
}

/** A bill issued to the shipper. */
export async function aBill(ledger: ActedOn, cast: Cast, given: { readonly kind?: BillKindGiven; readonly negotiable?: boolean; readonly containers?: readonly ContainerNumber[] } = {}): Promise<{ billId: BillId; containers: readonly ContainerNumber[] }> {
  const containers = given.containers ?? [aContainer(), aContainer()]
  const { billId, docHash } = await anApprovedBill(ledger, cast, given)
  await act(ledger, { by: cast.carrier, action: 'issue', subject: billId, with: [cast.carrierSecond], args: issueArgs(cast, docHash, { ...given, containers }) })
  return { billId, containers }
}

export const inDays = (days: number): Instant => new Date(Date.now() + days * 86_400_000).toISOString() as Instant

/** Release codes and their ledger form. */
export async function releasesFor(billId: BillId, containers: readonly ContainerNumber[], expiresAt = inDays(7)): Promise<{ codes: ReadonlyMap<ContainerNumber, string>; releases: { container: ContainerNumber; codeHash: Hash; expiresAt: Instant }[] }> {
  const codes = new Map(containers.map((container) => [container, randomBytes(5).toString('hex').toUpperCase()]))
  const releases = await Promise.all(containers.map(async (container) => ({ container, codeHash: await sha256Hex(`${billId}:${container}:${codes.get(container)}`), expiresAt })))
  return { codes, releases }
}
