import { level, type Level, type RepLine, type Thresholds } from './model'

/** By state shown: how many reps are in it for longer than its limits, and how bad the worst is. */
export function late(
  rows: readonly RepLine[],
  now: number,
  thresholds: Thresholds,
): Partial<Record<RepLine['shown'], { level: Level; count: number }>> {
  const found: Partial<Record<RepLine['shown'], { level: Level; count: number }>> = {}
  for (const row of rows) {
    const own = level(row, now, thresholds)
    if (own === '') continue
    const so = found[row.shown]
    found[row.shown] = {
      level: so?.level === 'alarm' ? 'alarm' : own,
      count: (so?.count ?? 0) + 1,
    }
  }
  return found
}
