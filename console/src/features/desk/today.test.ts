import { describe, expect, it } from 'vitest'
import { running } from './today'
import type { Today } from './model'

const today: Today = {
  since: 0,
  now: 1000,
  login_seconds: 600,
  talk_seconds: 300,
  wait_seconds: 100,
  wrapup_seconds: 100,
  pause_seconds: 100,
  preview_seconds: 0,
  dialing_seconds: 0,
  pauses: {},
  calls: 4,
  sales: 1,
  dispositions: {},
}

describe("the day's totals", () => {
  it('go on in the present state between two answers of the server', () => {
    expect(running(today, 'talking', 1010)).toMatchObject({ talk_seconds: 310, login_seconds: 610 })
    expect(running(today, 'paused', 1010)).toMatchObject({ talk_seconds: 300, pause_seconds: 110 })
  })
  it('stand still when logged out, and never run backwards', () => {
    expect(running(today, 'out', 1010)).toEqual(today)
    expect(running(today, 'talking', 990).talk_seconds).toBe(300)
  })
})
