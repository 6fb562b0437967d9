import { describe, expect, it } from 'vitest'
import { linesOf, nextAt, type Outlook } from './dialing'

const asleep: Outlook = {
  left: 5,
  now: 0,
  next_at: 900,
  asleep: [
    { reason: 'calling_window', count: 4, next_at: 900, zones: ['Asia/Shanghai'] },
    { reason: 'callback', count: 1, next_at: 1200, zones: [] },
  ],
  dnc: 0,
  exact: true,
  stopped: 0,
}

describe('what holds a campaign back', () => {
  it('names what sleeping leads wait for, one line each', () => {
    const waits = [
      { reason: 'asleep' as const, at: 900, count: 5 },
      { reason: 'nobody_ready' as const, at: null, count: 2 },
    ]

    expect(linesOf(waits, asleep)).toEqual([
      { key: 'words.waitsFor.calling_window', count: 4, zones: ['Asia/Shanghai'] },
      { key: 'words.waitsFor.callback', count: 1, zones: [] },
      { key: 'words.holdBack.nobody_ready', count: 2, zones: [] },
    ])
  })

  it('tells the next time only where nobody can be called now', () => {
    expect(nextAt(asleep, 100)).toBe(900)
    expect(nextAt({ ...asleep, now: 1 }, 100)).toBeNull()
    expect(nextAt(asleep, 901)).toBeNull()
    expect(nextAt(null, 100)).toBeNull()
  })
})
