import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { h } from 'vue'
import { must, seen, shown, type, until } from '../testing/mount'
import FilterBar from './FilterBar.vue'
import type { Filter } from './types'
import { useFilters, type Filters } from './useFilters'
import { readBack, written } from './values'

const FILTERS: Filter[] = [
  { id: 'name', kind: 'text', label: 'Name' },
  { id: 'number', kind: 'text', label: 'Number', secret: true },
  { id: 'talk', kind: 'range', label: 'Talk', unit: 's' },
  { id: 'states', kind: 'many', label: 'States', options: [{ value: 'a,b', label: 'A' }] },
  { id: 'mine', kind: 'switch', label: 'Mine' },
]

async function bar(path = '/', first = 3) {
  let filters: Filters | undefined
  const Screen = {
    setup() {
      filters = useFilters(FILTERS)
      return () => h(FilterBar, { of: filters!, first, testid: 'f' })
    },
  }
  const { router } = await shown(Screen, {}, { path })
  return { filters: filters!, router }
}
afterEach(() => (document.body.innerHTML = ''))

describe('filters', () => {
  it('stand in the address, but for what is nobody else’s business', async () => {
    const { filters, router } = await bar()
    type(must('f-name'), 'Wang')
    await until(() => filters.text('name') === 'Wang')
    type(must('f-number'), '+4930123')
    type(must('f-talk-least'), '30')
    await until(() => filters.range('talk').least === 30)
    await until(() => filters.text('number') === '+4930123')
    await flushPromises()
    expect(router.currentRoute.value.query).toEqual({ name: 'Wang', talk: '30..' })
  })
  it('come out of the address, but not what may stand in none', async () => {
    const { filters } = await bar('/?name=Li&number=123&talk=5..9&mine=1&states=a%252Cb')
    expect(filters.text('name')).toBe('Li')
    expect(filters.text('number')).toBeNull()
    expect(filters.range('talk')).toEqual({ least: 5, most: 9 })
    expect(filters.isOn('mine')).toBe(true)
    expect(filters.many('states')).toEqual(['a,b'])
  })
  it('beyond the first wait behind a button, unless they are in use', async () => {
    await bar('/?mine=1')
    expect(seen('f-states')).toBeNull()
    expect(seen('f-mine')).not.toBeNull()
    must('f-more').click()
    await until(() => seen('f-states'))
  })
  it('are cleared all at once, the secret ones too', async () => {
    const { filters } = await bar('/?name=Li')
    filters.set('number', '123')
    await until(() => seen('f-clear'))
    must('f-clear').click()
    await until(() => !filters.isAny.value)
    expect(filters.text('number')).toBeNull()
  })
  it('ask when somebody stops typing, not at each letter', async () => {
    const { filters } = await bar()
    const heard = vi.spyOn(filters, 'set')
    for (const text of ['W', 'Wa', 'Wang']) type(must('f-name'), text)
    await until(() => filters.text('name') === 'Wang')
    expect(heard).toHaveBeenCalledTimes(1)
  })
})

describe('a range in an address', () => {
  const filter: Filter = { id: 'talk', kind: 'range', label: 'Talk' }
  it.each([
    [{ least: 1, most: 2.5 }, '1..2.5'],
    [{ least: null, most: 3 }, '..3'],
    [{ least: 0, most: null }, '0..'],
    [{ least: null, most: null }, null],
  ])('%o is written as %s and read back', (range, text) => {
    expect(written(filter, range)).toBe(text)
    expect(readBack(filter, text)).toEqual(range)
  })
  it.each(['x..y', '', 'NaN..Infinity', '..'])('%s bounds nothing', (text) => {
    expect(readBack(filter, text)).toEqual({ least: null, most: null })
  })
})
