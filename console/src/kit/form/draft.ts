import type { Difference } from './types'

type Values = Record<string, unknown>

/** Equal as the API would write them; a missing value and null are the same. */
export const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one ?? null) === JSON.stringify(other ?? null)

/** A value of its own, so that a form never edits the record it was given. */
export const copied = <T>(value: T): T =>
  value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T)

/** The named fields of a record, copied. */
export function picked(record: object, names: readonly string[]): Values {
  const all = record as Values
  return Object.fromEntries(names.filter((it) => it in all).map((it) => [it, copied(all[it])]))
}

/** What of the draft differs from what was loaded: the body of a PATCH. */
export function changes(base: Values, draft: Values): Values {
  return Object.fromEntries(Object.entries(draft).filter(([name, it]) => !same(it, base[name])))
}

/** Fields that somebody else changed between `base` and `theirs`, beside what is in the draft. */
export function differences(base: Values, theirs: Values, draft: Values): Difference[] {
  return Object.keys(base)
    .filter((name) => name in theirs && !same(base[name], theirs[name]))
    .map((name) => ({
      name,
      before: base[name],
      theirs: theirs[name],
      mine: draft[name],
      isConflict: !same(draft[name], base[name]) && !same(draft[name], theirs[name]),
    }))
}

/** The draft over what the others made of the record: one's own changes stay, theirs come in. */
export function merged(base: Values, theirs: Values, draft: Values): Values {
  const all = { ...draft }
  for (const [name, value] of Object.entries(theirs))
    if (name in draft && same(draft[name], base[name])) all[name] = copied(value)
  return all
}
