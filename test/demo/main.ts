import { openDesk, type Desk } from '@yidan/api/sdk'
import { makeClient, ProblemError, type DraftView, type PersonRole } from '@yidan/api/contract'
import { ContainerNumber, withCheckDigit, type BillNumber, type CommandId, type Instant, type PartyId } from '@yidan/ledger'
import { fileSigner } from '@yidan/ledger/signing/file'
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gateIn, travel } from './journeys.ts'
import { tell } from './story.ts'

/**
 * The main job on the four sample bookings, against the server at BASE_URL, told as a story. Every act is signed by its party's own
 * key, every step goes through the public interface. Can be run again and again: boxes of an unfinished run get free numbers.
 */
const baseUrl = process.env.BASE_URL ?? 'http://127.0.0.1:8080'
const bookings = join(import.meta.dirname, '../fixtures/bookings')
const output = join(process.cwd(), '.yidan/demo')
const story = tell((line) => { console.log(line) }, (error) => (error instanceof ProblemError ? error.problem.code : null))
const desks = new Map<string, Desk>()

await main()

async function main(): Promise<void> {
  await mkdir(output, { recursive: true })
  story.chapter(`一单 through-bills, told on ${baseUrl}`)
  const people = await openDesks()
  await badList(people.clerk)
  await farmMachinesToSantos(people)
  await furnitureToHamburg(people)
  await solarToTashkent(people)
  await batteriesFromBusan(people)
  story.chapter('The end: four bills issued, moved, surrendered and delivered box by box')
}

interface People {
  readonly clerk: Desk; readonly signer: Desk; readonly terminal: Desk
  readonly machines: Desk; readonly furniture: Desk; readonly solar: Desk; readonly busan: Desk
  readonly localBank: Desk; readonly hafenBank: Desk; readonly tashkent: Desk; readonly bearings: Desk
}

async function openDesks(): Promise<People> {
  story.chapter('Parties and keys')
  const { enabled, accounts } = await makeClient({ baseUrl }).call('demoAccounts', {})
  if (!enabled) throw new Error('the demo accounts are off on this server: start it with DEMO=on')
  const open = async (company: string, role?: PersonRole): Promise<Desk> => {
    const account = accounts.find((known) => known.company.includes(company) && (role === undefined || known.roles.includes(role)))
    if (!account) throw new Error(`no demo account for ${company}${role ? ` as ${role}` : ''}`)
    const found = desks.get(account.account)
    if (found) return found
    const desk = await openDesk({ baseUrl, credentials: { account: account.account } })
    desks.set(account.account, desk)
    return desk
  }
  const people: People = {
    signer: await open('洛阳陆港', 'signer'), clerk: await open('洛阳陆港', 'clerk'), terminal: await open('场站', 'gate'),
    machines: await open('豫西农业装备'), furniture: await open('洛龙钢制家具'), solar: await open('伊滨光伏'), busan: await open('Busan Battery'),
    localBank: await open('洛阳示例银行'), hafenBank: await open('HAFEN'), tashkent: await open('Tashkent'), bearings: await open('洛阳精密轴承'),
  }
  await giveKeys()
  return people
}

/** Keys are kept between runs. In the demo the server's own administrator of each demo company countersigns them. */
async function giveKeys(): Promise<void> {
  for (const [account, desk] of desks) {
    const { company, person } = desk.session
    const outcome = await desk.useKey(await fileSigner(join(output, 'keys', `${account}.pem`)))
    if (outcome?.outcome === 'awaiting-signature') throw new Error(`the key of ${company.name} waits for its administrator: approve it in the browser under 账户 Account, then run the demo again`)
    story.fact(`${company.name} · ${person.name}`, `key ${desk.signer().keyId.slice(0, 13)}… ${outcome === null ? 'known' : 'registered on the ledger'}`)
  }
}

