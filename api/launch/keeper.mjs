// Keeps one mongod for the process at the other end of standard input. When that process ends, however it ends, the input closes and
// mongod is shut down in order. A mongod that dies by itself is started again.
import { spawn } from 'node:child_process'
import { noteProcess } from './process-identity.mjs'

const [note = '', mongod = '', ...args] = process.argv.slice(2)
const shutdownLimit = 30_000
const shortLife = 10_000
const lastLines = 1_500

let stopping = false
let child = startMongod()

function startMongod() {
  const born = Date.now()
  const started = spawn(mongod, args, { stdio: 'ignore' })
  if (started.pid !== undefined) noteProcess(note, started.pid)
  started.once('error', () => process.exit(127))
  started.once('exit', (code) => {
    if (stopping) process.exit(0)
    if (Date.now() - born < shortLife) process.exit(code ?? 1)
    child = startMongod()
  })
  return started
}

function stop() {
  if (stopping) return
  stopping = true
  child.kill('SIGTERM')
  setTimeout(() => child.kill('SIGKILL'), shutdownLimit).unref()
}

// Told to, at once. When the input just closes our parent was killed, and the API is stopping by itself: it may write its last lines.
let wasTold = false
process.stdin.once('data', () => {
  wasTold = true
  stop()
})
process.stdin.once('close', () => setTimeout(stop, wasTold ? 0 : lastLines))
process.stdin.once('error', stop)
process.on('SIGTERM', stop)
process.on('SIGINT', () => undefined)
process.on('SIGHUP', () => undefined)
