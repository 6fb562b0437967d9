import { describe, expect, it } from 'vitest'
import { count, share, timeOfDay, timer } from './format'

describe('a timer', () => {
  it.each([
    [0, '0:00'],
    [7.9, '0:07'],
    [760, '12:40'],
    [3909, '1:05:09'],
    [-3, '0:00'],
  ])('of %s seconds reads %s', (seconds, text) => expect(timer(seconds)).toBe(text))
})

describe('figures', () => {
  it('are written as the locale does', () => {
    expect(share(0.0312, 'en')).toBe('3.1%')
    expect(count(12345, 'zh-CN')).toBe('12,345')
  })
  it('that are not known are a dash', () => {
    expect(share(null, 'en')).toBe('–')
    expect(count(undefined, 'en')).toBe('–')
  })
})

it("a time of day is the zone's", () => {
  expect(timeOfDay(1_795_302_949, 'en', 'Asia/Shanghai')).toMatch(/^\d\d:\d\d$/)
  expect(timeOfDay(0, 'en', 'UTC')).toBe('00:00')
  expect(timeOfDay(0, 'en', 'Asia/Shanghai')).toBe('08:00')
})
