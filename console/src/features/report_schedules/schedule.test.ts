import { expect, it } from 'vitest'
import { clock, drafted, undrafted, type Schedule } from './schedule'

it('a form gives back what it was made of, and only what was changed', () => {
  const schedule = { weekdays: [1, 5], hour: 8, zone: 'Asia/Shanghai' } as Schedule
  expect(undrafted(drafted(schedule))).toEqual(schedule)
  expect(undrafted({ weekdays: ['5', '1'] })).toEqual({ weekdays: [1, 5] })
  expect(undrafted({ hour: '0' })).toEqual({ hour: 0 })
  expect(clock(8)).toBe('08:00')
})
