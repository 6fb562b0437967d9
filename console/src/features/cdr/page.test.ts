import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import { must, seen, shown, type, until } from '@/kit/testing/mount'
import CallsPage from './CallsPage.vue'

const ROW = {
  id: 'A1',
  campaign: 'spring',
  campaign_title: '春季',
  lead: 'L1',
  lead_name: '王芳',
  number: '+4930…27',
  mode: 'auto',
  placed_at: 1_800_000_000,
  ended_at: 1_800_000_060,
  outcome: 'connected',
  agent: 'anna',
  agent_name: 'Anna',
  talk_seconds: 40,
  hangup_by: 'callee',
  disposition: 'sale',
  disposition_title: 'Sold',
  disposition_title_zh: '成交',
  recording_state: null,
  recording: null,
  ringing_at: null,
  answered_at: null,
  connected_at: 1_800_000_020,
  wait_seconds: 0.4,
  wrapup_seconds: null,
  hangup_cause: 16,
  sip_code: null,
  trunk: 'main',
  caller_id: '',
  answered_by: null,
}
const CHOICES = {
  campaigns: [],
  reps: [{ value: 'anna', title: 'Anna', title_zh: '' }],
  teams: [],
  trunks: [],
  dispositions: [],
}
beforeEach(() => {
  setActivePinia(createPinia())
  localStorage.clear()
})
afterEach(() => {
  vi.restoreAllMocks()
  document.body.innerHTML = ''
})

describe('the page of calls', { timeout: 30_000 }, () => {
  it('asks for the last thirty days, shows names in the reader’s language, and opens a call', async () => {
    const asked = vi
      .spyOn(api, 'post')
      .mockImplementation((async () => ({ calls: [ROW], next: null })) as never)
    vi.spyOn(api, 'get').mockImplementation((async (path: string) =>
      path.endsWith('choices') ? CHOICES : { call: ROW, steps: [], notes: [] }) as never)
    await shown(CallsPage, {}, { language: 'zh-CN' })
    await until(() => seen('calls-row-A1'))
    const row = must('calls-row-A1').textContent!
    for (const word of ['王芳', '春季', 'Anna', '已接通', '成交', '客户'])
      expect(row).toContain(word)

    const body = () =>
      (asked.mock.calls.at(-1) as unknown as [string, { body: Record<string, unknown> }])[1].body
    expect(body().since).toBeGreaterThan(0)
    type(must('calls-filter-number'), '+4930123')
    await until(() => body().number === '+4930123')

    must('calls-row-A1').click()
    await until(() => seen('call-line-placed'))
    expect(must('call-disposition').textContent).toBe('成交')
    await flushPromises()
  })
})