async function badList(clerk: Desk): Promise<void> {
  story.chapter('A container list as Excel saves it: LYNB20261123-005-container-list.csv')
  const content = new Blob([await readFile(join(bookings, 'LYNB20261123-005-container-list.csv'))])
  const report = await story.step('import the list', () => clerk.client.call('importDraft', { file: { name: 'LYNB20261123-005-container-list.csv', content } }))
  story.fact('rows', `${report.rows}, of which ${report.imported} imported and ${report.refused} refused`)
  for (const fault of report.faults) story.fact(`row ${fault.row ?? '?'} ${fault.column ?? ''}`, `${fault.code} — ${fault.message}${fault.cure ? ` (${fault.cure})` : ''}`)
  if (report.imported !== 6 || report.refused !== 8) throw new Error('six rows should have come in and eight should have been refused')
  await clerk.client.call('discardDraft', { params: { draftId: report.draft.id } })
}

/** Booking → draft → approval → gate-in → issue with two signatures → PDF. */
async function issueBill(people: People, shipper: Desk, file: string): Promise<{ billNumber: BillNumber; document: NonNullable<DraftView['document']> }> {
  const { clerk, signer, terminal } = people
  const booking = JSON.parse(await readFile(join(bookings, file), 'utf8')) as Booking
  const draft = await story.step(`booking ${booking.bookingNumber} becomes a draft`, async () => {
    const fresh = await clerk.client.call('createDraft', { body: { from: 'booking', booking: { ...booking } } })
    return fresh.faults.every((fault) => fault.code === 'container-on-live-bill') && fresh.faults.length > 0 ? renumbered(clerk, fresh, booking) : fresh
  })
  if (draft.faults.length > 0) throw new Error(`the draft has faults: ${draft.faults.map((fault) => `${fault.pointer} ${fault.code}`).join(', ')}`)
  for (const warning of draft.warnings) story.fact('warning', warning.message)
  const sent = await story.step('frozen, numbered and sent to the shipper', () => clerk.client.call('sendForApproval', { params: { draftId: draft.id }, body: { revision: draft.revision } }))
  const { billNumber, billId, docHash, document } = sent
  if (!billNumber || !billId || !docHash || !document) throw new Error('the frozen draft has no document')
  const before = { subject: billId, network: sent.network, head: sent.head }
  await story.step('the shipper reads it and approves', () =>
    shipper.record({ action: 'approve', bill: before, args: { docHash, kind: document.kind, negotiable: document.negotiable, carrier: clerk.session.company.partyId } }))
  const early = await clerk.client.call('prepareIssue', { params: { draftId: draft.id } })
  if (early.ready) throw new Error('the bill must not be ready before its boxes are in')
  story.fact('not ready yet', early.missing[0]?.message ?? '')
  await story.step(`${document.containers.length} boxes gate in`, () => gateIn(terminal, document))
  const preparation = await story.step('the issue is prepared: seal and PDF', () => clerk.client.call('prepareIssue', { params: { draftId: draft.id } }))
  if (!preparation.args || !preparation.issuedAt) throw new Error(`not ready to issue: ${preparation.missing.map((fault) => fault.message).join('; ')}`)
  const issue = { action: 'issue' as const, bill: { subject: preparation.subject, network: preparation.network, head: preparation.head }, at: preparation.issuedAt, args: preparation.args as never }
  const first = await story.step('first person signs the issue', () => clerk.act(issue))
  if (first.outcome !== 'awaiting-signature') throw new Error('one person alone must not be able to issue')
  const issued = await story.step('second person signs; the bill is issued', () => signer.signAlong(first.request.commandId))
  if (issued.outcome !== 'recorded') throw new Error('two signatures should have been enough')
  story.fact('bill', billNumber)
  story.fact('ledger receipt', `position ${issued.receipt.position}, entry ${issued.receipt.entries[0]?.hash.slice(0, 16)}…, ${issued.receipt.recordedAt}`)
  await story.refused('issuing it once more', 'stale-sequence', () => clerk.act(issue))
  const pdf = await shipper.client.download('billPdf', { params: { billNumber }, query: { as: 'issued' } })
  await writeFile(join(output, `${billNumber}.pdf`), Buffer.from(await pdf.arrayBuffer()))
  const certificate = await shipper.client.download('certificate', { params: { issuer: document.carrier.creditCode ?? clerk.session.company.partyId } })
  await writeFile(join(output, 'issuer.pem'), Buffer.from(await certificate.arrayBuffer()))
  story.fact('PDF', join(output, `${billNumber}.pdf`))
  story.fact('check it offline', `npm run verify -- ${join(output, `${billNumber}.pdf`)} --cert ${join(output, 'issuer.pem')}`)
  const verdict = await clerk.client.call('verifyFile', { file: { name: `${billNumber}.pdf`, content: pdf } })
  story.fact('verification of that file', verdict.verdict)
  if (verdict.verdict !== 'genuine') throw new Error('the PDF just made must be genuine')
  return { billNumber, document }
}

