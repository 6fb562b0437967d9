import { describe, expect, it } from 'vitest'
import { DEFAULT_THRESHOLDS } from './model'
import { readThresholds } from './thresholds'

describe('thresholds', () => {
  it('are the defaults where nothing is kept, or nonsense', () => {
    expect(readThresholds(null)).toEqual(DEFAULT_THRESHOLDS)
    expect(readThresholds('{broken')).toEqual(DEFAULT_THRESHOLDS)
    expect(readThresholds('null')).toEqual(DEFAULT_THRESHOLDS)
  })
  it('are what was kept, where that makes sense', () => {
    const kept = readThresholds(
      '{"ready":{"warn":5,"alarm":9},"wrapup":{"warn":-1,"alarm":3},"strange":{"warn":1,"alarm":2}}',
    )
    expect(kept.ready).toEqual({ warn: 5, alarm: 9 })
    expect(kept.wrapup).toEqual(DEFAULT_THRESHOLDS.wrapup)
    expect(kept).not.toHaveProperty('strange')
  })
})
