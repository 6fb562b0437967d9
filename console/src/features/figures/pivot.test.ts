import { expect, it } from 'vitest'
import type { Report } from './model'
import { heatOf, pivotOf } from './pivot'

const cell = (value: number | null) => ({ value, numerator: value, denominator: null })
const line = (keys: (string | number | null)[], value: number | null) => ({
  keys,
  cells: [cell(value)],
  then: null,
})
const report = {
  by: ['hour', 'weekday'],
  lines: [
    line([], 60),
    line([9], 30),
    line([9, 1], 10),
    line([9, 10], 20),
    line([10], 30),
    line([10, 1], 30),
    line([10, null], null),
  ],
} as unknown as Report

it('the last dimension stands in the columns, in its order, the unknown behind', () => {
  const pivot = pivotOf(report)
  expect(pivot.columns).toEqual([1, 10, null])
  expect(pivot.rows.map((it) => it.keys)).toEqual([[9], [10]])
  expect(pivot.rows[0]!.cells.get(10)!.cells[0]!.value).toBe(20)
  expect(pivot.rows[1]!.cells.get(10)).toBeUndefined()
  expect(pivot.rows[0]!.whole!.cells[0]!.value).toBe(30)
  expect(pivot.whole!.cells[0]!.value).toBe(60)
})
it('the least is pale, the most is strong, and no value has no colour', () => {
  const heat = heatOf(pivotOf(report), 0)
  expect([10, 20, 30, null].map((it) => heat(cell(it)))).toEqual([0, 0.5, 1, 0])
})
it('one value alone is no strong one', () => {
  const one = { by: ['day'], lines: [line([], 5), line(['a'], 5)] } as unknown as Report
  expect(heatOf(pivotOf(one), 0)(cell(5))).toBe(0)
  expect(pivotOf(one).rows).toHaveLength(1)
})
