import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import { must, seen, shown, type, until } from '@/kit/testing/mount'
import CallDrawer from './CallDrawer.vue'
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
  scripts: [{ value: '3@spring', title: 'Spring · 3 · 2026-03-01', title_zh: '' }],
}
const STORY = {
  call: ROW,
  steps: [],
  notes: [],
  results: [],
  mishaps: [],
  heard: [],
  agreed: null,
  script: null,
  corrections: [
    { value: 'sale', title: 'Sold', title_zh: '成交' },
    { value: 'no', title: 'No sale', title_zh: '未成交' },
  ],
  why: {
    list_name: '三月名单',
    for_agent: null,
    for_agent_name: '',
    lead_attempt: 2,
    number_attempt: 1,
    priority: 50,
    due_at: 1_799_990_000,
    callback_at: null,
    paced: {
      method: 'predictive',
      place: 3,
      ready: 2,
      talking: 5,
      ringing: 4,
      waiting: 0,
      bound_by: 'risk',
    },
    pardon: null,
  },
  allowed: {
    at: 1_800_000_000,
    zones: ['Asia/Shanghai'],
    until: 1_800_010_000,
    any_hour: false,
    today: 1,
    max_per_day: 3,
    in_24h: 2,
    max_per_24h: 4,
    last_ended_at: 1_799_990_000,
    pause_minutes: 60,
  },
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
      path.endsWith('choices') ? CHOICES : STORY) as never)
    const at = { language: 'zh-CN', path: '/calls', as: ['calls', '/calls/:call?'] } as const
    const { router } = await shown(CallsPage, {}, { ...at, as: [...at.as] })
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
    expect(router.currentRoute.value.path).toBe('/calls/A1')
    expect(must('call-disposition').textContent).toBe('成交')
    expect(must('call-behind-why').textContent).toContain('三月名单')
    expect(must('call-behind-why').textContent).toContain('空闲坐席 2')
    expect(must('call-behind-allowed').textContent).toContain('限 3 次')
    await flushPromises()
  })

  it('finds by cause, SIP code and script, as the address says', async () => {
    const asked = vi
      .spyOn(api, 'post')
      .mockImplementation((async () => ({ calls: [ROW], next: null })) as never)
    vi.spyOn(api, 'get').mockImplementation((async () => CHOICES) as never)
    await shown(CallsPage, {}, { path: '/calls?causes=16,17&sip_codes=486&scripts=3@spring' })
    await until(() => seen('calls-row-A1'))
    const { body } = (asked.mock.calls.at(-1) as unknown as [string, { body: object }])[1]
    expect(body).toMatchObject({ causes: [16, 17], sip_codes: [486], scripts: ['3@spring'] })
  })

  it('corrects a result with a reason, and not without', async () => {
    vi.spyOn(api, 'get').mockImplementation((async () => STORY) as never)
    const put = vi.spyOn(api, 'put').mockImplementation((async () => ({})) as never)
    await shown(CallDrawer, { id: 'A1' })
    await until(() => seen('call-correct'))
    must('call-correct').click()
    await until(() => seen('correct-save'))
    expect((must('correct-save') as HTMLButtonElement).disabled).toBe(true)
    must('correct-to').click()
    await until(() => document.querySelector('[role="option"]'))
    const options = [...document.querySelectorAll('[role="option"]')]
    expect(options.map((it) => it.textContent!.trim())).toEqual(['No sale'])
    ;(options[0] as HTMLElement).click()
    type(must('correct-because'), 'heard it: no order')
    await until(() => !(must('correct-save') as HTMLButtonElement).disabled)
    must('correct-save').click()
    await until(() => put.mock.calls.length)
    const said = (put.mock.calls[0] as unknown as [string, { body: object }])[1].body
    expect(said).toMatchObject({ was: 'sale', disposition: 'no', because: 'heard it: no order' })
    await until(() => !seen('correct-save'))
  })
})
