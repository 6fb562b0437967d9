import { expect, it } from 'vitest'
import { late } from './late'
import { DEFAULT_THRESHOLDS, type RepLine } from './model'

const rep = (shown: string, since: number) => ({ shown, since }) as RepLine

it('counts who is in a state for too long, and says the worst', () => {
  const rows = [rep('wrapup', 990), rep('wrapup', 950), rep('wrapup', 800), rep('ready', 900)]
  expect(late(rows, 1000, DEFAULT_THRESHOLDS)).toEqual({
    wrapup: { level: 'alarm', count: 2 },
    ready: { level: 'warn', count: 1 },
  })
})
it('the first that is late does not hide that a later one is worse', () => {
  const rows = [rep('paused', 300), rep('paused', -500)]
  expect(late(rows, 1000, DEFAULT_THRESHOLDS).paused).toEqual({ level: 'alarm', count: 2 })
})
