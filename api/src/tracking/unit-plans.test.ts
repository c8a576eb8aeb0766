import { expect } from 'chai'
import type { TrackingStore } from './store.ts'
import { openUnitPlans } from './unit-plans.ts'

describe('the plans of a unit', () => {
  it('are opened once as long as a bill stays as it is, and anew when it changes', async () => {
    const bills = [{ _id: 'b1', position: 1 }, { _id: 'b2', position: 1 }]
    const opened: string[][] = []
    const store = {
      bills: { kept: { find: () => ({ sort: () => ({ limit: () => ({ toArray: () => Promise.resolve(bills) }) }) }) } },
      billsById: (ids: readonly string[]) => (opened.push([...ids]), Promise.resolve(bills.filter(({ _id }) => ids.includes(_id)).map((bill) => ({ ...bill, legs: [{ number: bill.position, services: ['X8155'] }] })))),
    } as unknown as TrackingStore
    const plansOn = openUnitPlans(store)
    const numbers = async (): Promise<number[]> => (await plansOn(['X8155'])).map(({ number }) => number)
    expect([await numbers(), await numbers()]).to.deep.equal([[1, 1], [1, 1]])
    bills[1] = { _id: 'b2', position: 7 }
    expect(await numbers()).to.deep.equal([1, 7])
    expect(opened).to.deep.equal([['b1', 'b2'], [], ['b2']])
  })
})
