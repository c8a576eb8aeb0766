// npm run build: ledger, API and web client, each when its sources have changed.
import { refuseOldNode } from './node-version.mjs'

refuseOldNode()
import('./prepare.mjs').then(async function ({ prepareBuild }) {
  const { endWith } = await import('./say.mjs')
  await prepareBuild().catch(endWith)
})
