import { expect, it } from 'vitest'
import { keepTrail, keptTrail, path, trailed } from './spark'

it('a line reaches from edge to edge', () => {
  const { line } = path(
    [
      { at: 0, value: 0 },
      { at: 10, value: 5 },
    ],
    100,
    20,
  )
  expect(line).toBe('M0.0 20.0L100.0 0.0')
})
it('one point, or nothing but zeros, draws nothing', () => {
  expect(path([{ at: 0, value: 3 }], 100, 20).line).toBe('')
  expect(
    path(
      [
        { at: 0, value: 0 },
        { at: 1, value: 0 },
      ],
      100,
      20,
    ).line,
  ).toBe('')
})
it('a trail keeps its pace and its length', () => {
  const trail = [
    { at: 0, value: 1 },
    { at: 100, value: 2 },
  ]
  expect(trailed(trail, { at: 102, value: 3 })).toBe(trail)
  expect(trailed(trail, { at: 950, value: 3 })).toEqual([
    { at: 100, value: 2 },
    { at: 950, value: 3 },
  ])
})
it('a trail outlives a load of the page, but not its own time', () => {
  keepTrail('busy.place', [
    { at: 50, value: 1 },
    { at: 900, value: 2 },
  ])
  expect(keptTrail('busy.place', 1000)).toEqual([{ at: 900, value: 2 }])
  expect(keptTrail('busy.other', 1000)).toEqual([])
  sessionStorage.setItem('dialer.trail.busy.place', '[{"at":"x"}]')
  expect(keptTrail('busy.place', 1000)).toEqual([])
})
