import { expect, it } from 'vitest'
import { ranked, type Result } from './model'

const rep = (agent: string, sales: number, talk_seconds: number): Result => ({
  agent,
  name: agent,
  talk_seconds,
  sales,
})

it('ranks by sales, then by talk time, and lets equal ones share a rank', () => {
  const order = ranked([
    rep('a', 1, 50),
    rep('b', 2, 10),
    rep('c', 1, 50),
    rep('d', 1, 20),
    rep('e', 0, 0),
  ])
  expect(order.map(({ agent, rank }) => [agent, rank])).toEqual([
    ['b', 1],
    ['a', 2],
    ['c', 2],
    ['d', 4],
  ])
})
