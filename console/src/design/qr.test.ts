import { expect, it } from 'vitest'
import { matrixOf, pathOf } from './qr'

/** Made and read by two other programs. */
const HI = `
#######..####.#######
#.....#..##.#.#.....#
#.###.#.##.##.#.###.#
#.###.#.##..#.#.###.#
#.###.#.#..##.#.###.#
#.....#.##..#.#.....#
#######.#.#.#.#######
........#.###........
#.#####.....#.#####..
.###.#.#..#.#..#....#
..##..##.#.#.#..####.
###.#....#.....##.#..
###.#.#....#.#..#.#.#
........#..####..#..#
#######...#.#.##...#.
#.....#.#######..#..#
#.###.#.#...#..#..#..
#.###.#.###.#..#..#..
#.###.#.#..#.#..###..
#.....#..##....##.#..
#######.#.##.#..####.
`

const drawn = (text: string) =>
  (matrixOf(text) ?? []).map((row) => row.map((dark) => (dark ? '#' : '.')).join('')).join('\n')

it('a code is the one that the standard says', () => expect(drawn('hi')).toBe(HI.trim()))

it.each([
  [14, 21],
  [15, 25],
  [106, 41],
  [152, 49],
  [180, 53],
  [213, 57],
])('%i bytes need %i modules', (bytes, size) => {
  expect(matrixOf('x'.repeat(bytes))).toHaveLength(size)
})

it('a text that is too long has none', () => expect(matrixOf('x'.repeat(214))).toBeNull())

it('is drawn as squares', () => {
  expect(
    pathOf([
      [true, false],
      [false, true],
    ]),
  ).toBe('M0 0h1v1h-1zM1 1h1v1h-1z')
})
