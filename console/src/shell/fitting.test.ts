import { expect, it } from 'vitest'
import { fitting } from './fitting'

it.each([
  [[50, 50, 50], 150, 3],
  [[50, 50, 50], 149, 1],
  [[50, 50, 50], 10, 0],
  [[], 0, 0],
])('of %j in %i fit %i', (widths, room, wanted) => expect(fitting(widths, room, 60)).toBe(wanted))
