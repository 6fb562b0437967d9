import { describe, expect, it } from 'vitest'
import { isAsked, isShown, readWish } from './notices'

describe('a person is asked', () => {
  it.each([
    [null, 'default', true],
    [true, 'default', false],
    [false, 'default', false],
    [null, 'denied', false],
    [null, 'granted', false],
    [null, null, false],
  ] as const)('wish %s, browser %s: %s', (wish, permission, asked) =>
    expect(isAsked(wish, permission)).toBe(asked),
  )
})

describe('a notice is shown', () => {
  it.each([
    [true, 'granted', false, true],
    [true, 'granted', true, false],
    [false, 'granted', false, false],
    [null, 'granted', false, false],
    [true, 'denied', false, false],
  ] as const)('wish %s, browser %s, looked at %s: %s', (wish, permission, isLookedAt, shown) =>
    expect(isShown(wish, permission, isLookedAt)).toBe(shown),
  )
})

it('each person at a browser has their own wish', () => {
  const kept: Record<string, string> = { 'dialer.notices.a': 'on', 'dialer.notices.b': 'off' }
  const store = { getItem: (key: string) => kept[key] ?? null }
  expect(['a', 'b', 'c'].map((it) => readWish(store, it))).toEqual([true, false, null])
})
