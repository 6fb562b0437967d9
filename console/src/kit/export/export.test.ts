import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { h } from 'vue'
import { api, Problem } from '@/api/client'
import { must, seen, shown, until } from '../testing/mount'
import KitExport from './KitExport.vue'
import { sheetWish, useExport, type Exporting } from './useExport'

const RUNNING = { id: 'E1', name: 'calls.xlsx', state: 'running', rows: 12, error: '' } as const
let saved: string[] = []

async function dialog(): Promise<Exporting> {
  let exporting: Exporting | undefined
  await shown({
    setup() {
      exporting = useExport()
      return () => h(KitExport, { of: exporting!, testid: 'x' })
    },
  })
  return exporting!
}
beforeEach(() => {
  saved = []
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLElement) {
    saved.push(this.getAttribute('href') ?? '')
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  document.body.innerHTML = ''
})

describe('an export', () => {
  it('is looked after until its file is there, and saved', async () => {
    const answers = [RUNNING, { ...RUNNING, state: 'ready' as const, rows: 4711 }]
    vi.spyOn(api, 'get').mockImplementation((async () => answers.shift()) as never)
    const exporting = await dialog()
    await exporting.start(async () => RUNNING)
    await until(() => seen('x')?.textContent?.includes('12 rows'))
    await vi.waitFor(() => expect(saved).toEqual(['/api/v1/exports/E1/file']), { timeout: 5000 })
    expect(must('x').textContent).toContain('4,711')
  })
  it('given up is given up on the server', async () => {
    vi.spyOn(api, 'get').mockImplementation((async () => RUNNING) as never)
    const gone = vi.spyOn(api, 'delete').mockImplementation((async () => undefined) as never)
    const exporting = await dialog()
    await exporting.start(async () => RUNNING)
    await until(() => seen('x-end'))
    must('x-end').click()
    await until(() => !seen('x'))
    expect(gone).toHaveBeenCalledWith('/api/v1/exports/{export}', { path: { export: 'E1' } })
    expect(saved).toEqual([])
  })
  it('that is refused says why in the reader’s words', async () => {
    const exporting = await dialog()
    await exporting.start(() =>
      Promise.reject(
        Object.assign(Object.create(Problem.prototype), {
          slug: 'too-many-exports',
          detail: '',
          faults: [],
          said: { facts: {} },
          status: 429,
        }),
      ),
    )
    await until(() => seen('x')?.textContent?.includes('several exports'))
  })
})

describe('what is asked for', () => {
  it('are the columns somebody sees, in their order, with the words they see', () => {
    const columns = [
      { id: 'a', title: '甲', value: () => 1 },
      { id: 'b', title: '乙', value: () => 2 },
    ]
    const said = {
      format: 'csv',
      title: '通话',
      language: 'zh-CN',
      words: { b: [{ value: 'busy', label: '占线' }], c: [] },
    }
    expect(sheetWish(columns, ['b', 'a'], said)).toMatchObject({
      format: 'csv',
      columns: [
        { id: 'b', title: '乙' },
        { id: 'a', title: '甲' },
      ],
      words: { b: { busy: '占线' } },
    })
  })
})
