// Compress the files of a built console beside themselves: node tools/console_pack.mjs FOLDER
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const TEXT = /\.(html|js|css|json|svg|webmanifest|wasm)$/
const [folder] = process.argv.slice(2)

for (const name of readdirSync(folder, { recursive: true })) {
  if (!TEXT.test(name)) continue
  const path = join(folder, name)
  const plain = readFileSync(path)
  // One network packet carries so much anyway.
  if (plain.length < 1200) continue
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
  }
  writeFileSync(`${path}.br`, brotliCompressSync(plain, { params }))
  writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }))
}
