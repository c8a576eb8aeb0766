import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url'

export interface Question { readonly id: number; readonly image: ImageData }
export interface Answer { readonly id: number; readonly text: string | null; readonly fault?: string }

// The module comes from our own server, never from elsewhere.
prepareZXingModule({ overrides: { locateFile: (path: string, prefix: string) => (path.endsWith('.wasm') ? wasm : prefix + path) } })

addEventListener('message', ({ data: { id, image } }: MessageEvent<Question>) => {
  void readBarcodes(image, { formats: ['QRCode', 'Code128'], tryHarder: true, maxNumberOfSymbols: 1 })
    .then(([found]) => { postMessage({ id, text: found?.text ?? null } satisfies Answer) })
    .catch((fault: unknown) => { postMessage({ id, text: null, fault: String(fault) } satisfies Answer) })
})
