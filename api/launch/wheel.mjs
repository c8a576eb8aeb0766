import { inflateRawSync } from 'node:zlib'

/**
 * Takes one file out of a zip (a Python wheel is one).
 * @param {Buffer} zip
 * @param {string} ending how the file's path inside ends
 * @returns {Buffer | null} null when there is no such file
 */
export function fileInZip(zip, ending) {
  const end = zip.lastIndexOf(endOfDirectory)
  if (end < 0) return null
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const method = zip.readUInt16LE(at + 10)
    const packedSize = zip.readUInt32LE(at + 20)
    const nameLength = zip.readUInt16LE(at + 28)
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength)
    if (name.endsWith(ending)) {
      const local = zip.readUInt32LE(at + 42)
      const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
      const packed = zip.subarray(begin, begin + packedSize)
      return method === 0 ? packed : inflateRawSync(packed)
    }
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return null
}

const endOfDirectory = Buffer.from([0x50, 0x4b, 0x05, 0x06])
