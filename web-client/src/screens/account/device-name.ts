const browsers: readonly (readonly [string, RegExp])[] = [['Edge', /Edg\//], ['Opera', /OPR\//], ['微信 WeChat', /MicroMessenger/], ['Firefox', /Firefox\//], ['Chrome', /(Chrome|CriOS)\//], ['Safari', /Safari\//]]
const systems: readonly (readonly [string, RegExp])[] = [['Android', /Android/], ['HarmonyOS', /HarmonyOS/], ['iPhone', /iPhone/], ['iPad', /iPad/], ['Windows', /Windows/], ['macOS', /Mac OS X/], ['Linux', /Linux/]]

/** "Chrome · Windows" out of what a browser says of itself; what it says, shortened, when that is no browser we know. */
export function deviceName(userAgent: string): string {
  const found = [browsers, systems].flatMap((known) => known.find(([, mark]) => mark.test(userAgent))?.[0] ?? [])
  return found.length > 0 ? found.join(' · ') : userAgent.slice(0, 60) || '—'
}
