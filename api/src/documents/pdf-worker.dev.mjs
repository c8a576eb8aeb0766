// The printing thread when run from TypeScript source: a thread does not inherit tsx, so it is taught here. Never built.
import { register } from 'tsx/esm/api'

register()
await import('./pdf-worker.ts')
