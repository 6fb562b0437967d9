import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { must, press, seen, shown, until } from '@/kit/testing/mount'
import CallbackCalendar from './CallbackCalendar.vue'
import { midnight, momentAt, type Entry } from './calendar'

const asked = vi.hoisted(() => ({
  calendar: vi.fn(),
  moveCallback: vi.fn(),
  dropCallback: vi.fn(),
}))
vi.mock('./api', () => asked)
vi.mock('@/shell/problems', () => ({ useProblems: () => ({ tell: vi.fn(), words: String }) }))

const DAY = midnight(Date.now() / 1000, 1)
const at = (hour: number, minute = 0) => momentAt(DAY, hour * 60 + minute)
const entry = (id: string, name: string, due_at: number): Entry => ({
  id,
  lead: id,
  lead_name: name,
  campaign: 'spring',
  number: '***127',
  due_at,
  owner: 'me',
  agent: 'anna',
  agent_name: 'Anna',
  made_by: 'anna',
  local_time: null,
  is_overdue: false,
  tries_at: due_at,
  why: '',
  hours: 0,
  in_hours: true,
})
const open = [{ since: at(9), until: at(20) }]

async function book(language: 'en' | 'zh-CN' = 'en') {
  asked.calendar.mockResolvedValue({
    now: DAY,
    callbacks: [entry('a', 'Ann', at(10)), entry('b', 'Bob', at(10, 30))],
    hours: [{ campaign: 'spring', zones: ['Asia/Shanghai'], open }],
    whole: true,
  })
  const page = await shown(CallbackCalendar, { agent: 'anna', start: 'day' }, { language })
  must('calendar-after').click()
  await until(() => seen('entry-a'))
  return page
}

describe('the calendar', () => {
  beforeEach(() => {
    asked.moveCallback.mockReset().mockResolvedValue({})
  })
  afterEach(() => {
    document.body.innerHTML = ''
  })

  it('moves a callback by the keyboard, and only when it is confirmed', async () => {
    await book()
    const own = must('entry-a')
    own.focus()
    press(own, 'ArrowDown')
    await until(() => must('calendar-when').textContent?.includes('10:15'))
    expect(asked.moveCallback).not.toHaveBeenCalled()

    press(must('entry-a'), 'Enter')
    await until(() => asked.moveCallback.mock.calls.length === 1)

    const [id, body] = asked.moveCallback.mock.calls[0]!
    expect(id).toBe('a')
    expect(Date.parse(body.due_at) / 1000).toBe(at(10, 15))
  })

  it('leaves it where it was on Escape', async () => {
    await book()
    press(must('entry-a'), 'ArrowUp')
    await until(() => seen('calendar-save'))
    press(must('entry-a'), 'Escape')
    await until(() => !seen('calendar-save'))

    expect(asked.moveCallback).not.toHaveBeenCalled()
  })

  it('says what clashes and what lies outside of calling hours', async () => {
    await book('zh-CN')
    press(must('entry-a'), 'ArrowDown')
    await until(() => seen('calendar-save'))
    press(must('entry-a'), 'ArrowDown')
    await until(() => seen('calendar-clash'))
    expect(must('calendar-clash').textContent).toContain('Bob')
    for (let n = 0; n < 46; n += 1) {
      press(must('entry-a'), 'ArrowDown')
      await Promise.resolve()
    }
    await until(() => seen('calendar-outside'))
    expect(must('calendar-outside').textContent).toContain('可呼叫时段')
  })

  it('shades the hours in which the chosen callee may not be called', async () => {
    await book()
    must('entry-a').click()

    await until(() => document.querySelectorAll('[data-testid="calendar-closed"]').length === 2)
  })
})
