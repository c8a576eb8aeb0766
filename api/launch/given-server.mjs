import { Stop } from './say.mjs'

/**
 * The server that a person named, once it has answered.
 * @param {string} given BASE_URL as it was typed
 * @param {{ patienceMs?: number }} [options] how long it may take to answer
 * @returns {Promise<string>} its address without a slash at the end
 * @throws {Stop} when it is no address, nothing answers there, or something that is not Yidan
 */
export async function answeringServer(given, { patienceMs = 10_000 } = {}) {
  const address = given.trim().replace(/\/+$/, '')
  if (!/^https?:\/\/[^/\s]/.test(address) || !URL.canParse(address)) throw new Stop(`BASE_URL=${given} is not the address of a server.`, ['It looks like BASE_URL=http://127.0.0.1:8080', ...leaveOut])
  const answer = await ask(`${address}/health/live`, patienceMs)
  if (typeof answer === 'string') throw new Stop(`No server answers at ${address} (${answer}).`, [`Start it first (npm start), and see that BASE_URL is the address it prints.`, ...leaveOut])
  if (!answer.isOurs) throw new Stop(`What answers at ${address} is not Yidan (${answer.status}).`, ['See that BASE_URL is the address that npm start prints.', ...leaveOut])
  return address
}

const leaveOut = ['Or leave BASE_URL out: the server of this folder is used, or one is started for this run.']

/** @param {string} url @param {number} patienceMs @returns {Promise<string | { isOurs: boolean, status: number }>} why there was no answer, or what came */
async function ask(url, patienceMs) {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(patienceMs), redirect: 'manual' })
    const body = /** @type {unknown} */ (await answer.json().catch(() => null))
    return { isOurs: answer.ok && typeof body === 'object' && body !== null && 'live' in body, status: answer.status }
  } catch (error) {
    return reasonOf(error)
  }
}

/** @param {unknown} error what fetch threw @returns {string} */
function reasonOf(error) {
  if (!(error instanceof Error)) return 'no reason given'
  if (error.name === 'TimeoutError') return 'it did not answer in time'
  const cause = error.cause instanceof AggregateError ? error.cause.errors[0] : error.cause
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return words[code] ?? (code === '' ? error.message : code)
}

/** @type {Readonly<Record<string, string>>} */
const words = { ECONNREFUSED: 'connection refused', ENOTFOUND: 'no such host', EAI_AGAIN: 'the host’s name could not be looked up', EHOSTUNREACH: 'the host cannot be reached', ENETUNREACH: 'the network cannot be reached', ECONNRESET: 'the connection was cut' }
