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
const { takeIn } = await import('../../api/src/tracking/commands.ts')
const { openJudge } = await import('../../api/src/tracking/index.ts')
const { containerNumbers } = await import('../support/bill-documents.ts')
const { aSender, equipment, openLog, received } = await import('../tracking/open-log.ts')
const open = await openLog()
const raw = open.database.collection('raw_bench')
const boxes = containerNumbers(2_000)
const judge = process.env.NOJUDGE ? undefined : openJudge(open)
let position = 0
const cpu = (f: NodeJS.CpuUsage) => { const u = process.cpuUsage(f); return Math.round((u.user + u.system) / 1000) }
for (let turn = 1; turn <= 4; turn += 1) {
  const fresh = Array.from({ length: 10 }, (_, batch) => Array.from({ length: 1000 }, (_unused, index) => equipment({
    container: boxes[(batch * 1000 + index) % boxes.length] ?? '', code: index % 2 ? 'LOAD' : 'GTIN', at: new Date(Date.now() - 3_600_000 + turn * 60_000 + batch * 1_000 + index).toISOString(),
    eventLocation: { locationName: 'Qingdao', UNLocationCode: 'CNTAO' }, transportCall: { modeOfTransport: 'RAIL', carrierServiceCode: 'X9136', UNLocationCode: 'CNLYA' },
  })))
  on = false
  let c = process.cpuUsage(), t = performance.now()
  for (const batch of fresh) await raw.insertMany(batch.map((event) => ({ ...received(event), at: new Date() })) as any, { writeConcern: { w: 'majority', j: true } })
  const rawMs = performance.now() - t, rawCpu = cpu(c)
  on = turn > 1
  c = process.cpuUsage(); t = performance.now()
  for (const items of fresh) position = (await takeIn({ eventLog: open.eventLog, sender: aSender, items, now: new Date(), language: 'en', judge })).position
  const ackMs = performance.now() - t, ackCpu = cpu(c)
  await open.feed.upTo(position, 120_000)
  console.log({ turn, rawMs: rawMs | 0, rawCpu, ackMs: ackMs | 0, ackCpu, allMs: performance.now() - t | 0, allCpu: cpu(c), ratio: (rawMs / ackMs).toFixed(2) })
}
for (const [key, { n, ms, docs }] of [...counts].sort((a, b) => b[1].n - a[1].n)) console.log(key.padEnd(70), String(n).padStart(6), (ms / n).toFixed(1).padStart(7), 'ms', docs ? (docs / n).toFixed(1) : '')
await open.close()
process.exit(0)
