import { afterEach, describe, expect, it } from 'vitest'
import KitTimeline, { type TimelineItem } from './KitTimeline.vue'
import { must, seen, shown } from './testing/mount'

const AT = 1_800_000_000
const ITEMS: TimelineItem[] = [
  { id: 'one', at: AT, title: 'Placed' },
  { id: 'two', at: AT, title: 'Rings' },
  { id: 'next', at: AT + 86_400, title: 'Called back', text: 'He was there' },
]
const order = () =>
  [...document.querySelectorAll('li[data-testid]')].map((it) => it.getAttribute('data-testid'))
afterEach(() => (document.body.innerHTML = ''))

describe('a timeline', () => {
  it('tells the newest first, day by day', async () => {
    await shown(KitTimeline as never, { items: ITEMS, zone: 'UTC', testid: 't' })
    expect(order()).toEqual(['t-next', 't-one', 't-two'])
    expect(document.querySelectorAll('h3')).toHaveLength(2)
    expect(must('t-next').textContent).toContain('He was there')
  })
  it('or as one thing went, to the second', async () => {
    const props = { items: ITEMS, zone: 'UTC', forwards: true, seconds: true, testid: 't' }
    await shown(KitTimeline as never, props)
    expect(order()).toEqual(['t-one', 't-two', 't-next'])
    expect(must('t-one').querySelector('time')?.textContent).toBe('08:00:00')
  })
  it('says in the reader’s words that there is nothing', async () => {
    await shown(KitTimeline as never, { items: [], testid: 't' }, { language: 'zh-CN' })
    expect(seen('t')).toBeNull()
    expect(document.body.textContent).toContain('暂无动态')
  })
})
