import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { h, ref } from 'vue'
import { Problem } from '@/api/client'
import { must, press, seen, shown, type, until } from '../testing/mount'
import { csvOf } from './csv'
import DataTable from './DataTable.vue'
import { rowKey } from './rowKeys'
import { compare, nextSort } from './table'
import type { Column, List } from './types'
import { usePages, type Wish } from './usePages'
import { useRows } from './useRows'

interface Lead {
  id: string
  name: string
  attempts: number
  city: string | null
}
const LEADS: Lead[] = [
  { id: 'a', name: 'Wang', attempts: 10, city: 'Ulm' },
  { id: 'b', name: 'Adler', attempts: 9, city: null },
  { id: 'c', name: 'Moss', attempts: 2, city: 'Bonn' },
]
const columns: Column<Lead>[] = [
  { id: 'name', title: 'Name', value: (it) => it.name, fixed: true },
  { id: 'attempts', title: 'Attempts', value: (it) => it.attempts, align: 'end' },
  { id: 'city', title: 'City', value: (it) => it.city, optional: true },
]

/** A list with a parent that makes it, as a screen does. */
async function table(make: () => List<Lead>, more: Record<string, unknown> = {}, slots = {}) {
  const Screen = {
    setup() {
      const list = make()
      return () =>
        h(
          DataTable as never,
          { name: 'leads', label: 'Leads', columns, list, keyOf: (it: Lead) => it.id, ...more },
          slots,
        )
    },
  }
  const { wrapper } = await shown(Screen)
  await flushPromises()
  return wrapper
}
const names = () =>
  [...document.querySelectorAll('tbody tr')].map((it) =>
    it.querySelector('td:not(.tick)')?.textContent?.trim(),
  )

beforeEach(() => localStorage.clear())
afterEach(() => (document.body.innerHTML = ''))

describe('a whole list', () => {
  it('is sorted here: up, down, as it came', async () => {
    await table(() => useRows(async () => LEADS))
    const head = must('leads-sort-attempts')
    for (const wanted of [
      ['Moss', 'Adler', 'Wang'],
      ['Wang', 'Adler', 'Moss'],
      ['Wang', 'Adler', 'Moss'],
    ]) {
      head.click()
      await flushPromises()
      expect(names()).toEqual(wanted)
    }
    expect(must('leads-sort-attempts').closest('th')?.getAttribute('aria-sort')).toBe('none')
  })
  it('shows optional columns when they are chosen, and so again after a reload', async () => {
    const wrapper = await table(() => useRows(async () => LEADS))
    expect(document.body.textContent).not.toContain('Bonn')
    must('leads-columns').click()
    await until(() => seen('leads-column-city'))
    must('leads-column-city').click()
    await flushPromises()
    expect(document.body.textContent).toContain('Bonn')
    wrapper.unmount()
    document.body.innerHTML = ''
    await table(() => useRows(async () => LEADS))
    expect(document.body.textContent).toContain('Bonn')
  })
  it('says what went wrong, and tries again', async () => {
    const ask = vi
      .fn<() => Promise<Lead[]>>()
      .mockRejectedValueOnce(new Problem(0, 'unreachable', ''))
      .mockResolvedValue(LEADS)
    await table(() => useRows(ask))
    expect(document.querySelector('[role=alert]')?.textContent).toContain('cannot be reached')
    must('leads-retry').click()
    await flushPromises()
    expect(names()).toHaveLength(3)
  })
  it('without rows shows the way out', async () => {
    const slots = { empty: () => h('a', { 'data-testid': 'way' }, 'Import a list') }
    await table(() => useRows<Lead>(async () => []), { empty: { title: 'No leads yet' } }, slots)
    expect(must('leads-empty').textContent).toContain('No leads yet')
    expect(seen('way')).not.toBeNull()
  })
})

describe('the keyboard', () => {
  it('goes from row to row, opens and ticks', async () => {
    const open = vi.fn()
    const bulk = [{ id: 'reset', title: 'Reset', run: vi.fn() }]
    await table(() => useRows(async () => LEADS), { opens: true, bulk, onOpen: open })
    const row = (id: string) => must(`leads-row-${id}`)
    expect(row('a').tabIndex).toBe(0)
    row('a').focus()
    press(row('a'), 'ArrowDown')
    await flushPromises()
    expect(document.activeElement).toBe(row('b'))
    expect([row('a').tabIndex, row('b').tabIndex]).toEqual([-1, 0])
    press(row('b'), 'Enter')
    expect(open).toHaveBeenCalledWith(LEADS[1])
    press(row('b'), ' ')
    await flushPromises()
    must('leads-bulk-reset').click()
    expect(bulk[0]!.run).toHaveBeenCalledWith({ all: false, rows: [LEADS[1]] })
  })
  it.each([
    ['ArrowUp', 0, { to: 0 }],
    ['End', 0, { to: 4 }],
    ['PageDown', 1, { to: 4 }],
    ['x', 1, null],
  ])('%s from row %i', (key, at, wanted) => expect(rowKey(key, at, 5)).toEqual(wanted))
})

