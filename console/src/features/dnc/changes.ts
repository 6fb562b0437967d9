import type { Wire } from '@/api/wire'

type Change = Wire<'ChangeAnswer'>

/** By the id an audit entry tells: the changes of the do-not-call list that can still be undone. */
export function undoable(changes: readonly Change[]): Map<string, Change> {
  return new Map(changes.filter((it) => it.undone_at === null).map((it) => [it.id, it]))
}

/** The change an entry is about, if it is one and can still be undone. */
export function changeOf(after: unknown, open: ReadonlyMap<string, Change>): Change | undefined {
  if (typeof after !== 'object' || after === null || !('change' in after)) return undefined
  return open.get(String(after.change))
}
