export interface Difference {
  key: string
  before: string | null
  after: string | null
}

/** What changed between two plain values, key by key; one nameless line where they are no objects. */
export function differences(before: unknown, after: unknown): Difference[] {
  if (!isObject(before) && !isObject(after)) {
    if (before == null && after == null) return []
    return [{ key: '', before: text(before), after: text(after) }]
  }
  const [old, now] = [isObject(before) ? before : {}, isObject(after) ? after : {}]
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .map((key) => ({ key, before: text(old[key]), after: text(now[key]) }))
    .filter((it) => it.before !== it.after)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function text(value: unknown): string | null {
  if (value == null) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}
