import { beforeEach, describe, expect, it } from 'vitest'
import { dropDraft, emptyDraft, keepDraft, leftOver, readDraft } from './drafts'

beforeEach(() => sessionStorage.clear())

describe('a draft', () => {
  it('survives a reload', () => {
    const draft = { ...emptyDraft('a1', 'l1'), note: 'asked for Tuesday', disposition: 'later' }
    keepDraft(sessionStorage, draft)
    expect(readDraft(sessionStorage, 'a1', 'l1')).toEqual(draft)
  })
  it('that cannot be read is an empty one', () => {
    sessionStorage.setItem('dialer.draft.a1', '{broken')
    const empty = { ...emptyDraft('a1', 'l1'), key: expect.any(String) as string }
    expect(readDraft(sessionStorage, 'a1', 'l1')).toEqual(empty)
    sessionStorage.setItem('dialer.draft.a1', '"text"')
    expect(readDraft(sessionStorage, 'a1', 'l1')).toEqual(empty)
  })
  it('of an earlier call is found, with its lead', () => {
    keepDraft(sessionStorage, { ...emptyDraft('a1', 'l1'), note: 'left' })
    keepDraft(sessionStorage, emptyDraft('a2', 'l2'))
    sessionStorage.setItem('other', 'x')
    const found = leftOver(sessionStorage, 'a2')
    expect(found.map((it) => [it.attempt, it.lead, it.note])).toEqual([['a1', 'l1', 'left']])
    dropDraft(sessionStorage, 'a1')
    expect(leftOver(sessionStorage, 'a2')).toEqual([])
  })
})
