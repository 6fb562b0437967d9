import { describe, expect, it } from 'vitest'
import {
  BLANK,
  changesBetween,
  codeFor,
  faultAt,
  freeKeys,
  movedBy,
  type Row,
  whole,
} from './model'

const row = (code: string, more: Partial<Row> = {}): Row =>
  whole({ ...BLANK, code, title: code, ...more })

describe('a code', () => {
  it.each([
    ['Not interested', [], 'not_interested'],
    ['Sale!', ['sale'], 'sale_2'],
    ['成交', [], 'result_1'],
    ['成交', ['result_1'], 'result_2'],
    ['Über uns', [], 'u_ber_uns'],
  ])('%s', (name, taken, code) => expect(codeFor(name, taken)).toBe(code))
})

it('rows change places within the list', () => {
  const rows = [row('a'), row('b'), row('c')]
  expect(movedBy(rows, 1, -1).map((it) => it.code)).toEqual(['b', 'a', 'c'])
  expect(movedBy(rows, 2, 1)).toBe(rows)
})

it('a key is free when no other row that is offered has it', () => {
  const rows = [row('a', { key: 1 }), row('b', { key: 2, retired: true })]
  expect(freeKeys(rows, rows[0]!)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(freeKeys(rows, rows[1]!)).not.toContain(1)
})

it('what is wrong is known by its row and field', () => {
  expect(faultAt('rows.a.key: the key 3 is taken')).toEqual({
    code: 'a',
    field: 'key',
    text: 'the key 3 is taken',
  })
  expect(faultAt('rows: one must be left')).toBeNull()
})

it('what somebody else did is told row by row', () => {
  const before = [row('a'), row('b'), row('c')]
  expect(changesBetween(before, [row('b'), row('a', { title: 'x' }), row('d')])).toEqual([
    { code: 'c', kind: 'gone' },
    { code: 'a', kind: 'changed' },
    { code: 'd', kind: 'added' },
  ])
  expect(changesBetween(before, [row('b'), row('a'), row('c')])).toEqual([
    { code: 'b', kind: 'moved' },
    { code: 'a', kind: 'moved' },
  ])
})
