import type { Cell, Key, Line, Report } from './model'

/** One row of a pivot: its keys, its cells by column, and its sum over all columns. */
export interface PivotRow {
  keys: Key[]
  cells: ReadonlyMap<Key, Line>
  whole: Line | null
}
export interface Pivot {
  columns: Key[]
  rows: PivotRow[]
  whole: Line | null
}

const placed = (one: Key, other: Key): number => {
  if (one === null || other === null) return Number(one === null) - Number(other === null)
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return String(one) < String(other) ? -1 : Number(String(one) > String(other))
}

/** A report whose last dimension stands in the columns. */
export function pivotOf(report: Report): Pivot {
  const depth = report.by.length - 1
  const rows = new Map<string, { keys: Key[]; cells: Map<Key, Line>; whole: Line | null }>()
  const columns = new Set<Key>()
  const rowOf = (keys: Key[]) => {
    const id = JSON.stringify(keys)
    const found = rows.get(id) ?? { keys, cells: new Map<Key, Line>(), whole: null }
    rows.set(id, found)
    return found
  }
  for (const line of report.lines) {
    if (line.keys.length === depth && depth > 0) rowOf(line.keys).whole = line
    if (line.keys.length !== depth + 1) continue
    const column = line.keys[depth] ?? null
    columns.add(column)
    rowOf(line.keys.slice(0, depth)).cells.set(column, line)
  }
  return {
    columns: [...columns].sort(placed),
    rows: [...rows.values()],
    whole: report.lines.find((it) => it.keys.length === 0) ?? null,
  }
}

/** How strongly each value of one figure is coloured, from 0 for the least to 1 for the most. */
export function heatOf(pivot: Pivot, place: number): (cell: Cell | null) => number {
  const values = pivot.rows
    .flatMap((row) => [...row.cells.values()].map((line) => line.cells[place]?.value ?? null))
    .filter((it): it is number => it !== null)
  const least = Math.min(...values)
  const span = Math.max(...values) - least
  return (cell) => (cell?.value == null || span <= 0 ? 0 : (cell.value - least) / span)
}
