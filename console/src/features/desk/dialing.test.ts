import { describe, expect, it } from 'vitest'
import { nothingToCall, whyKeys, type DialingRow } from './dialing'

const asleep: DialingRow = {
  campaign: 'spring',
  state: 'running',
  can_call: false,
  next_at: 900,
  waits: [{ reason: 'asleep', at: 900, count: null }],
  reasons: ['calling_window', 'recycle'],
}

describe('what a rep is told while nobody can be called', () => {
  it('is until when, by the campaign that wakes first', () => {
    const later = { ...asleep, campaign: 'gold', next_at: 1200 }

    expect(nothingToCall([later, asleep], 100)?.until).toBe(900)
  })

  it('is nothing while one campaign can call, or none runs', () => {
    expect(nothingToCall([asleep, { ...asleep, can_call: true, waits: [] }], 100)).toBeNull()
    expect(nothingToCall([{ ...asleep, state: 'paused' }], 100)).toBeNull()
    expect(nothingToCall([], 100)).toBeNull()
  })

  it('names what the leads wait for, or what else holds it back', () => {
    expect(whyKeys(asleep)).toEqual([
      'desk.dialing.reason.calling_window',
      'desk.dialing.reason.recycle',
    ])
    const trunks = { ...asleep, waits: [{ reason: 'trunks' as const, at: null, count: null }] }
    expect(whyKeys(trunks)).toEqual(['words.holdBack.trunks'])
  })
})
