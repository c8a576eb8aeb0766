import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'

/**
 * A package for one organisation's peers: where its process answers and how they know each other. It carries no code, so its id says
 * nothing of the code; the label does.
 * @param {{ label: string, address: string, tls: { rootCertificate: string, clientCertificate: string, clientKey: string } }} options
 * @returns {{ id: string, bytes: Buffer }} the same for the same input, on every machine
 */
export function packageChaincode({ label, address, tls }) {
  const connection = { address, dial_timeout: '10s', tls_required: true, client_auth_required: true, client_key: tls.clientKey, client_cert: tls.clientCertificate, root_cert: tls.rootCertificate }
  const code = tarGz([{ name: 'connection.json', content: JSON.stringify(connection) }])
  const bytes = tarGz([
    { name: 'metadata.json', content: JSON.stringify({ path: '', type: 'ccaas', label }) },
    { name: 'code.tar.gz', content: code },
  ])
  return { id: `${label}:${createHash('sha256').update(bytes).digest('hex')}`, bytes }
}

/** @param {readonly { readonly name: string, readonly content: string | Buffer }[]} files */
function tarGz(files) {
  const end = Buffer.alloc(1_024)
  // Stored, not deflated: how well a zlib packs differs from one to the next.
  const packed = gzipSync(Buffer.concat([...files.map(tarEntry), end]), { level: 0 })
  // The header names the system that packed; "unknown" is the same everywhere.
  packed[9] = 255
  return packed
}

/** A file as tar keeps it: no owner, no time. @param {{ readonly name: string, readonly content: string | Buffer }} file */
function tarEntry({ name, content }) {
  const body = Buffer.from(content)
  const header = Buffer.alloc(512)
  header.write(name, 0, 'utf8')
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\x0000', 257, 'latin1')
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)])
}
