import { buildWhatChanged } from './build.mjs'
import { installPackages } from './install.mjs'
import { awaitLock } from './lock.mjs'
import { workshopLock } from './places.mjs'
import { say } from './say.mjs'

/**
 * Installs and builds what is missing or out of date. One process of a clone at a time; the others wait.
 * @param {string} dataFolder of the server that may be using this clone
 */
export async function prepare(dataFolder) {
  const lock = await awaitLock(workshopLock, ({ pid }) => say(`… Waiting for process ${pid}, which installs or builds in this folder`))
  try {
    await installPackages(dataFolder)
    await buildWhatChanged()
  } finally {
    lock.release()
  }
}
