import { expect, it } from 'vitest'
import { ordered, type Alert } from './alerts'

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
