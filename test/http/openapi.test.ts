import { routes, type Route } from '@yidan/api/contract'
import { expect } from 'chai'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openApiDocument } from '../../api/src/http/openapi.ts'

interface Operation { readonly operationId: string; readonly responses: Record<string, unknown>; readonly security: unknown[] }
const document = openApiDocument() as { openapi: string; paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, unknown>; responses: Record<string, unknown> } }

describe('the interface as OpenAPI', () => {
  it('is in docs/openapi.json as the routes say it now (npm run openapi prints it)', async () => {
    const printed = await readFile(join(import.meta.dirname, '../../docs/openapi.json'), 'utf8')
    expect(printed === `${JSON.stringify(document, null, 2)}\n`, 'docs/openapi.json has drifted: run npm run openapi').to.equal(true)
  })

  it('has every route, once', () => {
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId))
    expect(operations).to.have.members(Object.keys(routes))
  })

  it('refers to nothing that is not there', () => {
    const text = JSON.stringify(document)
    for (const [, section = '', name = ''] of text.matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)) expect(document.components, `${section}/${name}`).to.have.nested.property(`${section}.${name}`)
    expect(text).to.not.contain('#/$defs/')
  })

  it('names the problems of every operation, and who may without signing in', () => {
    for (const route of Object.values(routes) as Route[]) {
      const operation = document.paths[`/api/v1${route.path}`]?.[route.method]
      expect(Object.keys(operation?.responses ?? {}), route.path).to.include.members(['400', '401', '403', '404', '405', '409', '429', '503'])
      if (route.body || route.upload) expect(Object.keys(operation?.responses ?? {})).to.include.members(['413', '415', '422'])
    }
    expect(document.paths['/api/v1/system']?.['get']?.security).to.deep.equal([])
    expect(document.paths['/api/v1/bills']?.['get']?.security).to.have.length(2)
  })
})
