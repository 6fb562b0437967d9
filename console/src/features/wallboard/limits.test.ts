import { describe, expect, it } from 'vitest'
import { toneOf, typedOf, valueOf, worse, type Limit } from './limits'

const limits: Limit[] = [
  { side: 'below', value: 0.1, tone: 'warn' },
  { side: 'below', value: 0.05, tone: 'alarm' },
  { side: 'from', value: 0.3, tone: 'good' },
]

describe('the tone of a figure', () => {
  it.each([
    [0.2, ''],
    [0.3, 'good'],
    [0.1, ''],
    [0.0999, 'warn'],
    [0.05, 'warn'],
    [0.01, 'alarm'],
    [null, ''],
  ] as const)('%s', (value, tone) => expect(toneOf(value, limits)).toBe(tone))
  it('is none without thresholds', () => expect(toneOf(5, undefined)).toBe(''))
})

it('of two tones the worse counts', () => {
  expect(worse('good', 'alarm')).toBe('alarm')
  expect(worse('', 'note')).toBe('note')
  expect(worse('', '')).toBe('')
})

it('a share is typed in percent and comes back as it was', () => {
  for (const value of [0, 0.07, 0.29, 1])
    expect(valueOf('share', typedOf('share', value))).toBe(value)
  expect(typedOf('time', 90)).toBe(90)
})
