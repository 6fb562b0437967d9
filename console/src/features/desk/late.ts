/** What a rep has begun to say of an older call: it survives a reload and a closed dialog. */
export interface Late {
  disposition: string
  note: string
  /** Unix seconds. */
  at: number | null
  /** The key of the note: however often it is sent, it is one note. */
  key: string
}

const PREFIX = 'dialer.late.'
type Keep = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export function keptLate(store: Keep, attempt: string): Late {
  const empty: Late = { disposition: '', note: '', at: null, key: '' }
  try {
    const kept: unknown = JSON.parse(store.getItem(PREFIX + attempt) ?? 'null')
    return typeof kept === 'object' && kept !== null ? { ...empty, ...kept } : empty
  } catch {
    return empty
  }
}

export function keepLate(store: Keep, attempt: string, late: Late): void {
  store.setItem(PREFIX + attempt, JSON.stringify(late))
}

export function dropLate(store: Keep, attempt: string): void {
  store.removeItem(PREFIX + attempt)
}
