import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import { FIELDS, fieldsOf, followed, nameOf, rejectedAt, type Draft, type Import } from './model'
import { shownRow } from './rows'

const get = vi.fn()
const post = vi.fn()
beforeEach(() => {
  get.mockReset()
  post.mockReset().mockResolvedValue({})
  vi.spyOn(api, 'get').mockImplementation(get as never)
  vi.spyOn(api, 'post').mockImplementation(post as never)
})
afterEach(() => vi.restoreAllMocks())

const at = (state: Import['state'], rows = 0) => ({ id: 'i1', state, rows }) as Import
const noPause = () => Promise.resolve()

it('each column is sent as what was said of it, in the order of the file', () => {
  const draft = { columns: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] } as Draft
  expect(fieldsOf(draft, { c: 'number', a: null, b: 'custom' })).toEqual([
    'skip',
    'custom',
    'number',
  ])
  expect(FIELDS).not.toContain('skip')
})
it('a list is called as its file', () => {
  expect(nameOf('六月 名单.xlsx')).toBe('六月 名单')
  expect(nameOf('x.CSV')).toBe('x')
  expect(nameOf('a'.repeat(100))).toHaveLength(80)
})
it('rejected rows are asked for in the language of the reader', () => {
  expect(rejectedAt('i1', 'zh-CN')).toBe('/api/v1/imports/i1/rejected?language=zh')
  expect(rejectedAt('i1', 'en')).toBe('/api/v1/imports/i1/rejected?language=en')
})
it('an import is followed to its end', async () => {
  get.mockResolvedValueOnce(at('running', 5)).mockResolvedValueOnce(at('done', 9))
  const told = vi.fn()
  const done = await followed('i1', told, new AbortController().signal, noPause)
  expect(done.state).toBe('done')
  expect(told.mock.calls.map(([it]) => (it as Import).rows)).toEqual([5, 9])
  expect(post).not.toHaveBeenCalled()
})
it('who stops it is shown how it ended', async () => {
  const stop = new AbortController()
  get.mockImplementationOnce(() => {
    stop.abort()
    return Promise.resolve(at('running'))
  })
  get.mockResolvedValueOnce(at('cancelled', 3))
  const done = await followed('i1', () => undefined, stop.signal, noPause)
  expect(post).toHaveBeenCalledWith('/api/v1/imports/{import_id}/cancel', {
    path: { import_id: 'i1' },
  })
  expect(done.state).toBe('cancelled')
})
it('a row says what it becomes, or why it does not go in, in the language of the reader', () => {
  const row = {
    row: 4,
    taken: false,
    reason: 'no number',
    reason_zh: '没有号码',
    cells: ['王五', ''],
    name: '',
    numbers: [],
    timezone: null,
    language: null,
    fields: {},
  }
  const t = (key: string) => key
  expect(shownRow(row, 'zh-CN', t)).toMatchObject({ row: '4', state: '没有号码' })
  expect(shownRow(row, 'en', t).state).toBe('no number')
  const taken = {
    ...row,
    taken: true,
    reason: '',
    reason_zh: '',
    name: '张三',
    fields: { 城市: '上海' },
    numbers: [{ number: '+86138', kind: '', extension: '' }],
  }
  expect(shownRow(taken, 'zh-CN', t)).toEqual({
    row: '4',
    state: '',
    name: '张三',
    numbers: '+86138',
    more: '城市: 上海',
  })
})
