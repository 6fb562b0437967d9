import type { components } from '@/api/schema'

export type Key = components['schemas']['SettingKey']
export type Sheet = components['schemas']['SettingsSheet']
export type Value = unknown

/** A value as it stands in its input; lists one per line, tables one `key = value` per line. */
export function written(key: Key, value: Value): string {
  if (value === null || value === undefined) return ''
  if (key.kind === 'list') return (value as unknown[]).map(plain).join('\n')
  if (key.kind === 'table') {
    return Object.entries(value as object)
      .map(([name, it]) => `${name} = ${plain(it)}`)
      .join('\n')
  }
  return String(value)
}

const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

export type Read = { value: Value } | { fault: 'number' | 'range' | 'missing' | 'line' }

/** What was typed as the key's value, or what is wrong with it. The server has the last word. */
export function read(key: Key, text: string): Read {
  const trimmed = text.trim()
  if (trimmed === '' && key.may_lack) return { value: null }
  switch (key.kind) {
    case 'integer':
    case 'number':
      return number(key, trimmed)
    case 'boolean':
      return { value: trimmed === 'true' }
    case 'list':
      return list(key, text)
    case 'table':
      return table(key, text)
    default:
      return { value: text }
  }
}

function number(key: Key, text: string): Read {
  const value = Number(text)
  const isOne =
    key.kind === 'integer' ? /^[+-]?\d+$/.test(text) : text !== '' && Number.isFinite(value)
  if (!isOne) return { fault: 'number' }
  const tooSmall =
    (key.least !== null && value < key.least) || (key.above !== null && value <= key.above)
  const tooLarge =
    (key.most !== null && value > key.most) || (key.below !== null && value >= key.below)
  return tooSmall || tooLarge ? { fault: 'range' } : { value }
}

function list(key: Key, text: string): Read {
  const items = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  if (key.items !== 'integer' && key.items !== 'number') return { value: items }
  const numbers = items.map(Number)
  return numbers.every(Number.isFinite) ? { value: numbers } : { fault: 'number' }
}

function table(key: Key, text: string): Read {
  const found: Record<string, unknown> = {}
  for (const line of text
    .split('\n')
    .map((it) => it.trim())
    .filter(Boolean)) {
    const at = line.indexOf('=')
    if (at < 1) return { fault: 'line' }
    const value = line.slice(at + 1).trim()
    const isNumber = key.items === 'integer' || key.items === 'number'
    if (isNumber && !Number.isFinite(Number(value))) return { fault: 'number' }
    found[line.slice(0, at).trim()] = isNumber ? Number(value) : value
  }
  return { value: found }
}

/** The range in words of numbers: "5 – 120", "> 0", "≤ 1000"; empty where there is none. */
export function range(key: Key): string {
  if (key.least !== null && key.most !== null) return `${key.least} – ${key.most}`
  const low = key.least !== null ? `≥ ${key.least}` : key.above !== null ? `> ${key.above}` : ''
  const high = key.most !== null ? `≤ ${key.most}` : key.below !== null ? `< ${key.below}` : ''
  return [low, high].filter(Boolean).join(', ')
}

/** Of what was typed, only what differs from the sheet. */
export function changesOf(sheet: Sheet, typed: Record<string, string>) {
  const changes: Record<string, Value> = {}
  const faults: Record<string, string> = {}
  for (const key of sheet.keys) {
    const text = typed[key.key]
    if (text === undefined || text === written(key, key.value)) continue
    const got = read(key, text)
    if ('fault' in got) faults[key.key] = got.fault
    else changes[key.key] = got.value
  }
  return { changes, faults }
}

/** Lists of tables (dispositions) are for the file: a line of text cannot hold them. */
export const isPlain = (key: Key): boolean =>
  key.kind !== 'list' && key.kind !== 'table' ? true : key.items !== 'table'
