import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Problem } from '@/api/client'
import { must, seen, shown } from '../testing/mount'
import { mappingFaults, type Mapping, type Progress } from './types'
import UploadWizard from './UploadWizard.vue'

const FIELDS = [
  { value: 'number', label: '电话号码', required: true, many: true },
  { value: 'name', label: '姓名' },
]
const column = (name: string, guess: string | null) => ({ name, examples: ['a', 'b'], guess })
const upload = { preview: vi.fn(), sample: vi.fn(), run: vi.fn() }

beforeEach(() => {
  upload.preview.mockReset().mockResolvedValue({
    columns: [column('电话', 'number'), column('客户', 'name'), column('备注', null)],
    rows: 3,
  })
  upload.sample.mockReset().mockResolvedValue([{ name: '张三', number: '+86138' }])
  upload.run.mockReset().mockResolvedValue({ imported: 3 })
})
afterEach(() => {
  document.body.innerHTML = ''
})

const wizard = (more: Record<string, unknown> = {}) =>
  shown(UploadWizard, { upload, fields: FIELDS, testid: 'up', ...more }, { language: 'zh-CN' })
async function choose(size = 10): Promise<void> {
  const file = new File(['x'.repeat(size)], '六月.csv')
  const input = must('up-file') as HTMLInputElement
  Object.defineProperty(input, 'files', { value: [file], configurable: true })
  input.dispatchEvent(new Event('change'))
  await flushPromises()
}
async function click(testid: string): Promise<void> {
  must(testid).click()
  await flushPromises()
}

it('goes from the file over its columns and first rows to the end', async () => {
  await wizard()
  await choose()
  expect(document.body.textContent).toContain('备注')
  await click('up-next')
  expect(upload.sample.mock.calls[0]![1]).toEqual({ 电话: 'number', 客户: 'name', 备注: null })
  expect(must('up-sample').textContent).toContain('+86138')
  await click('up-start')
  expect(seen('up-again')).not.toBeNull()
})

it('does not go on without a needed column, nor with one meant twice', () => {
  expect(mappingFaults(FIELDS, { a: null })).toEqual([{ kind: 'missing', field: '电话号码' }])
  expect(mappingFaults(FIELDS, { a: 'number', b: 'number' })).toEqual([])
  expect(mappingFaults(FIELDS, { a: 'number', b: 'name', c: 'name' })).toEqual([
    { kind: 'twice', field: '姓名' },
  ])
})

it('says what is wrong with a file and lets another be chosen', async () => {
  upload.preview.mockRejectedValueOnce(
    new Problem(422, 'invalid-list', 'the file is empty', [], null, {
      facts: { fault: 'the file is empty', fault_zh: '文件是空的' },
    }),
  )
  await wizard()
  await choose()
  expect(must('up-fault').textContent).toContain('文件是空的')
  await choose()
  expect(seen('up-fault')).toBeNull()
  expect(seen('up-next')).not.toBeNull()
})

it('keeps what was said of columns when the file is looked at again', async () => {
  let again: () => void = () => undefined
  await shown(
    UploadWizard,
    { upload, fields: FIELDS, testid: 'up' },
    {
      language: 'zh-CN',
      slots: {
        options: (slot: { changed: () => void }) => {
          again = slot.changed
          return null
        },
      },
    },
  )
  await choose()
  await click('up-map-1-clear')
  again()
  await flushPromises()
  expect(upload.preview).toHaveBeenCalledTimes(2)
  await click('up-next')
  expect(upload.sample.mock.calls[0]![1].客户).toBeNull()
})

it('does not start while something is lacking, and takes no file while it is blocked', async () => {
  await wizard({ unready: '请填写名单名称。' })
  await choose()
  expect(must('up-faults').textContent).toContain('请填写名单名称。')
  expect((must('up-next') as HTMLButtonElement).disabled).toBe(true)
  document.body.innerHTML = ''
  await wizard({ blocked: '请先选择外呼任务。' })
  expect((must('up-choose') as HTMLButtonElement).disabled).toBe(true)
})

it('shows how far it is, and stops when told', async () => {
  let told: (it: Progress) => void = () => undefined
  let signal = new AbortController().signal
  upload.run.mockImplementation(
    (_file: File, _mapping: Mapping, on: { progress: typeof told; signal: AbortSignal }) => {
      told = on.progress
      signal = on.signal
      return new Promise((_, reject) =>
        on.signal.addEventListener('abort', () => reject(new Error('x'))),
      )
    },
  )
  await wizard()
  await choose()
  await click('up-next')
  must('up-start').click()
  await flushPromises()
  told({ done: 5, total: 20 })
  await flushPromises()
  expect(must('up-progress').textContent).toMatch(/5.*20/)
  await click('up-cancel')
  expect(signal.aborted).toBe(true)
  expect(seen('up-fault')).not.toBeNull()
  expect(seen('up-start')).not.toBeNull()
})

it('refuses a file that is too large before it is sent', async () => {
  await wizard({ maxMb: 0.000001 })
  await choose(100)
  expect(upload.preview).not.toHaveBeenCalled()
  expect(seen('up-fault')).not.toBeNull()
})
