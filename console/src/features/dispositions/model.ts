import type { Wire } from '@/api/wire'

/** What the server leaves out it takes for its default; a form has every field. */
export type Row = Required<Wire<'DispositionRow'>>

export const whole = (row: Wire<'DispositionRow'>): Row => ({ ...BLANK, ...row })
export const BLANK: Omit<Row, 'code'> = {
  title: '',
  title_zh: '',
  group: 'contact',
  key: null,
  state: 'done',
  after_minutes: 0,
  keep_agent: false,
  priority: null,
  retired: false,
}
export const GROUPS = ['sale', 'contact', 'callback', 'no_contact', 'dnc', 'system'] as const
export const ENDS = ['done', 'retry', 'dead', 'dnc'] as const

/** A code for a name: its Latin letters, else "result" and a number; never one that is taken. */
export function codeFor(name: string, taken: readonly string[]): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 36)
  const stem = plain || 'result'
  if (plain && !taken.includes(plain)) return plain
  let at = plain ? 2 : 1
  while (taken.includes(`${stem}_${at}`)) at++
  return `${stem}_${at}`
}

export const isNew = (row: Row, known: readonly Row[]): boolean =>
  !known.some((it) => it.code === row.code)

/** The rows with one moved by `by` places; as they were where there is no such place. */
export function movedBy(rows: Row[], at: number, by: -1 | 1): Row[] {
  const to = at + by
  if (to < 0 || to >= rows.length) return rows
  const next = [...rows]
  ;[next[at], next[to]] = [next[to]!, next[at]!]
  return next
}

/** Number keys that no other row has. */
export function freeKeys(rows: Row[], own: Row): number[] {
  const taken = new Set(rows.filter((it) => it !== own && !it.retired).map((it) => it.key))
  return [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((key) => !taken.has(key))
}

/** "rows.sale.key: the key 3 is taken" as the row's code, the field, and what is wrong. */
export function faultAt(line: string): { code: string; field: string; text: string } | null {
  const found = /^rows\.(.+)\.(\w+): (.+)$/s.exec(line)
  return found ? { code: found[1]!, field: found[2]!, text: found[3]! } : null
}

export interface Change {
  code: string
  kind: 'added' | 'gone' | 'changed' | 'moved'
}

/** What became of one list, row by row. */
export function changesBetween(before: readonly Row[], now: readonly Row[]): Change[] {
  const old = new Map(before.map((row, at) => [row.code, { row, at }]))
  const codes = new Set(now.map((row) => row.code))
  const gone = before.filter((row) => !codes.has(row.code))
  const found: Change[] = gone.map(({ code }) => ({ code, kind: 'gone' }))
  now.forEach((row, at) => {
    const was = old.get(row.code)
    if (!was) found.push({ code: row.code, kind: 'added' })
    else if (JSON.stringify(was.row) !== JSON.stringify(row))
      found.push({ code: row.code, kind: 'changed' })
    else if (was.at !== at && !gone.length) found.push({ code: row.code, kind: 'moved' })
  })
  return found
}