describe('a list in pages', () => {
  const answer = (wish: Wish) =>
    Promise.resolve({ rows: [LEADS[wish.cursor ? 1 : 0]!], next: wish.cursor ? null : 'b' })
  it('asks with the cursor of the page before, and goes back', async () => {
    const ask = vi.fn(answer)
    await table(() => usePages(ask))
    expect(names()).toEqual(['Wang'])
    must('leads-pages-next').click()
    await flushPromises()
    expect(names()).toEqual(['Adler'])
    expect(ask.mock.lastCall![0]).toEqual({ cursor: 'b', limit: 50, sort: null })
    expect((must('leads-pages-next') as HTMLButtonElement).disabled).toBe(true)
    must('leads-pages-previous').click()
    await flushPromises()
    expect(names()).toEqual(['Wang'])
  })
  it('goes on by itself while the server has looked at a part only, until the page is full', async () => {
    const parts = [[], [LEADS[0]!], [LEADS[1]!]]
    const ask = vi.fn(async () => {
      const rows = parts[ask.mock.calls.length - 1]!
      const isLast = ask.mock.calls.length === 3
      return {
        rows,
        next: isLast ? null : `at-${ask.mock.calls.length}`,
        lookedTo: isLast ? null : 1,
      }
    })
    await table(() => usePages(ask as never))
    expect(names()).toEqual(['Wang', 'Adler'])
    expect((ask.mock.calls as unknown as [Wish][]).map(([it]) => [it.cursor, it.limit])).toEqual([
      [null, 50],
      ['at-1', 50],
      ['at-2', 49],
    ])
    expect(seen('leads-stop')).toBeNull()
  })
  it('says how far back it has looked, stops when told to, and goes on with the next page', async () => {
    const late: ((found: unknown) => void)[] = []
    const ask = vi.fn((wish: Wish) => new Promise((done) => late.push(wish && done)))
    await table(() => usePages(ask as never))
    late[0]!({ rows: [], next: 'x', lookedTo: 1_800_000_000 })
    await flushPromises()
    expect(document.body.textContent).toContain('Looking further back')
    must('leads-stop').click()
    late[1]!({ rows: [], next: 'y', lookedTo: 1_790_000_000 })
    await flushPromises()
    expect(ask).toHaveBeenCalledTimes(2)
    expect(must('leads-empty').textContent).toContain('None since')
    must('leads-pages-next').click()
    expect(ask.mock.lastCall![0].cursor).toBe('y')
  })
  it('begins anew when a filter changes, and drops the answer to an older question', async () => {
    const filter = ref('')
    const late: ((found: { rows: Lead[]; next: null }) => void)[] = []
    const ask = vi.fn(() => new Promise<{ rows: Lead[]; next: null }>((done) => late.push(done)))
    await table(() => usePages(ask, { when: filter }))
    filter.value = 'x'
    await flushPromises()
    late[1]!({ rows: [LEADS[2]!], next: null })
    late[0]!({ rows: [LEADS[0]!], next: null })
    await flushPromises()
    expect(names()).toEqual(['Moss'])
  })
  it('is sorted by the server, by what it can sort by', async () => {
    const ask = vi.fn(answer)
    const some = columns.map((it) => (it.id === 'name' ? { ...it, sort: true as const } : it))
    await table(() => usePages(ask), { columns: some })
    expect(seen('leads-sort-attempts')).toBeNull()
    must('leads-sort-name').click()
    await flushPromises()
    expect(ask.mock.lastCall![0].sort).toEqual({ id: 'name', desc: false })
  })
  it('keeps what is ticked over pages, and can take all that is found', async () => {
    const run = vi.fn()
    await table(() => usePages(answer), { bulk: [{ id: 'move', title: 'Move', run, onAll: true }] })
    must('leads-tick-a').click()
    must('leads-pages-next').click()
    await flushPromises()
    must('leads-tick-b').click()
    await flushPromises()
    must('leads-bulk-move').click()
    expect(run).toHaveBeenLastCalledWith({ all: false, rows: [LEADS[0], LEADS[1]] })
    must('leads-take-all').click()
    await flushPromises()
    must('leads-bulk-move').click()
    expect(run.mock.lastCall![0].all).toBe(true)
  })
})

it('a saved view brings back columns, order and filters', async () => {
  const back = vi.fn()
  await table(() => useRows(async () => LEADS), { filters: { state: 'new' }, onFilters: back })
  must('leads-sort-name').click()
  must('leads-columns').click()
  await until(() => seen('leads-view-name'))
  type(must('leads-view-name'), 'Mine')
  must('leads-view-save').closest('form')!.requestSubmit()
  await flushPromises()
  must('leads-sort-name').click()
  await flushPromises()
  expect(names()).toEqual(['Wang', 'Moss', 'Adler'])
  must('leads-view-Mine').click()
  await flushPromises()
  expect(names()).toEqual(['Adler', 'Moss', 'Wang'])
  expect(back).toHaveBeenCalledWith({ state: 'new' })
})

describe('pure parts', () => {
  it('numbers are compared as numbers, Chinese by its own order', () => {
    expect(compare(9, 10, 'en')).toBeLessThan(0)
    expect(compare('item 9', 'item 10', 'en')).toBeLessThan(0)
    expect(['王', '李', '张'].sort((a, b) => compare(a, b, 'zh-CN'))).toEqual(['李', '王', '张'])
  })
  it('a third click sorts by nothing', () => {
    expect(nextSort({ id: 'a', desc: true }, 'a')).toBeNull()
    expect(nextSort({ id: 'a', desc: true }, 'b')).toEqual({ id: 'b', desc: false })
  })
  it('a CSV runs nothing in a sheet', () => {
    const only = [{ id: 'n', title: 'N,ame', value: (it: { n: string }) => it.n }]
    const text = csvOf(only, [{ n: '=1+1' }, { n: 'say "hi"' }])
    expect(text).toBe('\ufeff"N,ame"\r\n\'=1+1\r\n"say ""hi"""\r\n')
  })
})
