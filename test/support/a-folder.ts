import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder that goes with the test run at the latest: a process that is killed leaves what it has put there. */
export function aFolder(prefix: string): Promise<string> {
  return mkdtemp(join(process.env['YIDAN_TEST_FOLDER'] ?? tmpdir(), prefix))
}
