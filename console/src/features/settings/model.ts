import type { Wire } from '@/api/wire'

export type Key = Wire<'SettingKey'>
export type Sheet = Wire<'SettingsSheet'>
export type Value = unknown

/** 0.03 as 3, without what binary fractions add. */
const percent = (value: number): number => Number((value * 100).toFixed(6))

/** A value as it stands in its input: lists one per line, tables one `key = value` per line. */
export function written(key: Key, value: Value): string {
  if (value === null || value === undefined) return ''
  if (key.kind === 'list') return (value as unknown[]).map(plain).join('\n')
  if (key.kind === 'table') {
    return Object.entries(value as object)
      .map(([name, it]) => `${name} = ${plain(it)}`)
      .join('\n')
  }
  return String(key.unit === 'share' ? percent(value as number) : value)
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
  const typed = Number(text)
  const isOne =
    key.kind === 'integer' ? /^[+-]?\d+$/.test(text) : text !== '' && Number.isFinite(typed)
  if (!isOne) return { fault: 'number' }
  const value = key.unit === 'share' ? Number((typed / 100).toFixed(8)) : typed
  const tooSmall =
    (key.least !== null && value < key.least) || (key.above !== null && value <= key.above)
  const tooLarge =
    (key.most !== null && value > key.most) || (key.below !== null && value >= key.below)
  return tooSmall || tooLarge ? { fault: 'range' } : { value }
}

/** The lines of a list, trimmed, without empty ones. */
export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)

function list(key: Key, text: string): Read {
  const items = linesOf(text)
  if (key.items !== 'integer' && key.items !== 'number') return { value: items }
  const numbers = items.map(Number)
  return numbers.every(Number.isFinite) ? { value: numbers } : { fault: 'number' }
}

/** "name = value" by name; null where a line has no name. */
export function pairsOf(text: string): [string, string][] | null {
  const pairs = linesOf(text).map((line): [string, string] => {
    const at = line.indexOf('=')
    return [line.slice(0, Math.max(0, at)).trim(), line.slice(at + 1).trim()]
  })
  return pairs.every(([name]) => name) ? pairs : null
}

function table(key: Key, text: string): Read {
  const pairs = pairsOf(text)
  if (!pairs) return { fault: 'line' }
  const isNumber = key.items === 'integer' || key.items === 'number'
  if (isNumber && !pairs.every(([, it]) => it && Number.isFinite(Number(it))))
    return { fault: 'number' }
  return {
    value: Object.fromEntries(pairs.map(([name, it]) => [name, isNumber ? Number(it) : it])),
  }
}

/** The range in words of numbers: "5 – 120", "> 0", "≤ 1000"; empty where there is none. */
export function range(key: Key): string {
  const told = (bound: number) => String(key.unit === 'share' ? percent(bound) : bound)
  if (key.least !== null && key.most !== null) return `${told(key.least)} – ${told(key.most)}`
  const low =
    key.least !== null ? `≥ ${told(key.least)}` : key.above !== null ? `> ${told(key.above)}` : ''
  const high =
    key.most !== null ? `≤ ${told(key.most)}` : key.below !== null ? `< ${told(key.below)}` : ''
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

/** What has a page of its own: when it runs, what reps say, what may come of a call. */
const ELSEWHERE = new Set<string>(['schedule', 'script', 'results', 'wallboard'])
export const isShown = (key: Key): boolean => !ELSEWHERE.has(key.group)

/** Its keys by group, in the order of the settings, of those in which every word is found. */
export function grouped(keys: Key[], text: string): { group: Key['group']; keys: Key[] }[] {
  const words = text.normalize('NFKC').toLocaleLowerCase().split(/\s+/).filter(Boolean)
  const found = keys.filter((key) => {
    const all = [key.key, ...Object.values(key.label), ...Object.values(key.doc)]
    const whole = all.join(' ').normalize('NFKC').toLocaleLowerCase()
    return words.every((word) => whole.includes(word))
  })
  const groups = [...new Set(found.map((key) => key.group))]
  return groups.map((group) => ({ group, keys: found.filter((key) => key.group === group) }))
}

/** Keys whose value is not what it was when one began, and both values. */
export function movedBetween(before: Sheet, now: Sheet): { key: Key; before: Value }[] {
  const old = new Map(before.keys.map((key) => [key.key, key.value]))
  return now.keys
    .filter((key) => JSON.stringify(old.get(key.key)) !== JSON.stringify(key.value))
    .map((key) => ({ key, before: old.get(key.key) }))
}

/** "campaign.autumn.caller_ids[2]: must be …" as the key of the sheet, and what must be. */
export function faultAt(sheet: Sheet, line: string): { key: string; text: string } | null {
  const start = `${sheet.subject.replace('/', '.')}.`
  const rest = line.startsWith(start) ? line.slice(start.length) : line
  const found = /^([\w.]+)(?:\[\d+\])?(?:\.[^:]*)?:\s*(.+)$/s.exec(rest)
  if (!found) return null
  const path = found[1]!
  const exact = sheet.keys.find((key) => key.key === path || path.startsWith(`${key.key}.`))
  // A rule over several keys is said at the last of them: the one that was likely typed last.
  const key = exact ?? sheet.keys.filter((it) => it.key.startsWith(`${path}.`))[1]
  return key ? { key: key.key, text: found[2]! } : null
}
