import { describe, expect, it } from 'vitest'
import { changesOf, range, read, written, type Key, type Sheet } from './settings'

const key = (more: Partial<Key>): Key => ({
  key: 'k',
  value: null,
  default: null,
  source: 'default',
  kind: 'text',
  items: null,
  choices: null,
  may_lack: false,
  least: null,
  most: null,
  above: null,
  below: null,
  live: true,
  pacing: true,
  editable: true,
  doc: {},
  ...more,
})

describe('what is typed', () => {
  it.each([
    [key({ kind: 'integer', least: 5, most: 120 }), '20', { value: 20 }],
    [key({ kind: 'integer' }), '2.5', { fault: 'number' }],
    [key({ kind: 'integer', least: 5 }), '4', { fault: 'range' }],
    [key({ kind: 'number', above: 0 }), '0', { fault: 'range' }],
    [key({ kind: 'number' }), '', { fault: 'number' }],
    [key({ kind: 'integer', may_lack: true }), ' ', { value: null }],
    [key({ kind: 'boolean' }), 'true', { value: true }],
    [key({ kind: 'list', items: 'text' }), 'a\n\n b ', { value: ['a', 'b'] }],
    [key({ kind: 'list', items: 'integer' }), '1\nx', { fault: 'number' }],
    [key({ kind: 'table', items: 'integer' }), 'zh = 5', { value: { zh: 5 } }],
    [key({ kind: 'table', items: 'integer' }), 'zh', { fault: 'line' }],
    [key({}), ' as it is ', { value: ' as it is ' }],
  ])('%o %s', (of, text, result) => expect(read(of, text)).toEqual(result))
})

it('what is written can be read back', () => {
  const table = key({ kind: 'table', items: 'integer' })
  expect(read(table, written(table, { zh: 5, en: 2 }))).toEqual({ value: { zh: 5, en: 2 } })
})

it('the range is told in signs', () => {
  expect(range(key({ least: 5, most: 120 }))).toBe('5 – 120')
  expect(range(key({ above: 0, most: 60 }))).toBe('> 0, ≤ 60')
  expect(range(key({}))).toBe('')
})

it('only what differs is a change, and faults are told apart', () => {
  const sheet = {
    keys: [
      key({ key: 'ratio', kind: 'number', value: 1.5 }),
      key({ key: 'max_lines', kind: 'integer', value: 10 }),
      key({ key: 'title', value: 'x' }),
    ],
  } as Sheet
  expect(changesOf(sheet, { ratio: '2', max_lines: 'ten', title: 'x' })).toEqual({
    changes: { ratio: 2 },
    faults: { max_lines: 'number' },
  })
})
