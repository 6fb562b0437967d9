import { describe, expect, it } from 'vitest'
import {
  daysFrom,
  faultOf,
  fieldsOf,
  momentOf,
  offsetAt,
  quickMoment,
  timeOf,
  withOffset,
  zoneAt,
  type Zone,
} from './calltime'
import { placeOf } from '@/time/format'

const shanghai: Zone = { name: 'Asia/Shanghai', offsetMinutes: 480 }
const newYork: Zone = { name: 'America/New_York', offsetMinutes: -300 }
const utc = (text: string) => Date.parse(text) / 1000

describe("a time on the lead's clock", () => {
  it.each([
    ['2026-01-31', '09:30', shanghai, '2026-01-31T01:30:00Z'],
    ['2026-01-31', '09:30', newYork, '2026-01-31T14:30:00Z'],
    ['2026-07-31', '09:30', newYork, '2026-07-31T13:30:00Z'],
    ['2026-11-01', '00:30', newYork, '2026-11-01T04:30:00Z'],
    ['2026-11-01', '09:00', newYork, '2026-11-01T14:00:00Z'],
  ])('%s %s is the right moment', (date, time, zone, moment) =>
    expect(momentOf(date, time, zone)).toBe(utc(moment)),
  )

  it('that the clocks skip is the hour after', () => {
    const at = momentOf('2026-03-08', '02:30', newYork)!
    expect(fieldsOf(at, newYork).time).toBe('03:30')
  })

  it('is read back as it was written', () => {
    const at = momentOf('2026-05-01', '18:15', newYork)!
    expect(fieldsOf(at, newYork)).toEqual({ date: '2026-05-01', time: '18:15' })
  })

  it('counts by the offset of the server where the browser has other rules', () => {
    const [winter, summer] = [utc('2026-01-31T12:00:00Z'), utc('2026-07-31T12:00:00Z')]

    expect(offsetAt(zoneAt('America/New_York', -300, winter), summer)).toBe(-240)
    const newer = zoneAt('America/New_York', -240, winter)
    expect([newer.name, offsetAt(newer, winter), offsetAt(newer, summer)]).toEqual([
      'America/New_York',
      -240,
      -240,
    ])
  })

  it('counts by the offset alone where the zone has no name', () => {
    const zone = { name: null, offsetMinutes: 330 }
    expect(momentOf('2026-05-01', '10:00', zone)).toBe(utc('2026-05-01T04:30:00Z'))
    expect(offsetAt({ name: 'Nowhere/City', offsetMinutes: 60 }, 0)).toBe(60)
  })

  it.each([
    ['', '10:00'],
    ['2026-05-01', ''],
    ['2026-05-01', '25:00'],
    ['tomorrow', 'ten'],
  ])('is none for %j %j', (date, time) => expect(momentOf(date, time, shanghai)).toBeNull())

  it('is sent with its offset', () => {
    expect(withOffset(utc('2026-01-31T14:30:00Z'), newYork)).toBe('2026-01-31T09:30:00-05:00')
    expect(withOffset(utc('2026-01-31T01:30:00Z'), shanghai)).toBe('2026-01-31T09:30:00+08:00')
  })
})

describe('a wish', () => {
  it.each([
    [null, 'empty'],
    [999, 'past'],
    [1000 + 8 * 86_400, 'far'],
    [1000 + 6 * 86_400, null],
  ])('for %s is %s', (at, fault) => expect(faultOf(at, 1000, 7)).toBe(fault))
})

describe('what is most often agreed on', () => {
  const now = utc('2026-05-01T20:07:00Z') // 04:07 of the next day in Shanghai
  it('is counted on the lead’s calendar', () => {
    expect(fieldsOf(quickMoment('tomorrow', now, shanghai), shanghai)).toEqual({
      date: '2026-05-03',
      time: '10:00',
    })
    expect(fieldsOf(quickMoment('hour', now, shanghai), shanghai).time).toBe('05:15')
    expect(fieldsOf(quickMoment('week', now, newYork), newYork).date).toBe('2026-05-08')
  })
})

describe('a zone', () => {
  it('is named by its city, or as Chinese names it', () => {
    expect(placeOf('America/New_York', 'en')).toBe('New York')
    expect(placeOf('Asia/Shanghai', 'zh-CN')).toBe('中国')
    expect(placeOf('Nowhere/City', 'zh-CN')).toBe('City')
  })
})

describe('a time that is typed', () => {
  it.each([
    ['9', '09:00'],
    ['14', '14:00'],
    ['930', '09:30'],
    ['1430', '14:30'],
    ['9:5', '09:05'],
    [' 09.30 ', '09:30'],
    ['9时30', '09:30'],
    ['24', null],
    ['12:60', null],
    ['', null],
    ['noon', null],
    ['12345', null],
  ])('%j is %s', (typed, time) => expect(timeOf(typed)).toBe(time))
})

it("days are those of the lead's calendar", () => {
  const now = utc('2026-02-27T20:00:00Z')
  expect(daysFrom(now, shanghai, 3)).toEqual(['2026-02-28', '2026-03-01', '2026-03-02'])
  expect(daysFrom(now, newYork, 1)).toEqual(['2026-02-27'])
})
