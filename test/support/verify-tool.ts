import { join } from 'node:path'

const api = join(import.meta.dirname, '../../api')

/** How node is called for `npm run verify`: as npm test has built it (YIDAN_BUILT), which starts in a third of the time, else from source. */
export const verifyTool: readonly string[] = process.env['YIDAN_BUILT'] === 'yes' ? [join(api, 'dist/src/documents/verify-cli.js')] : ['--import', 'tsx', '--conditions=source', join(api, 'src/documents/verify-cli.ts')]
