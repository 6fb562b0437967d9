import type { Answer, Wish } from '../list/usePages'

/** A lead of the examples: made up, many, the same at each load. */
export interface Lead {
  id: string
  name: string
  number: string
  city: string
  state: 'new' | 'called' | 'done'
  attempts: number
  talk: number
  due: number
}

const NAMES = ['王伟', '李娜', 'Anna Keller', '张敏', 'Ben Weber', '刘洋', 'Carla Moss', '陈静']
const CITIES = ['上海', '北京', 'Ulm', '深圳', 'Bonn', '成都']
const STATES = ['new', 'called', 'done'] as const

export const LEADS: Lead[] = Array.from({ length: 640 }, (_, n) => ({
  id: `L${n + 1}`,
  name: `${NAMES[(n * 7) % NAMES.length]} ${n + 1}`,
  number: `+86 138 ${String(1000 + n)} ${String((n * 7919) % 10_000).padStart(4, '0')}`,
  city: CITIES[(n * 5) % CITIES.length]!,
  state: STATES[(n * 11) % 3]!,
  attempts: (n * 13) % 6,
  talk: (n * 97) % 900,
  due: 1_795_900_000 + n * 1800,
}))

export interface Wanted {
  text: string | null
  states: string[]
  since: number | null
  until: number | null
}

/** As a server answers: filtered, sorted, cut at a cursor. */
export async function leads(wanted: Wanted, wish: Wish): Promise<Answer<Lead>> {
  await new Promise((resolve) => setTimeout(resolve, 60))
  const found = LEADS.filter(
    (it) =>
      (!wanted.text || `${it.name} ${it.number}`.includes(wanted.text)) &&
      (!wanted.states.length || wanted.states.includes(it.state)) &&
      (wanted.since === null || it.due >= wanted.since) &&
      (wanted.until === null || it.due < wanted.until),
  )
  const key = wish.sort?.id as keyof Lead | undefined
  if (key) found.sort((a, b) => (a[key] < b[key] ? -1 : 1) * (wish.sort?.desc ? -1 : 1))
  const from = wish.cursor ? found.findIndex((it) => it.id === wish.cursor) + 1 : 0
  const rows = found.slice(from, from + wish.limit)
  return { rows, next: from + wish.limit < found.length ? rows.at(-1)!.id : null }
}
