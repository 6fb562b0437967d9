import { newKey } from '@/api/keys'

/** What a rep has begun to write down of a call and not sent yet: it survives a reload. */
export interface Draft {
  attempt: string
  lead: string
  note: string
  disposition: string | null
  /** Unix seconds. */
  callBackAt: number | null
  callBackOwner: 'me' | 'anyone'
  /** The script's step that is open. */
  step: number
  /** The key of the note: by whatever way it is sent, and however often, it is one note. */
  key: string
}

const PREFIX = 'dialer.draft.'

export const emptyDraft = (attempt: string, lead: string): Draft => ({
  attempt,
  lead,
  note: '',
  disposition: null,
  callBackAt: null,
  callBackOwner: 'me',
  step: 0,
  key: newKey(),
})

type Keep = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

/** The draft of a call, as far as one was kept. */
export function readDraft(store: Keep, attempt: string, lead: string): Draft {
  const empty = emptyDraft(attempt, lead)
  try {
    const kept: unknown = JSON.parse(store.getItem(PREFIX + attempt) ?? 'null')
    if (typeof kept !== 'object' || kept === null) return empty
    return { ...empty, ...(kept as Partial<Draft>), attempt, lead }
  } catch {
    return empty
  }
}

export function keepDraft(store: Keep, draft: Draft): void {
  store.setItem(PREFIX + draft.attempt, JSON.stringify(draft))
}

export function dropDraft(store: Keep, attempt: string): void {
  store.removeItem(PREFIX + attempt)
}

/** Drafts of other calls whose note was never sent: their wrap-up ended while the page was away. */
export function leftOver(store: Keep, attempt: string | null): Draft[] {
  const keys = Array.from({ length: store.length }, (_, n) => store.key(n) ?? '')
  return keys
    .filter((key) => key.startsWith(PREFIX) && key !== PREFIX + (attempt ?? ''))
    .map((key) => readDraft(store, key.slice(PREFIX.length), leadIn(store, key)))
}

function leadIn(store: Keep, key: string): string {
  try {
    return (JSON.parse(store.getItem(key) ?? '{}') as Partial<Draft>).lead ?? ''
  } catch {
    return ''
  }
}
