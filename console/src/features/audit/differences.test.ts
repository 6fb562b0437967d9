import { expect, it } from 'vitest'
import { differences } from './differences'

it('only what differs is told', () => {
  expect(differences({ a: 1, b: 'x' }, { a: 2, b: 'x', c: [1] })).toEqual([
    { key: 'a', before: '1', after: '2' },
    { key: 'c', before: null, after: '[1]' },
  ])
})
it('something new has no before', () => {
  expect(differences(null, { role: 'rep' })).toEqual([{ key: 'role', before: null, after: 'rep' }])
})
it('nothing is told of nothing', () => {
  expect(differences(null, null)).toEqual([])
  expect(differences('a', 'b')).toEqual([{ key: '', before: 'a', after: 'b' }])
})
