import { Problem } from '@/api/client'

/** Numbers as they are typed or pasted, one per line or with commas between; each once, in order. */
export function numbersIn(text: string): string[] {
  const parts = text.split(/[\n,;，；、]+/).map((it) => it.trim())
  return [...new Set(parts.filter(Boolean))]
}

/** The numbers that the server could not read: it names each in brackets at the end of its fault. */
export function unreadable(error: unknown): string[] {
  if (!(error instanceof Problem) || error.slug !== 'invalid-number') return []
  return error.faults.flatMap((fault) => /\(([^()]+)\)$/.exec(fault)?.[1] ?? [])
}

/** A moment of these answers ("2026-11-30T08:00:00Z") in unix seconds. */
export const seconds = (moment: string): number => Date.parse(moment) / 1000

/** Whether anything of the page is for somebody with these permissions; reps list from their desk. */
export const isForPage = (permissions: readonly string[]): boolean =>
  ['dnc.check', 'dnc.import', 'dnc.remove'].some((it) => permissions.includes(it))