interface Booking { readonly bookingNumber: string; readonly containers: readonly { readonly number: string }[] }

/** An earlier run was cut short and its boxes are still on a live bill: go on with free numbers of the same owner. */
async function renumbered(clerk: Desk, draft: DraftView, booking: Booking): Promise<DraftView> {
  const offset = Math.floor(Date.now() / 1000) % 899_999
  const containers = booking.containers.map((container, index) => {
    const serial = String((Number(container.number.slice(4, 10)) + offset + index * 7) % 1_000_000).padStart(6, '0')
    return { ...container, number: ContainerNumber.parse(withCheckDigit(container.number.slice(0, 4) + serial)) }
  })
  await clerk.client.call('discardDraft', { params: { draftId: draft.id } })
  return clerk.client.call('createDraft', { body: { from: 'booking', booking: { ...booking, containers } } })
}

async function farmMachinesToSantos(people: People): Promise<void> {
  const { machines, localBank, bearings, clerk } = people
  story.chapter('Tractors to Santos: to order, pledged to a bank and released, endorsed, delivered')
  const { billNumber, document } = await issueBill(people, machines, 'LYQD20261120-001.json')
  await pledgeAndRelease({ billNumber, pledgor: machines, bank: localBank, amount: '5600000.00', thief: bearings })
  await story.step('events come in: road, rail, sea', () => travel(clerk, billNumber, document))
  await tellWhere(machines, billNumber)
  await transfer({ billNumber, from: machines, to: bearings, manner: 'to-order' })
  await story.refused('the old holder looks at the boxes', 'not-found', () => machines.client.call('container', { params: { container: document.containers[0]?.number ?? '' } }))
  await surrenderAndDeliver(people, { billNumber, holder: bearings, freight: 'prepaid' })
}

async function furnitureToHamburg(people: People): Promise<void> {
  const { furniture, hafenBank, clerk } = people
  story.chapter('Steel furniture to Hamburg: to the order of a bank, freight collect')
  const { billNumber, document } = await issueBill(people, furniture, 'LYNB20261121-002.json')
  await story.step('possession offered to the bank and accepted', async () => {
    await furniture.record({ action: 'offerPossession', bill: billNumber, args: { to: hafenBank.session.company.partyId, expiresAt: inDays(3) } })
    await hafenBank.record({ action: 'acceptOffer', bill: billNumber, args: {} })
  })
  await story.step('events come in: rail, sea, road', () => travel(clerk, billNumber, document))
  await story.step('the bank asks for delivery; refused, freight is unpaid', async () => {
    await hafenBank.record({ action: 'requestSurrender', bill: billNumber, args: { purpose: 'delivery', reason: null } })
    await clerk.record({ action: 'rejectSurrender', bill: billNumber, args: { reason: '运费未付 freight unpaid' } })
  })
  await surrenderAndDeliver(people, { billNumber, holder: hafenBank, freight: 'settled' })
}

