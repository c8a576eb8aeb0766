import { expect } from 'chai'
import { faultCsv } from './fault-csv.ts'

describe('The fault list of an import, for Excel', () => {
  const heading = ['行', '列', '代码', '问题', '内容', '改法']

  it('says row, column, fault and cure, readable by Excel in Chinese', () => {
    const csv = faultCsv([{ pointer: '/containers/1/number', code: 'container-check-digit', message: '校验位错误，应为 8', value: 'LYDU0000030', row: 9, column: '箱号', severity: 'fault' }], heading)
    expect(csv).to.equal('\uFEFF行,列,代码,问题,内容,改法\r\n9,箱号,container-check-digit,校验位错误，应为 8,LYDU0000030,\r\n')
  })

  it('quotes commas and defuses what a spreadsheet would run, but leaves negative numbers alone', () => {
    const fault = (value: unknown) => ({ pointer: '/x', code: 'c', message: 'a, "b"', value, severity: 'fault' as const })
    const csv = faultCsv([fault('=HYPERLINK("x")'), fault(-5), fault('-2+3')], heading)
    expect(csv).to.include('"a, ""b"""')
    expect(csv).to.include('"\'=HYPERLINK(""x"")"')
    expect(csv).to.include(',-5,')
    expect(csv).to.include(",'-2+3,")
  })
})
