/**
 * ISO 6346:2022 size-type codes in use, with the greatest gross mass on the safety plate (CSC) that is common for the type. ISO 668:2020
 * lets newer boxes go to 36 000 kg; a box with such a plate is told by its owner, so the lower common figure is the limit here.
 */
export const sizeTypes = {
  source: 'ISO 6346:2022 annex D and E; common CSC plates of ISO 668 series 1 boxes',
  version: '2026-11',
  types: {
    '20G0': 30_480, '20G1': 30_480, '22G0': 30_480, '22G1': 30_480, '25G1': 30_480, '22V0': 30_480, '22V2': 30_480, '22B0': 30_480,
    '22R0': 30_480, '22R1': 30_480, '25R1': 30_480, '22H0': 27_400, '22U0': 30_480, '22U1': 30_480, '25U1': 30_480, '2EU1': 35_000, '25L1': 35_000, '22P1': 34_000, '22P3': 34_000, '22P7': 34_000, '22S1': 30_480,
    '22T0': 36_000, '22T1': 36_000, '22T3': 36_000, '22T5': 36_000, '22T6': 36_000, '22T7': 36_000, '22T8': 36_000, '22K2': 36_000,
    '40G0': 32_500, '40G1': 32_500, '42G0': 32_500, '42G1': 32_500, '45G0': 32_500, '45G1': 32_500, '4CG1': 32_500, '4EG1': 32_500, '42V0': 32_500,
    '42R0': 34_000, '42R1': 34_000, '45R0': 34_000, '45R1': 34_000, '42H0': 34_000, '42U1': 32_500, '45U1': 32_500, '45U6': 32_500, '42P1': 45_000, '42P3': 45_000, '45P3': 50_000, '45P8': 50_000, '42S1': 32_500, '42T6': 36_000,
    'L0G1': 34_000, 'L2G1': 34_000, 'L5G0': 34_000, 'L5G1': 34_000, 'LEG1': 34_000, 'L5R1': 34_000,
  } as Readonly<Record<string, number>>,
  /** What people write instead: group codes of ISO 6346 and the words of the trade. */
  spokenFor: {
    '20GP': '22G1', '22GP': '22G1', '20DC': '22G1', '20DV': '22G1', '40GP': '42G1', '42GP': '42G1', '40DC': '42G1', '40DV': '42G1', '40HC': '45G1', '40HQ': '45G1', '45GP': '45G1', '45HC': 'L5G1', '45HQ': 'L5G1',
    '20RF': '22R1', '22RT': '22R1', '40RF': '42R1', '40RH': '45R1', '45RT': '45R1', '20OT': '22U1', '22UT': '22U1', '40OT': '42U1', '42UT': '42U1', '20FR': '22P3', '40FR': '42P3', '20TK': '22T6', '22TN': '22T6',
  } as Readonly<Record<string, string>>,
} as const

export const isReefer = (sizeType: string): boolean => /^..R/.test(sizeType)
