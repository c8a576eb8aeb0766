import { actions, titleActionNames, withCheckDigit, type Title } from '@yidan/ledger'
import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { replacementActs } from '../../screens/bill/replacement-input.ts'
import { asks, isDialogAction, missing, previewArgs, questionsOf, surplusOf, type DialogAction } from './act-input.ts'
import { emptyInput, fields, type About, type ActInput, type Field } from './fields.ts'

const [own, other] = [`p${'1'.repeat(32)}`, `p${'2'.repeat(32)}`]
const box = withCheckDigit('TBJU000001'), lost = withCheckDigit('TBJU000002')
const title = { cargo: { [box]: { name: 'RECEIVED' }, [lost]: { name: 'LOST' } }, holds: [{ kind: 'DISPUTE', by: own }, { kind: 'FRAUD', by: other }], surrender: { purpose: 'delivery', by: other }, carrier: own } as unknown as Title
const about: About = { title, party: own, mayHold: (kind) => kind === 'DISPUTE' || kind === 'CARRIER_LIEN' }
const company = { partyId: other, name: 'Other' } as never
const answered: ActInput = {
  ...emptyInput(), to: company, bank: company, indemnifier: company, amount: '5,600,000', price: '6000000', costs: '1000', debt: '5600000', estimate: '12.5', dueDate: '2027-03-01', filedOn: '2026-11-21', sentOn: '2026-11-21', decidedOn: '2026-11-21',
  use: 'working capital', registryNumber: 'ZDW-1', decidedBy: 'a court', reference: '(2026) 1', authority: 'us', surveyor: 'CCIC', deliveredTo: 'somebody', court: 'a court', reason: 'because', notice: 'pay', words: 'words', instruction: 'keep them', security: 'a deposit',
  hold: 'DISPUTE', placedHold: 'DISPUTE', box, goneBox: lost,
}
const names = Object.keys(asks) as DialogAction[]

describe('the questions of title actions', () => {
  it('are there for every action on a bill that has no screen of its own', () => {
    const elsewhere = ['approve', 'issue', 'reissue', 'deliver', ...replacementActs]
    expect(titleActionNames.filter((name) => !isDialogAction(name) && !elsewhere.includes(name))).to.deep.equal([])
  })

  it('answered, give arguments that the ledger’s rules take', () => {
    for (const name of names) {
      expect(missing(name, answered, about), name).to.equal(null)
      const { success, error } = actions[name].args.safeParse(previewArgs(name, answered, title))
      expect(success, `${name}: ${error?.message}`).to.equal(true)
    }
  })

  it('are worded in both languages, each with its choices', () => {
    for (const language of ['zh', 'en']) {
      const { ask, askIn, choice, choiceHint, does, name: called } = (JSON.parse(readFileSync(join(import.meta.dirname, `../../i18n/parts/act.${language}.json`), 'utf8')) as Record<string, never>) as unknown as Record<string, Record<string, string & Record<string, string>>>
      for (const name of names) {
        expect(does?.[name] && called?.[name], `${language} ${name}`).to.be.a('string')
        for (const { name: question } of questionsOf(name, { ...answered, purpose: 'amendment' }, about)) {
          expect(ask?.[question] ?? askIn?.[name]?.[question], `${language} ${name} ${question}`).to.be.a('string')
          const field: Field = fields[question]
          if (field.kind !== 'choice' || question === 'currency') continue
          for (const one of field.of) expect(choice?.[question]?.[one] && (!field.explained || choiceHint?.[question]?.[one]), `${language} ${question} ${one}`).to.be.ok
        }
      }
    }
  })

  it('name the first that lacks its answer, and let an optional one be', () => {
    expect(missing('endorse', emptyInput(), about)).to.equal('to')
    expect(missing('endorse', { ...emptyInput(), manner: 'blank' }, about), 'in blank there is nobody to choose').to.equal(null)
    expect(missing('rejectOffer', emptyInput(), about)).to.equal(null)
    expect(missing('requestSurrender', { ...emptyInput(), purpose: 'amendment' }, about)).to.equal('reason')
    expect(missing('requestSurrender', { ...emptyInput(), purpose: 'amendment', change: 'SPLIT' }, about)).to.equal(null)
    expect(missing('reportLoss', { ...answered, estimate: '1.234' }, about), 'typed, it must be an amount').to.equal('estimate')
    expect(missing('offerPossession', { ...answered, offerDays: 31 }, about)).to.equal('offerDays')
  })

  it('let a court void a bill alone, or give the goods to a party by a new one', () => {
    const { success, data } = actions.voidByCourt.args.safeParse(previewArgs('voidByCourt', { ...answered, heir: { partyId: other, name: 'Other' } as never }, title))
    expect([success, data?.successor?.titleholder]).to.deep.equal([true, other])
    expect(missing('voidByCourt', { ...answered, heir: null }, about)).to.equal(null)
    expect(previewArgs('voidByCourt', { ...answered, heir: null }, title).successor).to.equal(null)
  })

  it('offer only holds that may be placed, that the own company placed, and boxes that it is about', () => {
    expect(missing('placeHold', { ...answered, hold: 'JUDICIAL' }, about)).to.equal('hold')
    expect(missing('liftHold', { ...answered, placedHold: 'FRAUD' }, about), 'placed by somebody else').to.equal('placedHold')
    expect(missing('settleIncident', { ...answered, goneBox: box }, about)).to.equal('goneBox')
  })

  it('tell what a sale leaves to the pledgor, to the cent, and never less than nothing', () => {
    expect(surplusOf(answered)).to.equal('399000.00')
    expect(surplusOf({ ...answered, price: '5000000' })).to.equal('0.00')
    expect(surplusOf({ ...answered, debt: '' })).to.equal(null)
  })
})
