import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '@/api/client'
import type { Wire } from '@/api/wire'
import { must, seen, shown, type } from '../testing/mount'
import { changes, differences, merged } from './draft'
import { faultsOf } from './faults'
import RecordForm from './RecordForm.vue'
import type { FormField } from './types'

interface Team {
  title: string
  size: number | null
  note: string
}
const fields: FormField<Team>[] = [
  { name: 'title', label: 'Title', kind: 'text', required: true },
  { name: 'size', label: 'Size', kind: 'number', min: 1 },
  { name: 'note', label: 'Note', kind: 'area', when: (it) => (it.size ?? 0) > 1 },
]
const record: Team = { title: 'North', size: 3, note: '' }

async function form(more: Record<string, unknown> = {}, language: 'en' | 'zh-CN' = 'en') {
  const save = vi.fn((...sent: unknown[]): Promise<unknown> =>
    Promise.resolve({ id: sent.length && 1 }),
  )
  const props = { fields, record, save, testid: 'team', draft: 'team.1', ...more }
  const { wrapper } = await shown(RecordForm as never, props, { language })
  return { wrapper, save: (more.save ?? save) as typeof save }
}
const submit = async () => {
  ;(must('team') as HTMLFormElement).requestSubmit()
  await flushPromises()
}
const value = (name: string) => (must(`team-${name}`) as HTMLInputElement).value

const faulty = (...faults: Wire<'FieldFault'>[]) =>
  new Problem(
    422,
    'invalid-request',
    'several things',
    faults.map((it) => `body.${it.field}: wrong`),
    null,
    { faults },
  )

beforeEach(() => localStorage.clear())
afterEach(() => (document.body.innerHTML = ''))

it('sends only what changed', async () => {
  const saved = vi.fn()
  const { save } = await form({ onSaved: saved })
  expect((must('team-save') as HTMLButtonElement).disabled).toBe(true)
  type(must('team-title'), 'South')
  await flushPromises()
  await submit()
  expect(save.mock.lastCall!.slice(0, 2)).toEqual([
    { title: 'South' },
    { ...record, title: 'South' },
  ])
  expect(saved).toHaveBeenCalledWith({ id: 1 })
  expect((must('team-save') as HTMLButtonElement).disabled).toBe(true)
})

it('shows what is missing at the field, and goes there', async () => {
  const { save } = await form()
  type(must('team-title'), '')
  await flushPromises()
  await submit()
  expect(save).not.toHaveBeenCalled()
  expect(must('team-title').getAttribute('aria-invalid')).toBe('true')
  expect(document.activeElement).toBe(must('team-title'))
})

it("shows the server's faults at their fields, in the reader's language, and keeps what was typed", async () => {
  const problem = faulty({ field: 'title', slug: 'too-long', facts: { n: 5 } })
  await form({ save: vi.fn().mockRejectedValue(problem) }, 'zh-CN')
  type(must('team-title'), 'Southern')
  await flushPromises()
  await submit()
  const said = document.getElementById(must('team-title').getAttribute('aria-describedby')!)
  expect(said?.textContent).toBe('最多 5 个字符。')
  expect(value('title')).toBe('Southern')
  type(must('team-title'), 'South')
  await flushPromises()
  expect(must('team-title').getAttribute('aria-invalid')).toBeNull()
})

describe('what was typed', () => {
  it('is kept when the server cannot be reached, and after a reload', async () => {
    const lost = vi.fn().mockRejectedValue(new Problem(0, 'unreachable', ''))
    const { wrapper } = await form({ save: lost })
    type(must('team-title'), 'South')
    await flushPromises()
    await submit()
    expect(must('team-fault').textContent).toContain('kept')
    dispatchEvent(new Event('pagehide'))
    wrapper.unmount()
    document.body.innerHTML = ''
    await form()
    expect(value('title')).toBe('South')
    expect(seen('team-restored')).not.toBeNull()
    must('team-discard').click()
    await flushPromises()
    expect(value('title')).toBe('North')
  })
  it('of one record does not show in another', async () => {
    const { wrapper } = await form()
    type(must('team-title'), 'South')
    await flushPromises()
    dispatchEvent(new Event('pagehide'))
    wrapper.unmount()
    document.body.innerHTML = ''
    await form({ draft: 'team.2' })
    expect(value('title')).toBe('North')
  })
})

