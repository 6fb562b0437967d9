/** Nested settings as dotted keys with their values as text, in their own order. */
export function flat(value: unknown, at = ''): [string, string][] {
  if (Array.isArray(value) && value.some((it) => typeof it === 'object' && it !== null)) {
    return value.flatMap((it, i) => flat(it, `${at}[${nameOf(it) ?? i}]`))
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, it]) => flat(it, at ? `${at}.${key}` : key))
  }
  return [[at, value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value)]]
}

function nameOf(value: unknown): string | null {
  const name = (value as { name?: unknown } | null)?.name
  return typeof name === 'string' ? name : null
}
