import { buildWhatChanged } from './build.mjs'
import { installPackages } from './install.mjs'
import { awaitLock } from './lock.mjs'
import { workshopLock } from './places.mjs'
import { say } from './say.mjs'

/**
 * Installs and builds what is missing or out of date.
 * @param {string} dataFolder of the server that may be using this clone
 */
export async function prepare(dataFolder) {
  await inWorkshop(async () => {
    await installPackages(dataFolder)
    await buildWhatChanged()
  })
}

/** Installs what is missing or out of date, and builds nothing. @param {string} dataFolder */
export async function preparePackages(dataFolder) {
  await inWorkshop(() => installPackages(dataFolder))
}

/** Builds what has changed. */
export async function prepareBuild() {
  await inWorkshop(buildWhatChanged)
}

/** One process of a clone at a time; the others wait. @param {() => Promise<void>} work */
async function inWorkshop(work) {
  const lock = await awaitLock(workshopLock, ({ pid }) => say(`… Waiting for process ${pid}, which installs or builds in this folder`))
  try {
    await work()
  } finally {
    lock.release()
  }
}