describe('two editors of one record', () => {
  it('the second is shown what the first changed, and saves both', async () => {
    const latest = vi.fn(async () => ({ ...record, title: 'West', size: 9 }))
    const { save } = await form({ latest })
    type(must('team-title'), 'South')
    await flushPromises()
    await submit()
    expect(save).not.toHaveBeenCalled()
    expect(must('team-theirs-title').textContent).toMatch(/North.*West.*South/s)
    expect(value('size')).toBe('9')
    expect(value('title')).toBe('South')
    await submit()
    expect(save.mock.lastCall![0]).toEqual({ title: 'South' })
  })
  it('or takes theirs', async () => {
    await form({ latest: async () => ({ ...record, title: 'West' }) })
    type(must('team-title'), 'South')
    await flushPromises()
    await submit()
    must('team-theirs-take-title').click()
    await flushPromises()
    expect(value('title')).toBe('West')
  })
  it('is looked for again when the server refuses as stale', async () => {
    const latest = vi
      .fn()
      .mockResolvedValueOnce(record)
      .mockResolvedValue({ ...record, size: 5 })
    const save = vi.fn().mockRejectedValueOnce(new Problem(412, 'stale', 'changed'))
    await form({ latest, save })
    type(must('team-title'), 'South')
    await flushPromises()
    await submit()
    expect(seen('team-theirs-size')).not.toBeNull()
    expect(value('title')).toBe('South')
  })
})

it('a field shows only while it makes sense', async () => {
  await form()
  expect(seen('team-note')).not.toBeNull()
  type(must('team-size'), '1')
  await flushPromises()
  expect(seen('team-note')).toBeNull()
})

describe('drafts', () => {
  const base = { a: 1, b: 'x', c: [1] }
  it('differ by what the API would see', () =>
    expect(changes(base, { a: 1, b: 'y', c: [1] })).toEqual({ b: 'y' }))
  it('take what others changed where nothing was typed', () =>
    expect(merged(base, { a: 2, b: 'z', c: [1] }, { a: 1, b: 'y', c: [1] })).toEqual({
      a: 2,
      b: 'y',
      c: [1],
    }))
  it('conflict only where both changed, to different values', () => {
    const found = differences(base, { a: 2, b: 'z', c: [2] }, { a: 2, b: 'y', c: [1] })
    expect(found.map((it) => [it.name, it.isConflict])).toEqual([
      ['a', false],
      ['b', true],
      ['c', false],
    ])
  })
})

describe('what the server finds wrong', () => {
  const told = [
    { field: 'title', slug: 'required', facts: {} },
    { field: 'numbers.0.title', slug: 'too-long', facts: { n: 3 } },
    { field: 'size', slug: 'at-least', facts: { n: 1 } },
  ]
  it('stands at the field of the form that it belongs to', () => {
    const { fields, rest } = faultsOf(faulty(...told), ['title'])
    expect(fields.map((it) => [it.name, it.key, it.facts])).toEqual([
      ['title', 'kit.fault.required', {}],
      ['title', 'kit.fault.too-long', { n: 3 }],
    ])
    expect(rest).toEqual(['body.size: wrong'])
  })
  it('stands below where it belongs to no field', () =>
    expect(faultsOf(new Problem(400, 'incomplete', 'it broke off'), ['title'])).toEqual({
      fields: [],
      rest: ['it broke off'],
    }))
  it('is said in the words of refusals where a feature has its own', async () => {
    await form({
      save: vi.fn().mockRejectedValue(faulty({ field: 'title', slug: 'no-such-team', facts: {} })),
    })
    type(must('team-title'), 'South')
    await flushPromises()
    await submit()
    const said = document.getElementById(must('team-title').getAttribute('aria-describedby')!)
    expect(said?.textContent).toContain('team')
    expect(said?.textContent).not.toBe('wrong')
  })
})
