import { expect, it } from 'vitest'
import {
  change,
  changeText,
  chartOf,
  groupsOf,
  tone,
  valueText,
  withForecast,
  type Report,
} from './model'

const cell = (value: number | null) => ({ value, numerator: value, denominator: null })
const report = {
  by: ['day'],
  lines: [
    { keys: [], cells: [cell(30)] },
    { keys: ['2026-11-01'], cells: [cell(10)] },
    { keys: ['2026-11-02'], cells: [cell(20)] },
  ],
} as unknown as Report
const dials = { id: 'dials', unit: 'count', better: 'neither' } as never

it('a value is written as what it is, and no value as a dash', () => {
  expect(valueText(0.1834, 'rate', 'en')).toBe('18.3%')
  expect(valueText(3725.4, 'seconds', 'en')).toBe('1:02:05')
  expect(valueText(12345, 'count', 'en')).toBe('12,345')
  expect(valueText(7.25, 'per_hour', 'en')).toBe('7.3')
  expect(valueText(null, 'rate', 'en')).toBe('–')
})
it('a rate moves by points, everything else by a share; nothing is a share of nothing', () => {
  expect(changeText(change(0.2, 0.15, 'rate')!, 'rate', 'en')).toBe('+5 pp')
  expect(changeText(change(150, 100, 'count')!, 'count', 'en')).toBe('+50.0%')
  expect(change(5, 0, 'count')).toBeNull()
  expect(change(null, 1, 'rate')).toBeNull()
})
it('whether a move is good depends on the figure', () => {
  expect(tone(0.1, 'more')).toBe('good')
  expect(tone(0.1, 'less')).toBe('bad')
  expect(tone(0.1, 'neither')).toBe('')
  expect(tone(0, 'more')).toBe('')
})
it('the sum of all stands in no row and no bar', () => {
  expect(groupsOf(report)).toHaveLength(2)
  const chart = chartOf(report, dials, 0, (keys) => String(keys[0]), true)
  expect(chart?.labels).toEqual(['2026-11-01', '2026-11-02'])
  expect(chart?.series[0]?.values).toEqual([10, 20])
})
it('a forecast goes on where the report ends, and lies over the day that is not over', () => {
  const spec = chartOf(report, dials, 0, ([day]) => String(day), true)!
  const steps = ['2026-11-02', '2026-11-03'].map((key) => ({ key, bands: [[8, 10, 13]] }))
  const words = { now: 'Dials', low: 'Low', middle: 'Expected', high: 'High' }
  const names = ([day]: readonly unknown[]) => String(day)
  const found = withForecast(spec, report, { steps } as never, 0, names, words)
  expect(found.labels).toEqual(['2026-11-01', '2026-11-02', '2026-11-03'])
  expect(found.series.map((it) => [it.name, it.values])).toEqual([
    ['Dials', [10, 20, null]],
    ['Expected', [null, 10, 10]],
    ['Low', [null, 8, 8]],
    ['High', [null, 13, 13]],
  ])
})
