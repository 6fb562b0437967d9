import { expect, it } from 'vitest'
import { fresh, ordered, type Alert } from './model'

const alert = (id: string, severity: Alert['severity'], began_at: number) =>
  ({ id, severity, began_at }) as Alert

it('the worst and the newest alerts come first', () => {
  const alerts = [
    alert('a', 'info', 9),
    alert('b', 'warning', 1),
    alert('c', 'warning', 2),
    alert('d', 'critical', 0),
  ]
  expect(ordered(alerts).map(({ id }) => id)).toEqual(['d', 'c', 'b', 'a'])
})

it('only what begins is news, and only what cannot wait', () => {
  const alert = (id: string, more: Partial<Alert> = {}) =>
    ({ id, severity: 'warning', acked_at: null, ...more }) as Alert
  const now = [
    alert('a'),
    alert('b'),
    alert('c', { severity: 'info' }),
    alert('d', { acked_at: 1 }),
  ]
  expect(fresh(null, now)).toEqual([])
  expect(fresh(new Set(['a']), now).map((it) => it.id)).toEqual(['b'])
})
