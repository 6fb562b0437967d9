import { describe, expect, it } from 'vitest'
import { readDates, readWindows, writtenDates } from './schedule'

describe('windows of a day', () => {
  it.each([
    ['9:00-12:00, 13:00-17:30', ['9:00-12:00', '13:00-17:30']],
    ['9:00 – 12:00，13:00~17:00', ['9:00-12:00', '13:00-17:00']],
    ['', []],
    ['8:00-24:00', ['8:00-24:00']],
    ['17:00-9:00', null],
    ['9-12', null],
    ['9:00-25:00', null],
    ['9:70-12:00', null],
  ])('%s', (text, windows) => expect(readWindows(text)).toEqual(windows))
})

describe('exceptions', () => {
  it('name a date, with windows or as a day off', () => {
    expect(readDates('2026-12-24: 9:00-12:00\n\n2026-12-25')).toEqual({
      '2026-12-24': ['9:00-12:00'],
      '2026-12-25': [],
    })
  })
  it('are refused where they are none', () => {
    expect(readDates('tomorrow')).toBeNull()
    expect(readDates('2026-13-45')).toBeNull()
    expect(readDates('2026-12-24: noon')).toBeNull()
  })
  it('are written as they are read', () => {
    const text = '2026-12-24: 9:00-12:00\n2026-12-25'
    expect(writtenDates(readDates(text)!)).toBe(text)
  })
})
