import { CompanyInput, CompanyRole, personRoles } from '@yidan/api/contract'
import { expect } from 'chai'
import { cast } from './cast.ts'

describe('the cast of the demo', () => {
  it('has identifiers with check characters that fit, each once', () => {
    const companies = cast.map(({ company }) => CompanyInput.parse(company))
    const identifiers = companies.map(({ creditCode, lei, vat }) => creditCode ?? lei ?? vat)
    expect(new Set(identifiers).size).to.equal(companies.length)
  })

  it('says of everything that it is a sample, has every role of people, and accounts that are told apart', () => {
    const people = cast.flatMap((entry) => entry.people)
    expect(new Set(people.flatMap(({ roles }) => roles))).to.deep.equal(new Set(personRoles))
    expect(new Set(people.map(({ account }) => account)).size).to.equal(people.length)
    for (const { company } of cast) expect(`${company.name} ${company.nameEn ?? ''}`).to.match(/示例|[Ss]ample/)
  })

  it('has a company for every role that a bill meets, and two people at the carrier', () => {
    const roles = new Set(cast.flatMap(({ company }) => company.roles))
    for (const role of CompanyRole.options) if (role !== 'guarantor') expect(roles.has(role), role).to.equal(true)
    expect(cast.find(({ company }) => company.roles.includes('carrier'))?.people).to.have.length(2)
  })

  it('leaves no demo company without an administrator', () => {
    for (const { company, people } of cast) expect(people.some(({ roles }) => roles.includes('administrator')), company.name).to.equal(true)
  })
})
