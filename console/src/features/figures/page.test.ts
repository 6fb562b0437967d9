import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import { must, shown } from '@/kit/testing/mount'
import ReportsPage from './ReportsPage.vue'

vi.mock('@/design/chart/echarts', () => ({
  init: () => ({ setOption: () => undefined, resize: () => undefined, dispose: () => undefined }),
}))

const figure = {
  id: 'connect_rate',
  en: 'Connect rate',
  zh: '接通率',
  meaning_en: 'Human answers by dials',
  meaning_zh: '人工应答 ÷ 拨打量',
  unit: 'rate',
  better: 'more',
  is_ratio: true,
  numerator_how: 'count',
  numerator_in: 'count',
  denominator_in: 'count',
  dimensions: ['day', 'agent'],
}
const catalogue = {
  figures: [figure],
  dimensions: [
    { id: 'day', en: 'Day', zh: '日', is_time: true, missing_en: 'Unknown', missing_zh: '未知' },
  ],
}
const line = (keys: string[], numerator: number, denominator: number) => ({
  keys,
  cells: [{ value: denominator ? numerator / denominator : null, numerator, denominator }],
  then: null,
})
const asked = vi.fn()

setActivePinia(createPinia())
beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe(): void {}
      disconnect(): void {}
      unobserve(): void {}
    },
  )
  vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener: () => undefined }))
  vi.spyOn(api, 'get').mockResolvedValue(catalogue as never)
  vi.spyOn(api, 'post').mockImplementation(((path: string, options: unknown) => {
    asked(path, options)
    if (path.endsWith('/rows'))
      return Promise.resolve({ count: 3, numerator: 3, calls: [], times: [], next: null })
    if (path.endsWith('/exports'))
      return Promise.resolve({ id: 'E', name: 'report.xlsx', state: 'running', rows: 0, error: '' })
    return Promise.resolve({
      figures: ['connect_rate'],
      by: ['day'],
      zone: 'Asia/Shanghai',
      period: { first: '2026-11-01', last: '2026-11-02' },
      lines: [line([], 3, 12), line(['2026-11-01'], 3, 12), line(['2026-11-02'], 0, 0)],
      compared_period: { first: '2026-10-30', last: '2026-10-31' },
      compared: [line([], 1, 10)],
    })
  }) as never)
})
afterEach(() => {
  vi.restoreAllMocks()
  document.body.innerHTML = ''
})

it('asks what the address says, and shows values, what has moved, and no value as a dash', async () => {
  await shown(
    ReportsPage,
    {},
    {
      language: 'zh-CN',
      path: '/reports?figures=connect_rate&by=day&days=2026-11-01..2026-11-02&compare=before',
    },
  )
  await flushPromises()
  await flushPromises()
  expect(asked).toHaveBeenLastCalledWith('/api/v1/figures/report', {
    body: {
      figures: ['connect_rate'],
      by: ['day'],
      first: '2026-11-01',
      last: '2026-11-02',
      zone: '',
      where: {},
      compare: 'before',
    },
  })
  // What is chosen stands there in words, though the words come after the page.
  expect(must('report').textContent).toMatch(/日.*接通率/)
  expect(must('figure-connect_rate').textContent).toMatch(/接通率.*25.0%.*\+15 pp.*10.0%/)
  expect(document.body.textContent).toMatch(/2026-11-01\s*25.0%/)
  expect(document.body.textContent).toMatch(/2026-11-02\s*–/)
})

it('every number with a value leads to its rows, as many as it says', async () => {
  await shown(ReportsPage, {}, { path: '/reports?figures=connect_rate&by=day' })
  await flushPromises()
  await flushPromises()
  const cells = [...document.querySelectorAll('[data-testid="cell-connect_rate"]')]
  const open = cells.find((it) => it.textContent?.includes('25.0%')) as HTMLElement
  expect(cells.find((it) => it.textContent === '–')?.tagName).toBe('SPAN')
  open.click()
  await flushPromises()
  expect(asked).toHaveBeenLastCalledWith('/api/v1/figures/rows', {
    body: expect.objectContaining({
      figure: 'connect_rate',
      keys: ['2026-11-01'],
      by: ['day'],
      below: '',
    }),
  })
  expect(must('rows').textContent).toContain('Connect rate · 2026-11-01')
  expect(must('rows-said').textContent).toBe('3 calls')
})

it('is kept to what is chosen, whole numbers as numbers, and leaves as a file', async () => {
  await shown(ReportsPage, {}, { path: '/reports?figures=connect_rate&hour=9,10&trunk=-' })
  await flushPromises()
  await flushPromises()
  must('report-xlsx').click()
  await flushPromises()
  expect(asked).toHaveBeenLastCalledWith('/api/v1/figures/report/exports', {
    body: expect.objectContaining({
      where: { hour: [9, 10], trunk: [null] },
      format: 'xlsx',
      parts: true,
      words: { day: { '2026-11-01': '2026-11-01', '2026-11-02': '2026-11-02' } },
    }),
  })
})
