import { MongoClient } from 'mongodb'
const c = await MongoClient.connect(process.env['YIDAN_TEST_MONGODB_URI']!)
const db = c.db('zz_update')
const onTheWay = { 'state.leg': { $gt: 0 } }
const indexes: any[] = [
  { key: { followers: 1, _id: 1 } }, { key: { services: 1 } }, { key: { billId: 1 } }, { key: { billNumber: 1, _id: 1 } },
  { key: { 'state.movement': 1, _id: 1 } }, { key: { followers: 1, 'state.movement': 1, _id: 1 } },
  { key: { _id: 1, 'state.leg': 1 }, partialFilterExpression: onTheWay, name: 'on the way' }, { key: { followers: 1, _id: 1, 'state.leg': 1 }, partialFilterExpression: onTheWay, name: 'on the way, followed' },
  { key: { services: 1, _id: 1 }, partialFilterExpression: onTheWay, name: 'on the way, by unit' },
  { key: { 'state.customsHold': 1, _id: 1 }, partialFilterExpression: { 'state.customsHold': true }, name: 'held by customs' },
]
const n = 1000
const doc = (i: number, k: number) => ({ _id: 'BOX' + i, billId: 'b' + (i >> 2), billNumber: 'LYLG' + (i >> 2), docHash: 'a'.repeat(64), followers: ['p1', 'p2', 'p3', 'p4'].map((x) => x + 'f'.repeat(30)), services: ['X9136', 'COSCO STAR 22E'], since: 10, position: k,
  state: { movement: 'GATED_IN', leg: 1, aboard: false, legs: [1, 2, 3].map((number) => ({ number, on: null, off: null, service: null })), empty: false, seals: ['S1'], sealMismatch: false, customsHold: false, resealed: null, newest: { at: '2026-11-02T00:00:' + k, rank: 3, eventID: 'x' + k }, seen: { at: '2026-11-02T00:00:' + k, eventID: 'x' + k, place: { name: 'Qingdao', code: 'CNTAO' }, latitude: null, longitude: null }, withdrawn: [] } })
async function variant(name: string, which: any[], make: (i: number, k: number) => any) {
  const col = db.collection<any>('v')
  await col.drop().catch(() => 0)
  await col.insertMany(Array.from({ length: 20000 }, (_, i) => doc(i, 0)))
  if (which.length) await col.createIndexes(which)
  const times: number[] = []
  for (let k = 1; k <= 12; k++) {
    const updates = Array.from({ length: n }, (_, i) => ({ q: { _id: 'BOX' + ((i * 7 + k * 1000) % 20000) }, u: make((i * 7 + k * 1000) % 20000, k), upsert: true }))
    const t = performance.now()
    await db.command({ update: 'v', updates, ordered: false, writeConcern: { w: 1 } })
    times.push(performance.now() - t)
  }
  times.sort((a, b) => a - b)
  console.log(name.padEnd(45), 'min', times[0]!.toFixed(0), 'median', times[6]!.toFixed(0))
}
const set = (i: number, k: number) => { const d = doc(i, k); return { $set: { position: d.position, 'state.newest': d.state.newest, 'state.seen': d.state.seen } } }
for (let round = 0; round < 2; round++) {
  await variant('replace, 10 indexes', indexes, doc)
  await variant('replace, no index', [], doc)
  await variant('replace, 4 indexes', indexes.slice(0, 4), doc)
  await variant('$set changed fields, 10 indexes', indexes, set)
  await variant('$set changed fields, no index', [], set)
  await variant('$set whole state, 10 indexes', indexes, (i, k) => ({ $set: { position: k, state: doc(i, k).state } }))
}
await db.dropDatabase(); await c.close()
