import { expect, it } from 'vitest'
import { verdict } from './trials'

it.each([
  ['utilisation', 0.01, 0.05, 'better'],
  ['utilisation', -0.05, -0.01, 'worse'],
  ['abandon_rate', 0.01, 0.02, 'worse'],
  ['mean_wait', -4, -1, 'better'],
  ['mean_wait', -4, 1, 'unsure'],
])('%s that changes by %s to %s is %s', (name, low, high, said) =>
  expect(verdict(name, { now: 0, then: 0, low, high })).toBe(said),
)
