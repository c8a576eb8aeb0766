import { draftCommand, uuidv7, type Instant, type SignedCommand } from '@yidan/ledger'
import { signCommand } from '@yidan/ledger/signing'
import type { Collection } from 'mongodb'
import { randomBytes } from 'node:crypto'
import { billDesk } from '../../api/src/bills/desk.ts'
import { takeCommand } from '../../api/src/bills/commands.ts'
import type { Caller } from '../../api/src/access/caller.ts'
import { demoDesk, readyToIssue } from '../support/demo-desks.ts'
import { openPlatform } from '../support/open-platform.ts'
import { concurrently, figure, inTurns, type Figure } from './measure.ts'

const workers = 32
const perRound = 64
const rounds = 4

/** The whole issue on the server (platform checks, both signatures, ledger, log, views), without HTTP and without the PDF, which was made when the issue was prepared. */
export async function billIssue(raw: Collection): Promise<Figure> {
  const platform = await openPlatform({ checkAnswers: false })
  const { url, ports, app } = platform
  const [clerk, signer, terminal, shipper] = [await demoDesk(url, '洛阳陆港', 'clerk'), await demoDesk(url, '洛阳陆港', 'signer'), await demoDesk(url, '场站', 'gate'), await demoDesk(url, 'Busan Battery')]
  const desk = billDesk(ports, app.parties.directory)
  const { person, company } = clerk.session
  const caller: Caller = { kind: 'person', sessionId: 'bench', person: { id: person.id, name: person.name, roles: person.roles, tag: person.person }, company: { id: company.id, partyId: company.partyId, name: company.name, roles: company.roles } }

  const ready: SignedCommand[] = []
  await concurrently(Array.from({ length: perRound * (rounds + 1) }, (_, index) => index), 4, async () => {
    const { issue } = await readyToIssue({ clerk, terminal, shipper })
    if (typeof issue.bill === 'string' || issue.at === undefined) throw new Error('a prepared issue names its stream and its moment')
    const command = draftCommand({
      ...issue.bill, action: 'issue', party: company.partyId, keyId: clerk.signer().keyId, args: issue.args, at: issue.at as Instant,
      commandId: uuidv7({ now: Date.now(), random: randomBytes(10) }), notAfter: new Date(Date.now() + 3_600_000).toISOString() as Instant,
    })
    ready.push(await signCommand(command, clerk.signer(), signer.signer()))
  })
  let batch: SignedCommand[] = []
  const measured = await inTurns({
    rounds,
    prepare: () => { batch = ready.splice(0, perRound) },
    baseline: () => concurrently(batch, workers, (command) => raw.insertOne({ command }, { writeConcern: { w: 'majority', j: true } })),
    subject: () => concurrently(batch, workers, (signed) => takeCommand(desk, { caller, signed, language: 'en' })),
  })
  await platform.close()
  return figure({ name: 'bill.issue', unit: 'bills/s', ...measured, goal: { atLeast: 0.4 }, note: `${workers} at once, until the views show it; baseline: insertOne {w: majority, j: true} of the same commands` })
}
