import { expect, it } from 'vitest'
import { compared, verdict, type Trial } from './model'

it.each([
  ['utilisation', 0.01, 0.05, 'better'],
  ['utilisation', -0.05, -0.01, 'worse'],
  ['abandon_rate', 0.01, 0.02, 'worse'],
  ['wait_mean_s', -4, -1, 'better'],
  ['wait_mean_s', -4, 1, 'unsure'],
  ['wait_mean_s', null, null, 'unsure'],
])('%s that changes by %s to %s is %s', (name, low, high, said) =>
  expect(verdict({ name, now: 0, then: 0, low, high })).toBe(said),
)

it('figures come in the order in which they matter, those that are known', () => {
  const interval = { mean: 1, low: 0, high: 2 }
  const figures = { abandon_rate: interval, utilisation: interval }
  const trial = { now: figures, then: figures, difference: {} } as unknown as Trial
  expect(compared(trial).map((it) => it.name)).toEqual(['utilisation', 'abandon_rate'])
  expect(compared(trial)[0]).toMatchObject({ now: 1, low: null })
})
