import { expect, it } from 'vitest'
import { changeOf, typedOf, type Lead } from './lead'
import { isMixed, left, shareOf, type LeadList } from './lists'

const list = (name: string, more: Partial<LeadList> = {}) =>
  ({
    campaign: 'spring',
    list: name,
    state: 'running',
    priority: 50,
    weight: 1,
    leads: { new: 2, retry: 3 },
    ...more,
  }) as LeadList

it('a list shares with those of its priority that run', () => {
  const all = [
    list('a', { weight: 3 }),
    list('b'),
    list('c', { state: 'stopped' }),
    list('d', { priority: 60 }),
    list('e', { campaign: 'autumn' }),
  ]
  expect(all.map((it) => shareOf(it, all))).toEqual([0.75, 0.25, null, 1, 1])
  expect(isMixed('spring', all)).toBe(true)
  expect(isMixed('autumn', all)).toBe(false)
})
it('who waits and who is new is still to be called', () => {
  expect(left(list('a'))).toBe(5)
})
it('a change says what its editor saw there before, and nothing else', () => {
  const lead = {
    name: '张三',
    language: null,
    timezone: null,
    priority: 50,
    numbers: [{ number: '+86138', kind: '', extension: '', attempts: 4, dead: false }],
    fields: { 城市: '上海', 等级: 'A' },
  } as unknown as Lead
  const base = typedOf(lead)
  expect(base.numbers).toEqual([{ number: '+86138', kind: '', extension: '', dead: false }])
  expect(changeOf({ name: '张山', 'field:城市': '北京', 'field:新': 'x' }, base)).toEqual({
    name: '张山',
    fields: { 城市: '北京', 新: 'x' },
    seen: { name: '张三', fields: { 城市: '上海', 新: '' } },
  })
})
