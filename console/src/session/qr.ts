/** A QR code (ISO/IEC 18004) for short texts: byte mode, error correction level M, versions 1 to 10.
 * Rendered here, since a picture service would learn the secret. */

export type Matrix = boolean[][]

/** By version, from 1: error correction bytes per block; groups of [blocks, data bytes of each]. */
const BLOCKS: readonly [number, readonly (readonly [number, number])[]][] = [
  [10, [[1, 16]]],
  [16, [[1, 28]]],
  [26, [[1, 44]]],
  [18, [[2, 32]]],
  [24, [[2, 43]]],
  [16, [[4, 27]]],
  [18, [[4, 31]]],
  [
    22,
    [
      [2, 38],
      [2, 39],
    ],
  ],
  [
    22,
    [
      [3, 36],
      [2, 37],
    ],
  ],
  [
    26,
    [
      [4, 43],
      [1, 44],
    ],
  ],
]
/** By version: where alignment patterns have their centres. */
const CENTRES: readonly (readonly number[])[] = [
  [],
  [6, 18],
  [6, 22],
  [6, 26],
  [6, 30],
  [6, 34],
  [6, 22, 38],
  [6, 24, 42],
  [6, 26, 46],
  [6, 28, 50],
]
const MASKS: readonly ((r: number, c: number) => boolean)[] = [
  (r, c) => (r + c) % 2 === 0,
  (r) => r % 2 === 0,
  (_, c) => c % 3 === 0,
  (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0,
  (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0,
  (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
]

/** The dark modules of the code, row by row; null for a text that is too long. */
export function matrixOf(text: string): Matrix | null {
  const bytes = [...new TextEncoder().encode(text)]
  const version = BLOCKS.findIndex((_, at) => bytes.length + (at < 9 ? 2 : 3) <= room(at + 1)) + 1
  if (version === 0) return null
  const bits = interleaved(version, padded(version, bytes))
  const found = MASKS.map((_, mask) => drawn(version, bits, mask))
  return found.reduce((best, one) => (penalty(one) < penalty(best) ? one : best))
}

/** The modules as one SVG path of unit squares, joined along rows. */
export function pathOf(matrix: Matrix): string {
  return matrix
    .map((row, r) => row.map((dark, c) => (dark ? `M${c} ${r}h1v1h-1z` : '')).join(''))
    .join('')
}

const room = (version: number): number =>
  BLOCKS[version - 1]![1].reduce((sum, [count, size]) => sum + count * size, 0)

/** Mode, length, data, end, filled up: the data bytes. */
function padded(version: number, bytes: number[]): number[] {
  const bits: number[] = []
  const put = (value: number, size: number) => {
    for (let at = size - 1; at >= 0; at--) bits.push((value >> at) & 1)
  }
  put(4, 4)
  put(bytes.length, version < 10 ? 8 : 16)
  for (const byte of bytes) put(byte, 8)
  const all = room(version) * 8
  put(0, Math.min(4, all - bits.length))
  put(0, (8 - (bits.length % 8)) % 8)
  for (let pad = 0xec; bits.length < all; pad ^= 0xec ^ 0x11) put(pad, 8)
  return Array.from({ length: all / 8 }, (_, n) =>
    bits.slice(n * 8, n * 8 + 8).reduce((sum, bit) => sum * 2 + bit, 0),
  )
}

/** Blocks with their error correction, byte by byte in turns, as bits. */
function interleaved(version: number, data: number[]): number[] {
  const [size, groups] = BLOCKS[version - 1]!
  const blocks: number[][] = []
  let at = 0
  for (const [count, length] of groups) {
    for (let n = 0; n < count; n++, at += length) blocks.push(data.slice(at, at + length))
  }
  const checks = blocks.map((block) => remainder(block, generator(size)))
  const longest = Math.max(...blocks.map((block) => block.length))
  const columns = (rows: number[][], width: number) =>
    Array.from({ length: width }, (_, n) =>
      rows.flatMap((row) => (n < row.length ? [row[n]!] : [])),
    ).flat()
  const bytes = [...columns(blocks, longest), ...columns(checks, size)]
  return bytes.flatMap((byte) => Array.from({ length: 8 }, (_, n) => (byte >> (7 - n)) & 1))
}

/** Product in GF(256) with the polynomial 0x11d. */
function times(a: number, b: number): number {
  let found = 0
  for (let at = 7; at >= 0; at--) {
    found = (found << 1) ^ ((found >> 7) * 0x11d)
    found ^= ((b >> at) & 1) * a
  }
  return found
}

/** The divisor for so many check bytes, without its leading 1. */
function generator(size: number): number[] {
  const found: number[] = [...Array<number>(size - 1).fill(0), 1]
  for (let n = 0, root = 1; n < size; n++, root = times(root, 2)) {
    for (let at = 0; at < size; at++) found[at] = times(found[at]!, root) ^ (found[at + 1] ?? 0)
  }
  return found
}

function remainder(data: number[], divisor: number[]): number[] {
  const found: number[] = Array<number>(divisor.length).fill(0)
  for (const byte of data) {
    const factor = byte ^ found.shift()!
    found.push(0)
    divisor.forEach((part, at) => (found[at] = found[at]! ^ times(part, factor)))
  }
  return found
}

function drawn(version: number, bits: number[], mask: number): Matrix {
  const size = version * 4 + 17
  const dark: (boolean | null)[][] = Array.from({ length: size }, () =>
    Array<boolean | null>(size).fill(null),
  )
  const set = (r: number, c: number, on: boolean) => {
    if (r >= 0 && c >= 0 && r < size && c < size) dark[r]![c] = on
  }
  for (let n = 0; n < size; n++) {
    set(6, n, n % 2 === 0)
    set(n, 6, n % 2 === 0)
  }
  for (const [r, c] of [
    [3, 3],
    [3, size - 4],
    [size - 4, 3],
  ] as const) {
    for (let y = -4; y <= 4; y++) {
      for (let x = -4; x <= 4; x++) {
        const ring = Math.max(Math.abs(x), Math.abs(y))
        set(r + y, c + x, ring !== 2 && ring !== 4)
      }
    }
  }
  align(version, size, set)
  inform(version, size, mask, set)
  fill(dark, bits, mask)
  return dark as Matrix
}

type Mark = (r: number, c: number, on: boolean) => void

function align(version: number, size: number, set: Mark): void {
  const centres = CENTRES[version - 1]!
  for (const r of centres) {
    for (const c of centres) {
      // Three corners have their finders.
      const isCorner =
        (r === 6 && c === 6) || (r === 6 && c === size - 7) || (r === size - 7 && c === 6)
      if (isCorner) continue
      for (let y = -2; y <= 2; y++) {
        for (let x = -2; x <= 2; x++) set(r + y, c + x, Math.max(Math.abs(x), Math.abs(y)) !== 1)
      }
    }
  }
}

/** Level, mask and version, each with its check bits, in both places. */
function inform(version: number, size: number, mask: number, set: Mark): void {
  const format = ((mask << 10) | divided(mask << 10, 0x537, 10)) ^ 0x5412
  const bit = (at: number) => ((format >> at) & 1) === 1
  for (let n = 0; n <= 5; n++) set(n, 8, bit(n))
  set(7, 8, bit(6))
  set(8, 8, bit(7))
  set(8, 7, bit(8))
  for (let n = 9; n < 15; n++) set(8, 14 - n, bit(n))
  for (let n = 0; n < 8; n++) set(8, size - 1 - n, bit(n))
  for (let n = 8; n < 15; n++) set(size - 15 + n, 8, bit(n))
  set(size - 8, 8, true)
  if (version < 7) return
  const said = (version << 12) | divided(version << 12, 0x1f25, 12)
  for (let n = 0; n < 18; n++) {
    const on = ((said >> n) & 1) === 1
    set(Math.floor(n / 3), size - 11 + (n % 3), on)
    set(size - 11 + (n % 3), Math.floor(n / 3), on)
  }
}

function divided(value: number, divisor: number, degree: number): number {
  let left = value
  for (let at = 31 - degree; at >= 0; at--) {
    if ((left >> (at + degree)) & 1) left ^= divisor << at
  }
  return left
}

/** Data from the lower right corner, two columns at a time, up and down. */
function fill(dark: (boolean | null)[][], bits: number[], mask: number): void {
  const size = dark.length
  let at = 0
  let goesUp = true
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5
    for (let n = 0; n < size; n++) {
      const r = goesUp ? size - 1 - n : n
      for (const c of [right, right - 1]) {
        if (dark[r]![c] !== null) continue
        const on = bits[at++] === 1
        dark[r]![c] = on !== MASKS[mask]!(r, c)
      }
    }
    goesUp = !goesUp
  }
}

/** How hard the code is to read, by the standard's four rules. */
function penalty(matrix: Matrix): number {
  const size = matrix.length
  const columns = matrix.map((_, c) => matrix.map((row) => row[c]!))
  let found = 0
  for (const line of [...matrix, ...columns]) {
    let length = 1
    for (let n = 1; n <= size; n++) {
      if (n < size && line[n] === line[n - 1]) length++
      else {
        if (length >= 5) found += length - 2
        length = 1
      }
    }
    const text = line.map((on) => (on ? '1' : '0')).join('')
    for (const pattern of ['10111010000', '00001011101']) {
      for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + 1)) found += 40
    }
  }
  for (let r = 0; r < size - 1; r++) {
    for (let c = 0; c < size - 1; c++) {
      const sum = [matrix[r]![c], matrix[r]![c + 1], matrix[r + 1]![c], matrix[r + 1]![c + 1]]
      if (new Set(sum).size === 1) found += 3
    }
  }
  const share = matrix.flat().filter(Boolean).length / (size * size)
  return found + Math.floor(Math.abs(share * 20 - 10)) * 10
}
