import { parentOf } from './process-identity.mjs'
import { endWith, say } from './say.mjs'
import { startServer, stopServer } from './server.mjs'

/** npm start. Ends when it is told to (Ctrl-C, SIGTERM), with everything it started; with 1 and one clear message when it cannot go on. */
export async function runStart() {
  const begun = Date.now()
  /** @type {import('./server.mjs').Running} */
  const running = {}
  let stopping = false
  const stop = async (/** @type {number} */ code, /** @type {unknown} */ fault) => {
    if (stopping) return
    stopping = true
    if (fault === undefined) say('\nStopping …')
    await stopServer(running)
    if (fault !== undefined) await endWith(fault)
    say('Stopped. Everything is kept for the next start.')
    process.exit(code)
  }
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => void stop(0, undefined))
  stopWithParent(() => void stop(0, undefined))
  try {
    const address = await startServer(running, (fault) => void stop(1, fault))
    if (stopping) return
    say(`\nYidan runs after ${((Date.now() - begun) / 1000).toFixed(1)} s. Stop it with Ctrl-C.\n\n    ${address}\n`)
  } catch (fault) {
    await stop(1, fault)
  }
}

/**
 * npm may be killed without a word to its child: once it is gone we end as well. Between it and us there may be a shell.
 * @param {() => void} stop
 */
function stopWithParent(stop) {
  if (process.env['npm_lifecycle_event'] === undefined) return
  const ancestors = () => `${process.ppid} ${parentOf(process.ppid)}`
  const atStart = ancestors()
  const watch = setInterval(() => {
    if (ancestors() === atStart) return
    clearInterval(watch)
    stop()
  }, 1_000)
  watch.unref()
}
