import { beforeAll, describe, expect, it } from 'vitest'
import { i18n, sayAll, speak } from '@/i18n'
import en from './texts/en.json'
import zh from './texts/zh-CN.json'
import { SAID, sentence, type Speaker } from './say'

beforeAll(async () => {
  await speak('zh-CN')
  await sayAll()
})
const chinese: Speaker = {
  t: (key, values = {}) => i18n.global.t(key, values),
  te: (key) => i18n.global.te(key),
  locale: 'zh-CN',
  reason: (id) => (id === 'lunch' ? '午餐' : id),
}
const held = {
  campaign: '春季',
  waits: [{ reason: 'asleep', at: 900, count: 5 }],
  asleep: [{ reason: 'calling_window', count: 5, next_at: 900, zones: ['Asia/Shanghai'] }],
  until: 900,
}
/** Of every metric what it is measured with. */
const MEASURED: Record<string, Record<string, unknown>> = {
  abandon_share: { campaign: '春季', rate: 0.025, window: 'day', limit: 0.03 },
  trunk_use: { trunk: '电信', used: 9, lines: 10 },
  trunk_down: { trunk: '电信', seconds: 30, silent: false, causes: [34] },
  trunk_failing: { trunk: '电信', refused: 3, ended: 10, causes: [] },
  switch_failing: { node: '一号', seconds: 8 },
  recording_failures: { count: 2 },
  differences: { count: 2 },
  answer_to_agent_p95: { pool: '北', seconds: 2.4 },
  paused: { rep: '安娜', reason: 'lunch', seconds: 1200 },
  ready: { rep: '安娜', reason: '', seconds: 400 },
  no_leads: { campaign: '春季' },
  no_dialable_leads: held,
  not_dialing: { pool: '北', held: [held], pacing: { en: 'risk', zh: '风险' } },
  ami_down: { node: '一号', seconds: 12 },
  clock_off: { kind: 'step', node: '一号', seconds: -3 },
}
const said = (metric: string) =>
  sentence({ words: 'plain English', facts: { metric, ...MEASURED[metric] } }, chinese)

describe('an alert', () => {
  it.each(SAID)('of %s is said in Chinese, with nothing left out', (metric) => {
    expect(MEASURED[metric]).toBeDefined()
    const latin = said(metric).replace('Asterisk', '')
    expect(latin).not.toMatch(/[A-Za-z?]/)
  })

  it('says what sleeping leads wait for, where, and until when', () => {
    expect(said('no_dialable_leads')).toMatch(
      /^春季：5 个不在允许的呼叫时段（中国）、.+起可拨下一个$/,
    )
  })

  it("is told in the server's words where it is older than its facts", () => {
    expect(sentence({ words: 'plain English', facts: {} }, chinese)).toBe('plain English')
  })

  it('has the same sentences in both languages', () => {
    expect(Object.keys(en.say)).toEqual(Object.keys(zh.say))
  })
})
