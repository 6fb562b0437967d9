import { expect, it } from 'vitest'
import { changeOf, undoable } from './changes'

const made = (id: string, undone_at: string | null = null) => ({
  id,
  at: '',
  who: 'eva',
  what: 'remove' as const,
  reason: '',
  count: 2,
  undone_at,
  undone_by: null,
})

it('only what was not undone yet can be undone', () => {
  const open = undoable([made('a'), made('b', '2026-11-30T00:00:00Z')])
  expect(changeOf({ change: 'a' }, open)?.id).toBe('a')
  expect(changeOf({ change: 'b' }, open)).toBeUndefined()
})
it('an entry about something else has nothing to undo', () => {
  const open = undoable([made('a')])
  for (const after of [null, 'a', { numbers: [] }, { change: 'x' }])
    expect(changeOf(after, open)).toBeUndefined()
})
