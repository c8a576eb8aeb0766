import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { ConfigFault, parseConfig, type Config } from './config.ts'
import { openDatabase } from './database.ts'
import { changeSecretKey, openSecretKeys, previousFiles } from './secret-key.ts'
import { StartFault } from './start-fault.ts'
import { openVault } from './vault/index.ts'

/** `npm run change-secret-key`: a new secret key, taken over at the next start. With `--finish`: the old one is deleted once nothing needs it. */
try {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const config = parseConfig(process.env)
  if (config.secretKey !== null) throw new StartFault('SECRET_KEY is set, so the key is not in the keys folder.', ['Put a new one in SECRET_KEY and the old one in SECRET_KEY_PREVIOUS, and start again.'])
  await (process.argv.includes('--finish') ? finish(config) : change(config))
} catch (error) {
  if (!(error instanceof StartFault || error instanceof ConfigFault)) throw error
  process.stderr.write(`\n${error.message}\n${error instanceof StartFault ? error.waysOut.map((way) => `  → ${way}\n`).join('') : ''}`)
  process.exitCode = 78
}

async function change({ keysDir }: Config): Promise<void> {
  const name = await changeSecretKey(keysDir)
  process.stdout.write(`The new secret key is ${name}. Start every API process again; then run this with --finish.\n`)
}

async function finish({ keysDir, mongodb, secretKey, previousSecretKeys }: Config): Promise<void> {
  if (mongodb.uri === null) throw new StartFault('MONGODB_URI is not set.', ['Set it, so that it can be checked that nothing needs the old key.'])
  const database = await openDatabase({ uri: mongodb.uri, database: mongodb.database })
  try {
    const vault = await openVault({ database, ring: await openSecretKeys({ given: secretKey, previous: previousSecretKeys, keysDir }), clock: () => new Date() })
    const left = await vault.rewrap()
    for (const file of await previousFiles(keysDir)) await rm(file)
    process.stdout.write(`${left} data keys were still wrapped with the old secret key; now none is, and it is deleted here. Delete it in the backups too: what was erased since cannot be opened from them then.\n`)
  } finally {
    await database.close()
  }
}
