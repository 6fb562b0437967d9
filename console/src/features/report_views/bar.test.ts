import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import { must, seen, shown } from '@/kit/testing/mount'
import { useSession } from '@/session/store'
import type { View } from './view'
import ViewsBar from './ViewsBar.vue'

const view = (id: string, owner: string): View => ({
  id,
  version: 3,
  created_at: 1,
  created_by: owner,
  changed_at: 1,
  changed_by: owner,
  archived_at: null,
  name: `周报 ${id}`,
  share: 'team',
  figures: ['dials'],
  by: ['agent'],
  period: 'days',
  last_days: 7,
  first: '2026-11-01',
  last: '2026-11-02',
  zone: '',
  where: {},
  compare: '',
  across: '',
  hot: false,
})
const now = {
  figures: ['dials'],
  by: ['agent'],
  where: {},
  compare: '',
  across: '',
  hot: false,
  days: { from: '2026-11-01', to: '2026-11-02' },
}
const opened = vi.fn()
const patched = vi.fn()

beforeEach(() => {
  setActivePinia(createPinia())
  useSession().session = {
    name: 'anna',
    permissions: ['figures.read', 'report_views.write'],
  } as never
  vi.spyOn(api, 'get').mockImplementation(((path: string, options: never) => {
    const { path: { record = '' } = {} } = options as { path?: { record?: string } }
    if (record === 'gone') return Promise.reject(new Error('404'))
    const found = path.endsWith('{record}')
      ? view(record, record === 'hers' ? 'anna' : 'ben')
      : { records: [view('hers', 'anna'), view('his', 'ben')], next: null }
    return Promise.resolve(found)
  }) as never)
  vi.spyOn(api, 'patch').mockImplementation(((_: string, options: unknown) => {
    patched(options)
    return Promise.resolve({ ...view('hers', 'anna'), version: 4 })
  }) as never)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.clearAllMocks()
  document.body.innerHTML = ''
})

async function bar(path: string, shownNow: unknown = now) {
  const found = await shown(ViewsBar, { shown: shownNow, onOpen: opened }, { path })
  await flushPromises()
  return found
}

it('a link to a saved report opens it', async () => {
  await bar('/reports?view=his')
  expect(opened).toHaveBeenCalledWith(view('his', 'ben'))
  expect(must('views').textContent).toContain('周报 his')
  expect(seen('view-save')).toBeNull()
})

it('a link that says more than the report shows what it says, as changed', async () => {
  await bar('/reports?view=hers&by=day', { ...now, by: ['day'] })
  expect(opened).not.toHaveBeenCalled()
  must('view-save').click()
  await flushPromises()
  expect(patched).toHaveBeenCalledWith({
    path: { record: 'hers' },
    body: expect.objectContaining({ version: 3, by: ['day'] }),
  })
  // The days are as they were, so their rule is, too.
  expect(patched.mock.calls[0]![0].body).not.toHaveProperty('period')
})

it("another's report is changed on the page only, or saved as one's own", async () => {
  await bar('/reports?view=his&by=day', { ...now, by: ['day'] })
  expect(must('view-changed')).toBeTruthy()
  expect(seen('view-save')).toBeNull()
  expect(must('view-new')).toBeTruthy()
})

it('a deleted report is opened by no link', async () => {
  vi.mocked(api.get).mockResolvedValue({ ...view('his', 'ben'), archived_at: 2 } as never)
  const { router } = await bar('/reports?view=his')
  expect(opened).not.toHaveBeenCalled()
  expect(router.currentRoute.value.query).toEqual({})
})

it('what is not there any more is said, and out of the address', async () => {
  const { router } = await bar('/reports?view=gone&by=day')
  expect(router.currentRoute.value.query).toEqual({ by: 'day' })
})