async function solarToTashkent(people: People): Promise<void> {
  const { solar, tashkent, bearings, clerk } = people
  story.chapter('Solar modules to Tashkent: straight, by two railways')
  const { billNumber, document } = await issueBill(people, solar, 'LYTA20261122-003.json')
  await story.refused('endorsing a straight bill', 'bill-straight', () => solar.act({ action: 'endorse', bill: billNumber, args: { to: bearings.session.company.partyId, manner: 'to-order' } }))
  await story.step('handed to the named consignee', async () => {
    await solar.record({ action: 'offerPossession', bill: billNumber, args: { to: tashkent.session.company.partyId, expiresAt: inDays(3) } })
    await tashkent.record({ action: 'acceptOffer', bill: billNumber, args: {} })
  })
  await story.step('events come in: two rail legs, gauge change', () => travel(clerk, billNumber, document))
  await tellWhere(tashkent, billNumber)
  await surrenderAndDeliver(people, { billNumber, holder: tashkent, freight: 'prepaid' })
}

async function batteriesFromBusan(people: People): Promise<void> {
  const { busan, bearings, clerk } = people
  story.chapter('Bearing steel and batteries from Busan: blank, by sea, rail and bonded road')
  const { billNumber, document } = await issueBill(people, busan, 'QDLY20261122-004.json')
  await story.step('the blank bill is handed over: who possesses it holds it', async () => {
    await busan.record({ action: 'offerPossession', bill: billNumber, args: { to: bearings.session.company.partyId, expiresAt: inDays(3) } })
    await bearings.record({ action: 'acceptOffer', bill: billNumber, args: {} })
  })
  await story.step('events come in: sea, rail, bonded road', () => travel(clerk, billNumber, document))
  await surrenderAndDeliver(people, { billNumber, holder: bearings, freight: 'settled' })
}

async function pledgeAndRelease({ billNumber, pledgor, bank, amount, thief }: { billNumber: BillNumber; pledgor: Desk; bank: Desk; amount: string; thief: Desk }): Promise<void> {
  await story.step('pledge proposed to the bank: the terms stay off the ledger, their salted hash goes on it', async () => {
    const { hash } = await pledgor.client.call('commitPledgeTerms', { params: { billNumber }, body: { pledgee: bank.session.company.partyId, amount, currency: 'CNY', dueDate: inDays(90).slice(0, 10) } })
    await pledgor.record({ action: 'proposePledge', bill: billNumber, args: { pledgee: bank.session.company.partyId, termsHash: hash as never } })
  })
  const check = await bank.client.call('bankCheck', { params: { billNumber } })
  story.fact('the bank checks', `${check.verdict}; ${check.checks.filter((line) => line.ok === true).length} of ${check.checks.length} checks good, ${check.checks.filter((line) => line.ok === null).length} not known`)
  await story.step('accepted with the 中登网 registration', async () => {
    const { hash } = await bank.client.call('commitPledgeFiling', { params: { billNumber }, body: { registryNumber: `DEMO${Date.now()}`, filedOn: new Date().toISOString().slice(0, 10) } })
    await bank.record({ action: 'acceptPledge', bill: billNumber, args: { filingHash: hash as never } })
  })
  await story.step('the pledgor endorses behind the bank’s back: the act waits for the bank’s signature, and nothing moves', async () => {
    const outcome = await pledgor.act({ action: 'endorse', bill: billNumber, args: { to: thief.session.company.partyId, manner: 'to-order' } })
    if (outcome.outcome !== 'awaiting-signature' || outcome.request.wanted[0]?.why !== 'pledgee') throw new Error('a pledged bill was endorsed without its pledgee')
    await pledgor.client.call('withdrawSigningRequest', { params: { commandId: outcome.request.commandId as CommandId } })
  })
  await story.step('debt repaid, pledge released', () => bank.record({ action: 'releasePledge', bill: billNumber, args: {} }))
}

