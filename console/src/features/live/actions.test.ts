import { expect, it } from 'vitest'
import { actionsFor } from './actions'
import type { RepLine } from './model'

const row = (more: Partial<RepLine>) => ({ state: 'ready', leaving: '', ...more }) as RepLine
const all = () => true

it('a talking rep can be whispered to, and hung up', () => {
  const { menu } = actionsFor(row({ state: 'talking' }), all)
  expect(menu).toEqual(['whisper', 'barge', 'message', 'pause', 'move', 'hangup', 'logout'])
})
it('a paused rep can be made ready, not paused again', () => {
  expect(actionsFor(row({ state: 'paused' }), all).menu).toEqual([
    'message',
    'ready',
    'move',
    'logout',
  ])
})
it('nobody can do anything with a rep who is not there', () => {
  expect(actionsFor(row({ state: 'out' }), all)).toEqual({ quick: [], menu: [] })
})
it('whoever may only look gets no buttons', () => {
  expect(actionsFor(row({ state: 'talking' }), () => false)).toEqual({ quick: [], menu: [] })
})
