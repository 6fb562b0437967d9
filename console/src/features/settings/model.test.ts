import { describe, expect, it } from 'vitest'
import {
  changesOf,
  faultAt,
  grouped,
  movedBetween,
  range,
  read,
  written,
  type Key,
  type Sheet,
} from './model'

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
  label: {},
  doc: {},
  group: 'about',
  unit: '',
  form: '',
  options: null,
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
    [key({ kind: 'number', unit: 'share', most: 1 }), '3', { value: 0.03 }],
    [key({ kind: 'number', unit: 'share', most: 1 }), '101', { fault: 'range' }],
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

it('a share is said in percent, and reads back as it was', () => {
  const share = key({ kind: 'number', unit: 'share', least: 0, most: 1 })
  for (const value of [0, 0.03, 0.07, 0.29, 1])
    expect(read(share, written(share, value))).toEqual({ value })
  expect(written(share, 0.07)).toBe('7')
  expect(range(share)).toBe('0 – 100')
})

describe('a search', () => {
  const keys = [
    key({ key: 'ring_timeout', group: 'times', label: { en: 'Let it ring for', zh: '最长振铃' } }),
    key({ key: 'title', group: 'about', label: { en: 'Name', zh: '名称' } }),
  ]
  it.each([
    ['振铃', ['times']],
    ['RING let', ['times']],
    ['title', ['about']],
    ['', ['times', 'about']],
    ['ring name', []],
  ])('%s', (text, groups) => expect(grouped(keys, text).map((it) => it.group)).toEqual(groups))
})

describe('what the server found wrong stands at its field', () => {
  const sheet = {
    subject: 'campaign/autumn.2',
    keys: ['region', 'caller_ids', 'calling.start', 'calling.end', 'needs'].map((it) =>
      key({ key: it }),
    ),
  } as Sheet
  it.each([
    ['campaign.autumn.2.region: must be a country', { key: 'region', text: 'must be a country' }],
    ['campaign.autumn.2.caller_ids[2]: must be', { key: 'caller_ids', text: 'must be' }],
    ['campaign.autumn.2.needs.zh: must be', { key: 'needs', text: 'must be' }],
    ['campaign.autumn.2.calling: end (8) must', { key: 'calling.end', text: 'end (8) must' }],
    ['region: can name a file', { key: 'region', text: 'can name a file' }],
    ['something else', null],
  ])('%s', (line, found) => expect(faultAt(sheet, line)).toEqual(found))
})

it('what somebody else changed is told with both values', () => {
  const one = key({ key: 'a', value: 1 })
  const before = { keys: [one, key({ key: 'b', value: [1] })] } as Sheet
  const now = { keys: [one, key({ key: 'b', value: [2] })] } as Sheet
  expect(movedBetween(before, now)).toEqual([{ key: now.keys[1], before: [1] }])
})
