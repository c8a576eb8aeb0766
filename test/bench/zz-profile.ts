import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const { Connection } = require('mongodb/lib/cmap/connection.js')
const counts = new Map<string, { n: number; ms: number; docs: number }>()
let on = false
const original = Connection.prototype.command
Connection.prototype.command = async function (ns: any, cmd: any, ...rest: any[]) {
  const started = performance.now()
  try { return await original.call(this, ns, cmd, ...rest) } finally {
    if (on) {
      const name = Object.keys(cmd)[0]!
      const key = `${name} ${typeof cmd[name] === 'string' ? cmd[name] : ''} ${name === 'find' ? Object.keys(cmd.filter ?? {}).join() : ''}`
      const c = counts.get(key) ?? { n: 0, ms: 0, docs: 0 }
      c.n += 1; c.ms += performance.now() - started; c.docs += cmd.documents?.length ?? cmd.updates?.length ?? cmd.filter?._id?.$in?.length ?? 0
      counts.set(key, c)
    }
  }
}
const { openPlatform } = await import('../support/open-platform.ts')
const { containerNumbers } = await import('../support/bill-documents.ts')
const { equipment } = await import('../tracking/open-log.ts')
const { fork } = await import('node:child_process')
const { once } = await import('node:events')
const { join } = await import('node:path')
const platform = await openPlatform()
const { accounts } = await platform.client().call('demoAccounts', {})
const { cookie } = await platform.signInAs(accounts.find(({ companyRoles, roles }: any) => companyRoles.includes('terminal') && roles.includes('gate'))!.account)
const answers: number[] = []
async function send(batch: readonly unknown[]) {
  const t = performance.now()
  const answer = await platform.request('/api/v1/events', { method: 'POST', headers: { cookie, 'content-type': 'application/json', 'x-yidan': '1' }, body: JSON.stringify(batch) })
  const report: any = await answer.json()
  if (report.accepted !== batch.length) throw new Error(JSON.stringify(report))
  answers.push(performance.now() - t)
}
const sockets = 1000
const boxes = containerNumbers(sockets + 1).slice(1)
await send(boxes.map((container) => equipment({ container, code: 'GTIN', at: new Date(Date.now() - 60_000).toISOString() })))
const clients = fork(join(import.meta.dirname, 'live-clients.ts'), { execArgv: ['--import', 'tsx', '--conditions=source'] })
clients.send({ open: { url: platform.url, path: '/live', headers: { cookie }, rooms: boxes.map((box: string) => `container:${box}`), subscribe: true } })
await once(clients, 'message')
const counted = async () => { clients.send({ count: true }); return (await once(clients, 'message'))[0] as { frames: number; delays: number[] } }
const seconds = Number(process.env.SECONDS ?? 6), under = 20
let applies = 0, appliedEntries = 0
platform.ports.feed.onApplied((entries: any) => { if (on) { applies += 1; appliedEntries += entries.length } })
let cpu = process.cpuUsage()
for (let tick = 0; tick < 50 * seconds; tick += 1) {
  const due = performance.now() + 20
  const batch = Array.from({ length: under }, (_, index) => equipment({ container: boxes[(tick * under + index) % boxes.length] ?? '', code: 'INSP', at: new Date().toISOString() }))
  void send(batch)
  if (tick === 50) { await counted(); on = true; answers.length = 0; cpu = process.cpuUsage() }
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
}
await new Promise((resolve) => setTimeout(resolve, 1000))
on = false
const used = process.cpuUsage(cpu)
const { delays } = await counted()
const p = (v: number[], q: number) => Math.round([...v].sort((a, b) => a - b)[Math.floor(v.length * q)] ?? 0)
console.log({ frames: delays.length, p50: p(delays, .5), p90: p(delays, .9), p99: p(delays, .99), answer50: p(answers, .5), answer99: p(answers, .99), requests: answers.length, applies, appliedEntries, cpuMs: (used.user + used.system) / 1000 })
for (const [key, { n, ms, docs }] of [...counts].sort((a, b) => b[1].n - a[1].n)) console.log(key.padEnd(70), String(n).padStart(6), (ms / n).toFixed(1).padStart(7), 'ms', docs ? (docs / n).toFixed(1) : '')
clients.send({ close: true })
await platform.close()
process.exit(0)
