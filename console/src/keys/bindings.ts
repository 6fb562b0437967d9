import { isAssignable, type Command } from './matcher'

/** The commands of a rep's desk and their keys, in the order in which the help shows them. */
export const DEFAULTS: readonly Command[] = [
  { id: 'answer', code: 'KeyA' },
  { id: 'hangup', code: 'KeyE' },
  { id: 'mute', code: 'KeyM' },
  { id: 'hold', code: 'KeyH' },
  { id: 'transfer', code: 'KeyT' },
  { id: 'keypad', code: 'KeyK' },
  { id: 'record', code: 'KeyR' },
  { id: 'hint', code: 'KeyF' },
  { id: 'pause', code: 'KeyP' },
  { id: 'skip', code: 'KeyS' },
  { id: 'note', code: 'KeyN' },
  { id: 'callback', code: 'KeyB' },
  { id: 'dial', code: 'KeyD' },
  { id: 'lists', code: 'KeyL' },
  { id: 'finish', code: 'Enter' },
]
export const COMMAND_IDS = DEFAULTS.map((it) => it.id)

/** A person's own keys: command's id to code; what is not in it has its default. */
export type Own = Record<string, string>

export interface Chosen {
  own: Own
  /** Letters count without Alt. */
  bareKeys: boolean
}

export function commands(own: Own): Command[] {
  return DEFAULTS.map((it) => ({ id: it.id, code: own[it.id] ?? it.code }))
}

/** The command that has the key already, other than `id` itself. */
export function clash(own: Own, id: string, code: string): string | null {
  return commands(own).find((it) => it.id !== id && it.code === code)?.id ?? null
}

/** With `id` on `code`; a command that had it takes the key that became free. Null: not possible. */
export function rebound(own: Own, id: string, code: string): Own | null {
  const before = commands(own).find((it) => it.id === id)
  if (!before || !isAssignable(code) || !isAssignable(before.code)) return null
  const next = { ...own, [id]: code }
  const other = clash(own, id, code)
  if (other !== null) next[other] = before.code
  return next
}

const key = (user: string) => `dialer.keys.${user}`

export function readChosen(store: Pick<Storage, 'getItem'>, user: string): Chosen {
  try {
    const kept = JSON.parse(store.getItem(key(user)) ?? '{}') as Partial<Chosen>
    const own = Object.entries(kept.own ?? {}).filter(
      ([id, code]) => COMMAND_IDS.includes(id) && isAssignable(code),
    )
    return { own: Object.fromEntries(own), bareKeys: kept.bareKeys !== false }
  } catch {
    return { own: {}, bareKeys: true }
  }
}

export function keepChosen(store: Pick<Storage, 'setItem'>, user: string, chosen: Chosen): void {
  store.setItem(key(user), JSON.stringify(chosen))
}
