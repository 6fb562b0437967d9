import { ref } from 'vue'

/** The login name of who sits here: what the kit keeps in the browser is kept for one person. */
export const reader = ref('')

/** A name in the browser's storage, for this reader alone. */
export const own = (what: string): string => `dialer.${what}.${reader.value}`

/** What the browser keeps under that name; null where it keeps nothing, or nothing of sense. */
export function kept<T>(what: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(own(what)) ?? 'null') as T | null
  } catch {
    return null
  }
}

/** A full or forbidden storage costs the convenience, never the work. */
export function keep(what: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(own(what))
    else localStorage.setItem(own(what), JSON.stringify(value))
  } catch {
    return
  }
}
