/** Why a call was missed or lost, as the key of a sentence and what is filled into it. */
import type { Why } from './model'

/** Slugs that the catalogue has a sentence for. */
export const KNOWN_WHY = [
  'callee-gone',
  'phone-lost',
  'phone-put-down',
  'phone-refused',
  'wrapup-ran-out',
] as const

/** What a sentence may ask for and a call may lack. */
const NOTHING = { waited_seconds: null, seconds: null }

export function whySentence(why: Why): { key: string; values: Record<string, string> } {
  const values = Object.fromEntries(
    Object.entries({ ...NOTHING, ...why.figures }).map(([name, value]) => [name, written(value)]),
  )
  const isKnown = (KNOWN_WHY as readonly string[]).includes(why.slug)
  return { key: isKnown ? why.slug : 'other', values: { slug: why.slug, ...values } }
}

function written(value: number | string | null): string {
  if (value === null) return '–'
  return typeof value === 'number' ? String(Math.round(value * 10) / 10) : value
}
