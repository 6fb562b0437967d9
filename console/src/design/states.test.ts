import { expect, it } from 'vitest'
import { shownState } from './states'

it.each([
  [{ state: 'ready', phone: 'parked' }, 'ready'],
  [{ state: 'ready', phone: 'none' }, 'lost'],
  [{ state: 'talking', phone: 'bridged', activity: 'hold' }, 'hold'],
  [{ state: 'paused', phone: 'none' }, 'paused'],
  [{ state: 'out', phone: 'none' }, 'out'],
  [{ state: 'something new', phone: 'parked' }, 'out'],
])('%o is shown as %s', (rep, shown) => expect(shownState(rep)).toBe(shown))
