import { draftCommand, uuidv7, type ActionName, type ArgsOf, type BillId, type Command, type Hash, type Instant, type PartyId, type SignedCommand } from '@yidan/ledger'
import { makeSigner, signCommand, type Signer } from '@yidan/ledger/signing'
import { makeClient, ProblemError, type Client, type CommandOutcome, type ReceiptView, type SessionView } from '../contract/index.ts'

/**
 * For systems and scripts: a desk is one person or one company system at work. It signs in, keeps its signing key, builds commands from
 * the head of a bill, signs and sends them. Runs in Node and in the browser. The key never leaves the desk.
 */
export interface Desk {
  readonly client: Client
  readonly session: SessionView
  readonly signer: () => Signer
  /** Registers the key for the own company (proof of possession); makes a fresh one when none is given. */
  useKey(signer?: Signer): Promise<CommandOutcome | null>
  /** Signs one act on a bill and sends it. */
  act<N extends ActionName>(act: Act<N>): Promise<CommandOutcome>
  /** The same when nobody else needs to sign: gives the receipt. @throws Error when a signature is still missing. */
  record<N extends ActionName>(act: Act<N>): Promise<ReceiptView>
  /** Signs a command that waits for this desk's company. */
  signAlong(commandId: string): Promise<CommandOutcome>
}

export interface Act<N extends ActionName> {
  readonly action: N
  readonly args: ArgsOf<N>
  /** The bill by its number: its head is read first. Or by id and head, when known. */
  readonly bill: string | { readonly subject: BillId; readonly network: string; readonly head: { readonly seq: number; readonly hash: Hash } }
  /** The moment the act bears; now, unless a document already names it. */
  readonly at?: string
  /** Until when the other signatures may come. */
  readonly validHours?: number
}

export type Credentials = { readonly account: string } | { readonly email: string; readonly password: string } | { readonly apiKey: string }

/** Signs in. @throws ProblemError `bad-credentials`, `locked-out`, `demo-off`. */
export async function openDesk({ baseUrl, credentials, signer, clock = () => new Date() }: { baseUrl: string; credentials: Credentials; signer?: Signer; /** What commands bear as their time. */ clock?: () => Date }): Promise<Desk> {
  const client = 'apiKey' in credentials ? makeClient({ baseUrl, headers: () => ({ authorization: `Bearer ${credentials.apiKey}` }) }) : makeClient({ baseUrl, fetch: fetchWithCookies() })
  const session =
    'apiKey' in credentials ? await client.call('session', {})
    : 'account' in credentials ? await client.call('signInDemo', { body: credentials })
    : await client.call('signIn', { body: credentials })
  let key = signer

  const ownKey = (): Signer => {
    if (!key) throw new Error('this desk has no signing key yet: call useKey first')
    return key
  }

  async function build<N extends ActionName>(act: Act<N>): Promise<Command> {
    const { subject, network, head } = typeof act.bill === 'string' ? await headOf(client, act.bill) : act.bill
    return command({ action: act.action, args: act.args, subject, network, head, party: session.company.partyId, signer: ownKey(), hours: act.validHours ?? 24, at: act.at ?? clock().toISOString() })
  }

  const desk: Desk = {
    client,
    session,
    signer: ownKey,
    async useKey(given) {
      key = given ?? key ?? (await makeSigner())
      const { company, person } = session
      const stream = await client.call('keys', { params: { companyId: company.id } })
      if (stream.keys.some((known) => known.keyId === key?.keyId && known.revokedAt === null)) return null
      const register = command({
        action: 'registerKey',
        args: { key: { keyId: key.keyId, publicKey: key.publicKey, algorithm: 'ES256', person: person.person, purposes: person.roles.includes('administrator') ? ['title', 'admin'] : ['title'] } },
        subject: company.partyId, network: stream.network, head: { seq: stream.seq, hash: stream.headHash }, party: company.partyId, signer: key, hours: 24 * 6, at: clock().toISOString(),
      })
      return client.call('registerKey', { params: { companyId: company.id }, body: await signCommand(register, key) })
    },
    async act(act) {
      return send(client, await signCommand(await build(act), ownKey()))
    },
    async record(act) {
      const outcome = await desk.act(act)
      if (outcome.outcome === 'recorded') return outcome.receipt
      throw new Error(outcome.outcome === 'pending' ? `${act.action} is kept until the ledger’s network is back` : `${act.action} still needs a signature: ${outcome.request.wanted.map((wanted) => wanted.why).join(', ')}`)
    },
    async signAlong(commandId) {
      const { items } = await client.call('signingRequests', {})
      const request = items.find((item) => item.commandId === commandId)
      if (!request) throw new Error(`no command ${commandId} waits for this company`)
      const { signatures } = await signCommand(request.command, ownKey())
      const [signature] = signatures
      if (!signature) throw new Error('the signer gave no signature')
      return settled(client, await client.call('addSignature', { params: { commandId: request.command.commandId }, body: signature }))
    },
  }
  return desk
}

async function headOf(client: Client, billNumber: string): Promise<{ subject: BillId; network: string; head: { seq: number; hash: Hash } }> {
  const bill = await client.call('bill', { params: { billNumber: billNumber as never } })
  return { subject: bill.billId, network: bill.network, head: bill.head }
}

function command<N extends ActionName>(given: { action: N; args: ArgsOf<N>; subject: BillId | PartyId; network: string; head: { seq: number; hash: Hash }; party: PartyId; signer: Signer; hours: number; at: string }): Command {
  const { at } = given
  return draftCommand({
    network: given.network, action: given.action, subject: given.subject, head: given.head, party: given.party, keyId: given.signer.keyId, args: given.args,
    commandId: uuidv7({ now: Date.now(), random: crypto.getRandomValues(new Uint8Array(10)) }),
    at: at as Instant, notAfter: new Date(Date.parse(at) + given.hours * 3_600_000).toISOString() as Instant,
  })
}

/** The same bytes are sent again when the answer was lost: harmless, the ledger knows the command id. */
async function send(client: Client, signed: SignedCommand, triesLeft = 2): Promise<CommandOutcome> {
  try {
    return await settled(client, await client.call('command', { body: signed }))
  } catch (error) {
    if (triesLeft === 0 || error instanceof ProblemError) throw error
    return send(client, signed, triesLeft - 1)
  }
}

const askAgain = 1_000, patience = 60_000

/** Waits a minute for a command that is kept while the ledger's network is away. @throws Error when a rule says no meanwhile */
async function settled(client: Client, outcome: CommandOutcome): Promise<CommandOutcome> {
  if (outcome.outcome !== 'pending') return outcome
  for (const until = Date.now() + patience; Date.now() < until; ) {
    await new Promise((resolve) => setTimeout(resolve, askAgain))
    const status = await client.call('commandStatus', { params: { commandId: outcome.commandId }, query: { subject: outcome.subject, expects: outcome.expects } }).catch(() => null)
    if (status?.state === 'recorded') return { outcome: 'recorded', receipt: status.receipt }
    if (status?.state === 'refused') throw new Error(`the ledger refused: ${status.reason} (${status.code})`)
  }
  return outcome
}

/** Node's fetch keeps no cookies: this one keeps those of one server. A browser keeps its own. */
function fetchWithCookies(): typeof fetch {
  const jar = new Map<string, string>()
  return async (input, init) => {
    const headers = new Headers(init?.headers)
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    const answer = await fetch(input, { ...init, headers })
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const split = pair.indexOf('=')
      jar.set(pair.slice(0, split), pair.slice(split + 1))
    }
    return answer
  }
}
