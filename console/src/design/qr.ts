import { encode } from 'uqr'

/** A QR code, row by row, true for dark; null for a text too long to be read off a screen. Made
 * here, since a picture service would learn the secret. */
export function matrixOf(text: string): boolean[][] | null {
  try {
    return encode(text, { ecc: 'M', border: 0, maxVersion: 10 }).data
  } catch {
    return null
  }
}

/** The dark modules as one SVG path in units of a module. */
export function pathOf(matrix: boolean[][]): string {
  const square = (on: boolean, x: number, y: number) => (on ? `M${x} ${y}h1v1h-1z` : '')
  return matrix.map((row, y) => row.map((on, x) => square(on, x, y)).join('')).join('')
}
