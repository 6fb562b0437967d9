/** Why a call was missed or lost, as the key of a sentence and what is filled into it. */
import type { Why } from './types'

/** Slugs that the catalogue has a sentence for. */
export const KNOWN_WHY = [
  'abandoned',
  'rep-phone-lost',
  'phone-not-reachable',
  'callee-gone',
  'hung-up-while-waiting',
  'hold-limit',
  'taken-by-other',
  'switch-lost',
] as const

export function whySentence(why: Why): { key: string; values: Record<string, string> } {
  const values = Object.fromEntries(
    Object.entries(why.figures).map(([name, value]) => [name, written(value)]),
  )
  const isKnown = (KNOWN_WHY as readonly string[]).includes(why.slug)
  return { key: isKnown ? why.slug : 'other', values: { slug: why.slug, ...values } }
}

function written(value: number | string | null): string {
  if (value === null) return '–'
  return typeof value === 'number' ? String(Math.round(value * 10) / 10) : value
}