async function transfer({ billNumber, from, to, manner }: { billNumber: BillNumber; from: Desk; to: Desk; manner: 'to-order' | 'named' }): Promise<void> {
  const recipient: PartyId = to.session.company.partyId
  await story.step(`endorsed to ${to.session.company.name} and handed over`, async () => {
    await from.record({ action: 'endorse', bill: billNumber, args: { to: recipient, manner } })
    await from.record({ action: 'offerPossession', bill: billNumber, args: { to: recipient, expiresAt: inDays(3) } })
    await to.record({ action: 'acceptOffer', bill: billNumber, args: {} })
  })
}

async function surrenderAndDeliver(people: People, { billNumber, holder, freight }: { billNumber: BillNumber; holder: Desk; freight: 'prepaid' | 'settled' }): Promise<void> {
  const { clerk, terminal } = people
  const bill = await holder.client.call('bill', { params: { billNumber } })
  const [firstBox] = bill.containers
  if (!firstBox) throw new Error('a bill without boxes')
  const early = await terminal.client.call('gateCheck', { query: { code: firstBox.number } })
  story.fact(`gate, before surrender: ${firstBox.number}`, `${early.word} ${early.reasons.map((reason) => `${reason.code} ${reason.message}`).join('; ')}`)
  if (early.word !== 'HOLD') throw new Error('the gate must hold a box that was not surrendered')
  await story.step('surrendered for delivery and accepted by the carrier', async () => {
    await holder.record({ action: 'requestSurrender', bill: billNumber, args: { purpose: 'delivery', reason: null } })
    const { releases } = await clerk.client.call('prepareRelease', { params: { billNumber }, body: { days: 14 } })
    await clerk.record({ action: 'acceptSurrender', bill: billNumber, args: { freight, releases: releases as never } })
  })
  const { items: codes } = await holder.client.call('releaseCodes', { params: { billNumber } })
  await story.refused('a wrong release code at the gate', 'bad-release-code', async () => deliver(terminal, { container: firstBox.number, code: codes[0]?.code ?? '', shown: 'WRONG234' }))
  await story.step(`${codes.length} boxes delivered, each against its own code`, async () => {
    for (const { container, code } of codes) await deliver(terminal, { container, code, shown: code })
  })
  const end = await holder.client.call('bill', { params: { billNumber } })
  story.fact('state', end.standing.state)
  story.fact('track it', `${baseUrl}/bills/${billNumber}`)
  story.fact('verify it', `${baseUrl}/v/${billNumber}?h=${end.docHash.slice(0, 16)}`)
  if (end.standing.state !== 'ACCOMPLISHED') throw new Error('all boxes are out, so the bill must be accomplished')
}

/** What the gate does with a truck: scan, read the word, sign for the box, note the move. `shown` is the code on the driver's paper. */
async function deliver(terminal: Desk, { container, code, shown }: { container: ContainerNumber; code: string; shown: string }): Promise<void> {
  const verdict = await terminal.client.call('gateCheck', { query: { code, container } })
  if (verdict.word !== 'RELEASE' || !verdict.deliver) throw new Error(`${container} should have been released: ${verdict.reasons.map((reason) => reason.code).join(', ')}`)
  await terminal.record({ action: 'deliver', bill: verdict.deliver as never, args: { container, code: shown } })
  await terminal.client.call('gateMove', { body: { moveId: randomUUID(), direction: 'out', container, at: new Date().toISOString(), plate: '豫C·A1234' } })
}

/** Events are acknowledged when they are safe; the views follow a moment later. */
async function tellWhere(holder: Desk, billNumber: BillNumber): Promise<void> {
  let tracking = await holder.client.call('billTracking', { params: { billNumber } })
  for (let tries = 0; tries < 50 && tracking.legs.some((leg) => leg.progress !== 'done'); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    tracking = await holder.client.call('billTracking', { params: { billNumber } })
  }
  story.fact('legs', tracking.legs.map((leg) => `${leg.mode} ${leg.from}→${leg.to} ${leg.progress}`).join(' · '))
}

function inDays(days: number): Instant {
  return new Date(Date.now() + days * 86_400_000).toISOString() as Instant
}
