import { describe, expect, it } from 'vitest'
import {
  clashes,
  closedParts,
  daysOf,
  hoursShown,
  midnight,
  minuteOf,
  momentAt,
  movedBy,
  placed,
  type Entry,
} from './calendar'

const DAY = midnight(Date.UTC(2026, 5, 3, 12) / 1000)
const at = (hour: number, minute = 0) => momentAt(DAY, hour * 60 + minute)
const entry = (id: string, due_at: number, agent: string | null = 'anna'): Entry =>
  ({ id, due_at, agent, made_by: 'anna', hours: 0, in_hours: true }) as Entry

describe('a calendar of callbacks', () => {
  it('shows a week from Monday on, whatever day is looked at', () => {
    const days = daysOf('week', at(10))

    expect(days).toHaveLength(8)
    expect(new Date(days[0]! * 1000).getDay()).toBe(1)
    expect(daysOf('day', at(10))).toEqual([DAY, midnight(DAY, 1)])
  })

  it('puts those that overlap side by side, and no others', () => {
    const found = placed(
      [entry('a', at(10)), entry('b', at(10, 15)), entry('c', at(12))],
      DAY,
      DAY + 86_400,
    )

    expect(found.map((it) => [it.entry.id, it.lane, it.lanes])).toEqual([
      ['a', 0, 2],
      ['b', 1, 2],
      ['c', 0, 1],
    ])
  })

  it('gives a lane back when the one in it is over', () => {
    const found = placed(
      [entry('a', at(10)), entry('b', at(10, 15)), entry('c', at(10, 40))],
      DAY,
      DAY + 86_400,
    )

    expect(found.map((it) => it.lane)).toEqual([0, 1, 0])
  })

  it('tells of another callback of the same rep at nearly the same time', () => {
    const all = [entry('a', at(10)), entry('b', at(10, 9)), entry('c', at(10), 'bela')]

    expect(clashes(all, 'a', at(10), 'anna').map((it) => it.id)).toEqual(['b'])
    expect(clashes(all, 'a', at(11), 'anna')).toEqual([])
  })

  it('shades the parts of a day in which the callee may not be called', () => {
    const hours = {
      campaign: 'spring',
      zones: ['Asia/Shanghai'],
      open: [
        { since: at(9), until: at(12) },
        { since: at(14), until: at(20) },
      ],
    }

    expect(closedParts(hours, DAY, midnight(DAY, 1))).toEqual([
      [0, 540],
      [720, 840],
      [1200, 1440],
    ])
    expect(closedParts({ ...hours, open: [] }, DAY, midnight(DAY, 1))).toEqual([[0, 1440]])
  })

  it('has room for what is agreed on outside of usual hours', () => {
    expect(hoursShown([])).toEqual([8, 21])
    expect(hoursShown([entry('a', at(6)), entry('b', at(22, 30))])).toEqual([6, 23])
  })

  it('moves by a quarter of an hour and by days, keeping the time of day', () => {
    expect(movedBy('ArrowDown', at(10))).toBe(at(10, 15))
    expect(movedBy('ArrowUp', at(10))).toBe(at(9, 45))
    expect(minuteOf(movedBy('ArrowRight', at(10))!)).toBe(600)
    expect(movedBy('ArrowRight', at(10))).toBe(momentAt(midnight(DAY, 1), 600))
    expect(movedBy('Enter', at(10))).toBeNull()
  })
})
