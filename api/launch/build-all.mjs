// npm run build: ledger, API and web client, each when its sources have changed.
import { refuseOldNode } from './node-version.mjs'

refuseOldNode()
import('./build.mjs').then(async function ({ buildWhatChanged }) {
  const { endWith } = await import('./say.mjs')
  await buildWhatChanged().catch(endWith)
})
