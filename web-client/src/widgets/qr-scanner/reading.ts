import type { Answer, Question } from './zxing-worker.ts'

/** Reads codes from pictures: the browser's own detector where it has one for QR, else zxing in a worker. */
export interface CodeReader {
  read(picture: ImageBitmapSource & CanvasImageSource, size: { width: number; height: number }): Promise<string | null>
  close(): void
}

interface Detector { detect(source: ImageBitmapSource): Promise<readonly { readonly rawValue: string }[]> }
interface DetectorClass { new (options: { formats: readonly string[] }): Detector; getSupportedFormats(): Promise<readonly string[]> }

export async function makeCodeReader(): Promise<CodeReader> {
  return (await ownReader()) ?? zxingReader()
}

async function ownReader(): Promise<CodeReader | null> {
  const Detector = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector
  const formats = await Detector?.getSupportedFormats().catch(() => []) ?? []
  if (!Detector || !formats.includes('qr_code')) return null
  const detector = new Detector({ formats: ['qr_code', 'code_128'].filter((format) => formats.includes(format)) })
  return {
    async read(picture) {
      return (await detector.detect(picture))[0]?.rawValue ?? null
    },
    close: () => undefined,
  }
}

function zxingReader(): CodeReader {
  const worker = new Worker(new URL('./zxing-worker.ts', import.meta.url), { type: 'module' })
  const canvas = document.createElement('canvas')
  let last = 0
  return {
    read(picture, { width, height }) {
      const scale = Math.min(1, 960 / Math.max(width, height, 1))
      canvas.width = Math.max(1, Math.round(width * scale))
      canvas.height = Math.max(1, Math.round(height * scale))
      const context = canvas.getContext('2d', { willReadFrequently: true })
      if (!context) return Promise.resolve(null)
      context.drawImage(picture, 0, 0, canvas.width, canvas.height)
      const id = (last += 1)
      const image = context.getImageData(0, 0, canvas.width, canvas.height)
      return new Promise((resolve, reject) => {
        const listen = ({ data }: MessageEvent<Answer>): void => {
          if (data.id !== id) return
          worker.removeEventListener('message', listen)
          if (data.fault) reject(new Error(data.fault))
          else resolve(data.text)
        }
        worker.addEventListener('message', listen)
        worker.postMessage({ id, image } satisfies Question, [image.data.buffer])
      })
    },
    close() {
      worker.terminate()
    },
  }
}
