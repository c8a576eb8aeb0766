import { writeFile } from 'node:fs/promises'
import { openApiDocument } from '../src/http/openapi.ts'

const [file = 'docs/openapi.json'] = process.argv.slice(2)
await writeFile(file, `${JSON.stringify(openApiDocument(), null, 2)}\n`)
process.stdout.write(`${file} says what the routes say.\n`)
