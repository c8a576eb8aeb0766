import type { CompanyInput, PersonRole } from '@yidan/api/contract'
import { creditCodeCheck, leiCheck } from '@yidan/ledger'
import type { z } from 'zod'

/** A company of the demo with the people who can be tried. All of them are made up. */
export interface DemoCompany {
  readonly company: z.input<typeof CompanyInput>
  readonly people: readonly DemoPerson[]
}
export interface DemoPerson { readonly account: string; readonly name: string; readonly roles: readonly PersonRole[] }

const everything: readonly PersonRole[] = ['administrator', 'clerk', 'signer']

/** The registrar's two people, whose signatures bind new keys to a company that lost all of its own. */
export const registrarPeople: readonly DemoPerson[] = [{ account: 'registrar-first', name: '朱登记', roles: ['administrator', 'signer'] }, { account: 'registrar-second', name: '秦复核', roles: ['administrator', 'signer'] }]

/** 17 characters with their check character, GB 32100-2015. */
function creditCode(first17: string): string {
  return first17 + creditCodeCheck(first17)
}

/** The parties of the sample bookings, and whoever else a bill meets on its way. */
export const cast: readonly DemoCompany[] = [
  {
    company: {
      name: '洛阳陆港多式联运有限公司（示例）', nameEn: 'Luoyang Land Port Multimodal Transport Co., Ltd. (sample)', creditCode: '91410300MA3X1LG01Q', country: 'CN', address: '河南省洛阳市涧西区东方红（洛阳）国际陆港', contact: '单证中心 0379-00000001',
      roles: ['carrier', 'forwarder'],
    },
    // Two people, so that the two-person rule can be tried.
    people: [{ account: 'carrier-clerk', name: '李单证', roles: ['clerk'] }, { account: 'carrier-signer', name: '王签发', roles: ['administrator', 'signer'] }],
  },
  {
    company: { name: '豫西农业装备有限公司（示例）', nameEn: 'Yuxi Farm Machinery Co., Ltd. (sample)', creditCode: '91410300MA3X2TR022', country: 'CN', address: '河南省洛阳市涧西区', contact: '外贸部 0379-00000002', roles: ['shipper'] },
    people: [{ account: 'shipper-machinery', name: '赵外贸', roles: everything }],
  },
  {
    company: { name: '洛龙钢制家具有限公司（示例）', nameEn: 'Luolong Steel Furniture Co., Ltd. (sample)', creditCode: '91410311MA3X3GF03R', country: 'CN', address: '河南省洛阳市洛龙区庞村镇', contact: '业务部 0379-00000003', roles: ['shipper'] },
    people: [{ account: 'shipper-furniture', name: '孙业务', roles: everything }],
  },
  {
    company: { name: '伊滨光伏科技有限公司（示例）', nameEn: 'Yibin Photovoltaic Technology Co., Ltd. (sample)', creditCode: '91410300MA3X4PW043', country: 'CN', address: '河南省洛阳市伊滨区', contact: '物流部 0379-00000004', roles: ['shipper'] },
    people: [{ account: 'shipper-solar', name: '周物流', roles: everything }],
  },
  {
    company: { name: 'Busan Battery Materials Co. (sample)', nameEn: 'Busan Battery Materials Co. (sample)', vat: 'KR1234567890', country: 'KR', address: 'Busan, Republic of Korea', roles: ['shipper'] },
    people: [{ account: 'shipper-busan', name: 'Kim Min-jun', roles: everything }],
  },
  {
    company: { name: '洛阳精密轴承有限公司（示例）', nameEn: 'Luoyang Precision Bearing Co., Ltd. (sample)', creditCode: '91410300MA3X5XC05E', country: 'CN', address: '河南省洛阳市高新区', contact: '外贸部 0379-00000005', roles: ['consignee', 'shipper'] },
    people: [{ account: 'consignee-bearing', name: '吴收货', roles: everything }],
  },
  {
    company: { name: 'Tashkent Quyosh Energiya MChJ (sample)', nameEn: 'Tashkent Quyosh Energiya MChJ (sample)', vat: 'UZ301234567', country: 'UZ', address: 'Tashkent, Uzbekistan', roles: ['consignee'] },
    people: [{ account: 'consignee-tashkent', name: 'Dilshod Karimov', roles: everything }],
  },
  {
    company: { name: 'HAFEN HANDELSBANK AG (sample)', nameEn: 'HAFEN HANDELSBANK AG (sample)', lei: `529900SAMPLEHAFEN0${leiCheck('529900SAMPLEHAFEN0')}`, country: 'DE', address: 'Hamburg, Germany', roles: ['bank'] },
    people: [{ account: 'bank-hafen', name: 'Anna Petersen', roles: everything }],
  },
  {
    company: { name: '洛阳示例银行股份有限公司', nameEn: 'Luoyang Sample Bank Co., Ltd.', creditCode: creditCode('91410300MA3X6BK06'), country: 'CN', address: '河南省洛阳市老城区', contact: '贸易金融部', roles: ['bank'] },
    people: [{ account: 'bank-luoyang', name: '郑信贷', roles: everything }],
  },
  {
    company: { name: '东方红（洛阳）国际陆港场站（示例）', nameEn: 'Dongfanghong (Luoyang) Land Port Terminal (sample)', creditCode: creditCode('91410300MA3X7TM07'), country: 'CN', address: '河南省洛阳市涧西区东方红（洛阳）国际陆港', contact: '闸口调度', roles: ['terminal'] },
    people: [{ account: 'terminal-gate', name: '钱闸口', roles: ['gate'] }, { account: 'terminal-manager', name: '冯站长', roles: ['administrator', 'clerk'] }],
  },
  {
    company: { name: '示例财险', nameEn: 'Sample Property Insurance Co., Ltd. (sample)', creditCode: creditCode('91410300MA3XB1N0B'), country: 'CN', address: '河南省洛阳市', contact: '理赔部', roles: ['insurer'] },
    people: [{ account: 'insurer', name: '沈理赔', roles: ['administrator', 'clerk'] }],
  },
  {
    company: { name: '洛阳铁路运输法院（示例）', nameEn: 'Luoyang Railway Transport Court (sample)', creditCode: creditCode('11410300MB3XCFY0C'), country: 'CN', address: '河南省洛阳市', roles: ['court'] },
    people: [{ account: 'court-judge', name: '韩法官', roles: ['administrator', 'signer'] }, { account: 'court-clerk', name: '杨书记员', roles: ['clerk', 'signer'] }],
  },
  {
    company: { name: '洛阳海关（示例）', nameEn: 'Luoyang Customs (sample)', creditCode: creditCode('11410300MB3X8HG08'), country: 'CN', address: '河南省洛阳市', roles: ['customs'] },
    people: [{ account: 'customs', name: '陈关员', roles: ['administrator', 'clerk'] }, { account: 'customs-second', name: '姜复核', roles: ['signer'] }],
  },
  {
    company: { name: '洛阳市口岸监管办公室（示例）', nameEn: 'Luoyang Port Supervision Office (sample)', creditCode: creditCode('11410300MB3X9JG09'), country: 'CN', address: '河南省洛阳市', roles: ['regulator'] },
    people: [{ account: 'regulator', name: '褚监管', roles: ['administrator'] }, { account: 'regulator-second', name: '沈复核', roles: ['signer'] }, { account: 'regulator-viewer', name: '卫查阅', roles: ['viewer'] }],
  },
  {
    company: { name: '一单平台运营有限公司（示例）', nameEn: 'Yidan Platform Operations Co., Ltd. (sample)', creditCode: creditCode('91410300MA3XAYD0A'), country: 'CN', address: '河南省洛阳市涧西区', contact: '运营中心', roles: ['operator'] },
    people: [{ account: 'operator', name: '蒋运营', roles: ['administrator', 'clerk'] }, { account: 'operator-second', name: '万复核', roles: ['administrator'] }],
  },
]
