import type { LegView } from '@yidan/api/contract'

type Mode = LegView['mode']

/** Sign of each mode on a 16 by 16 field; told apart without colour. */
export const modeSign: Readonly<Record<Mode, string>> = {
  // A train's face over its rails.
  rail: 'M4 1h8a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2l2 3h-2l-1.6-2H5.6L4 15H2l2-3a2 2 0 0 1-2-2V3a2 2 0 0 1 2-2Zm0 2v4h8V3Zm1 5.4a1.1 1.1 0 1 0 .01 0Zm6 0a1.1 1.1 0 1 0 .01 0Z',
  // A hull with its boxes over a wave.
  sea: 'M7 1h3v3h3v3h1.5L13 11.5H3L1 7h3V4h3ZM1 13q1.75 1.6 3.5 0t3.5 0 3.5 0 3.5 0v1.6q-1.75 1.6-3.5 0t-3.5 0-3.5 0-3.5 0Z',
  // A lorry with cab and two wheels.
  road: 'M1 3h8v8H6.6a2 2 0 0 0-3.8 0H1Zm9 2h2.6L15 8v3h-.8a2 2 0 0 0-3.8 0H10ZM4.7 10.4a1.6 1.6 0 1 0 .01 0Zm7.6 0a1.6 1.6 0 1 0 .01 0Z',
}

/** The line of a mode from one x to another at height y: rails with sleepers, waves, a broken road line. */
export function modeLine(mode: Mode, from: number, to: number, y: number): { readonly path: string; readonly dash: string | null; readonly sleepers: string | null } {
  const straight = `M${fix(from)} ${y}H${fix(to)}`
  if (mode === 'road') return { path: straight, dash: '7 4', sleepers: null }
  if (mode === 'rail') return { path: straight, dash: null, sleepers: straight }
  const waves = Math.max(1, Math.round((to - from) / 9))
  const step = (to - from) / waves
  let path = `M${fix(from)} ${y}`
  for (let wave = 0; wave < waves; wave += 1) path += `q${fix(step / 2)} ${wave % 2 === 0 ? -4.5 : 4.5} ${fix(step)} 0`
  return { path, dash: null, sleepers: null }
}

function fix(value: number): string {
  return String(Math.round(value * 100) / 100)
}
