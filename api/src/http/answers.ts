import type { Request, Response } from 'express'
import type { FileAnswer, Status } from './handlers.ts'

export function isFileAnswer(result: unknown): result is FileAnswer {
  return typeof result === 'object' && result !== null && 'file' in result && 'contentType' in result
}

export function isStatus(result: unknown): result is Status<unknown> {
  return typeof result === 'object' && result !== null && 'json' in result && 'status' in result && typeof result.status === 'number'
}

/** What an account sees is not kept by caches in between. */
export function sendJson(response: Response, { status, json }: Status<unknown>): void {
  response.set('cache-control', 'no-store').status(status)
  if (status === 204 || json === undefined) response.end()
  else response.json(json)
}

export function sendFile(request: Request, response: Response, { file, contentType, name, etag }: FileAnswer): void {
  response.set({ 'content-disposition': dispositionOf(name, contentType), 'cache-control': 'private, no-cache', 'content-type': withCharset(contentType) })
  if (etag !== undefined) {
    const tag = `"${etag.replaceAll(/[^\w.+-]/g, '')}"`
    response.set('etag', tag)
    if (isAmong(tag, request.get('if-none-match'))) return void response.status(304).end()
  }
  response.status(200).send(typeof file === 'string' ? file : Buffer.from(file.buffer, file.byteOffset, file.byteLength))
}

/** RFC 6266: a plain name for old readers, the real one in UTF-8 beside it (RFC 8187). What a browser can show is shown. */
export function dispositionOf(name: string, contentType: string): string {
  const plain = name.normalize('NFKD').replaceAll(/[^\x20-\x7e]/g, '_').replaceAll(/["\\/]/g, '_')
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
  return `${contentType === 'application/pdf' ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${encoded}`
}

function withCharset(contentType: string): string {
  return /^text\//.test(contentType) && !contentType.includes('charset') ? `${contentType}; charset=utf-8` : contentType
}

function isAmong(tag: string, header: string | undefined): boolean {
  return header !== undefined && (header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === tag))
}
