/** Which row a key leads to in a list of `rows`, or what it does to the row; null: not ours. */
export type RowKey = { to: number } | 'open' | 'tick' | null

export function rowKey(key: string, at: number, rows: number, page = 10): RowKey {
  const steps: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: rows - 1,
    PageDown: at + page,
    PageUp: at - page,
  }
  if (key === 'Enter') return 'open'
  if (key === ' ') return 'tick'
  const to = steps[key]
  return to === undefined ? null : { to: Math.max(0, Math.min(rows - 1, to)) }
}
