import { CompanyInput } from '@yidan/api/contract'
import { Problem } from '../http/problem.ts'
import { addPerson, createCompany, isDuplicate, takeInRegistrar, type Parties } from '../parties/index.ts'
import type { Ports } from '../ports.ts'
import { makeDemoAdministrator } from './administrator.ts'
import { cast, registrarPeople, type DemoPerson } from './cast.ts'

/** The demo's companies and people, at the first start with the demo on: side by side, so that the ledger takes them in a few writes. What is there already stays as it is. */
export async function seedDemo(ports: Ports, parties: Parties): Promise<void> {
  const registrar = takeInRegistrar(ports, parties.store).then(({ _id }) => takeInPeople(ports, parties, _id, registrarPeople))
  await Promise.all([registrar, ...cast.map((member) => takeInMember(ports, parties, member))])
}

async function takeInMember(ports: Ports, parties: Parties, { company, people }: (typeof cast)[number]): Promise<void> {
  const partyId = await takenIn(ports, parties, CompanyInput.parse(company))
  const known = await parties.directory.byParty(partyId)
  if (known !== null) await Promise.all([takeInPeople(ports, parties, known.id, people), makeDemoAdministrator(ports, partyId)])
}

async function takenIn(ports: Ports, { store, directory }: Parties, input: CompanyInput) {
  const identity = { ...(input.creditCode && { creditCode: input.creditCode }), ...(input.lei && { lei: input.lei }), ...(input.vat && { vat: input.vat }) }
  const known = await directory.find(identity)
  if (known !== null) return known.partyId
  try {
    return (await createCompany({ ports, store, input })).partyId
  } catch (error) {
    // Another process was faster.
    const there = error instanceof Problem && error.code === 'company-exists' ? await directory.find(identity) : null
    if (there === null) throw error
    return there.partyId
  }
}

async function takeInPeople(ports: Ports, parties: Parties, companyId: Parameters<typeof addPerson>[1]['companyId'], people: readonly DemoPerson[]): Promise<void> {
  await Promise.all(people.map((person) => takeInPerson(ports, parties, companyId, person)))
}

/** Demo people have no password: they sign in by their account's name, while the demo is on. Their keys are made in the browser. */
async function takeInPerson(ports: Ports, { store }: Parties, companyId: Parameters<typeof addPerson>[1]['companyId'], { account, name, roles }: DemoPerson): Promise<void> {
  try {
    await addPerson(store, { companyId, name, email: `${account}@demo.yidan.example`, roles, passwordHash: null, demoAccount: account }, ports.clock())
  } catch (error) {
    if (!isDuplicate(error)) throw error
  }
}
