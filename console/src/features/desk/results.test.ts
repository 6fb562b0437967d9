import { describe, expect, it } from 'vitest'
import { byDigit, grouped, missing, titleOf } from './results'
import type { Disposition } from './model'

const plain = { title: '', title_zh: '', key: null, asks_time: false }
const list: Disposition[] = [
  { ...plain, code: 'dnc', title: 'Do not call', group: 'dnc', key: 9 },
  { ...plain, code: 'sale', title: 'Sale', title_zh: '成交', group: 'sale', key: 1 },
  { ...plain, code: 'later', title: 'Later', group: 'callback', asks_time: true },
  { ...plain, code: 'no', title: 'Not interested', group: 'contact' },
]

describe('dispositions', () => {
  it('stand in groups, the sale first', () => {
    expect(grouped(list).map((it) => it.group)).toEqual(['sale', 'contact', 'callback', 'dnc'])
  })
  it('keep the key the campaign gave, and get the next free one else', () => {
    const digits = grouped(list).flatMap((it) => it.results.map((r) => [r.code, r.digit]))
    expect(digits).toEqual([
      ['sale', 1],
      ['no', 2],
      ['later', 3],
      ['dnc', 9],
    ])
    expect(byDigit(list, 2)?.code).toBe('no')
    expect(byDigit(list, 7)).toBeUndefined()
  })
  it('beyond nine have no key', () => {
    const many = Array.from({ length: 11 }, (_, n) => ({
      ...plain,
      code: `c${n}`,
      group: 'contact' as const,
    }))
    const digits = grouped(many).flatMap((it) => it.results.map((r) => r.digit))
    expect(digits.slice(8)).toEqual([9, null, null])
  })
  it("are named in the reader's language", () => {
    expect(titleOf(list[1]!, 'zh-CN')).toBe('成交')
    expect(titleOf(list[0]!, 'zh-CN')).toBe('Do not call')
    expect(titleOf({ ...plain, code: 'x' }, 'en')).toBe('x')
  })
})

describe('a wrap-up', () => {
  const none = { disposition: null, callBackAt: null }
  it('may be left without a disposition only where the campaign allows it', () => {
    expect(missing(none, list, true)).toBe('disposition')
    expect(missing(none, list, false)).toBeNull()
  })
  it('with a callback needs its time', () => {
    expect(missing({ disposition: 'later', callBackAt: null }, list, false)).toBe('time')
    expect(missing({ disposition: 'later', callBackAt: 5 }, list, true)).toBeNull()
  })
  it('takes no disposition that the campaign does not have', () => {
    expect(missing({ disposition: 'gone', callBackAt: null }, list, true)).toBe('disposition')
  })
})
