import { expect, it } from 'vitest'
import { flat } from './model'

it('nested settings become dotted keys', () => {
  expect(flat({ a: { b: 1, c: null }, d: ['x'], trunk: [{ name: 'main', host: 'h' }] })).toEqual([
    ['a.b', '1'],
    ['a.c', '–'],
    ['d', '["x"]'],
    ['trunk[main].name', 'main'],
    ['trunk[main].host', 'h'],
  ])
})
