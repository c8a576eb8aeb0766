/** A stretch of time as people say it, for `t('track.span.' + unit, { count })`: hours up to two days, then days. */
export function spanOf(ms: number): { readonly unit: 'minutes' | 'hours' | 'days'; readonly count: number } {
  const hours = ms / 3_600_000
  if (hours < 1) return { unit: 'minutes', count: Math.max(1, Math.round(ms / 60_000)) }
  return hours < 48 ? { unit: 'hours', count: Math.round(hours) } : { unit: 'days', count: Math.round(hours / 24) }
}
