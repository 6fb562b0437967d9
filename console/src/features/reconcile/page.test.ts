import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import { must, seen, shown } from '@/kit/testing/mount'
import { useSession, type Session } from '@/session/store'
import DifferencesPage from './DifferencesPage.vue'
import DifferenceStory from './DifferenceStory.vue'
import { tablesOf, type Difference } from './story'

const lost: Difference = {
  id: 'd1',
  version: 1,
  created_at: 1,
  created_by: 'reconcile',
  changed_at: 1,
  changed_by: 'reconcile',
  archived_at: null,
  kind: 'recording_missing',
  day: '2027-01-15',
  attempt: 'A1',
  campaign: '春季',
  number: '***678',
  placed_at: 1_800_000_000,
  ended_at: 1_800_000_060,
  record: {
    placed_at: 1_800_000_000,
    answered_at: 1_800_000_008,
    connected_at: 1_800_000_009,
    ended_at: 1_800_000_060,
    outcome: 'connected',
  },
  switch: null,
  noted: { path: '2027-01-15/x/A1.flac', bytes: 9000, seconds: 51, sha256: 'ab' },
  file: null,
  settled: '',
  note: '',
}
const check = {
  id: 'c1',
  day: '2027-01-15',
  calls: 3,
  rows: null,
  files: 2,
  found: 1,
  changed_at: 1,
}

setActivePinia(createPinia())
beforeEach(() => {
  vi.spyOn(api, 'get').mockImplementation(((path: string) =>
    Promise.resolve({ records: path.endsWith('checks') ? [check] : [lost], next: null })) as never)
})
afterEach(() => {
  vi.restoreAllMocks()
  document.body.innerHTML = ''
})
function as(permissions: string[]): void {
  useSession().session = { permissions, name: 'eva' } as unknown as Session
}

it('sets what was noted beside what lies on disk, and the call below', () => {
  const [file, call] = tablesOf(lost)
  expect(file?.lines[1]).toEqual({ what: 'bytes', sides: [9000, null] })
  expect(call?.titles).toEqual(['record', 'switch'])
})
it('tells the days that were looked at and what differs, in the reader’s words', async () => {
  as(['reconcile.read'])
  await shown(DifferencesPage, {}, { language: 'zh-CN' })
  await flushPromises()
  expect(must('day-checks').textContent).toContain('通话 3 通，话单 – 条，录音 2 个')
  expect(document.body.textContent).toContain('录音丢失')
  expect(seen('reconcile-look')).toBeNull()
})
it('offers to settle a difference only to who may', async () => {
  as(['reconcile.read', 'reconcile.settle'])
  await shown(DifferenceStory, { difference: lost }, { language: 'zh-CN' })
  await flushPromises()
  expect(must('difference-settle').textContent).toContain('处理')
  expect(document.body.textContent).toContain('记录中有录音，但文件不在应在的位置')
})
