import { describe, expect, it } from 'vitest'
import type { Wire } from '@/api/wire'
import { timelineOf } from './timeline'

const call = {
  id: 'A1',
  placed_at: 10,
  ringing_at: 12,
  answered_at: 20,
  connected_at: 20,
  ended_at: 60,
  mode: 'auto',
  trunk: 'main',
  caller_id: '+49301',
  answered_by: 'human',
  agent: 'anna',
  agent_name: 'Anna',
  wait_seconds: 0.4,
  wrapup_seconds: 5,
  outcome: 'connected',
  hangup_by: 'callee',
  hangup_cause: 16,
  sip_code: null,
} as unknown as Wire<'CallRow'>
const rest = {
  notes: [],
  steps: [],
  results: [],
  mishaps: [],
  heard: [],
  agreed: null,
} as unknown as Omit<Wire<'WholeCall'>, 'call'>
const say = (key: string, values?: Record<string, unknown>) =>
  [key, ...Object.values(values ?? {})].join(' ')

describe('how a call went', () => {
  it('is told in order, with what was done in it and noted after it', () => {
    const items = timelineOf(
      {
        ...rest,
        call,
        steps: [{ at: 30, what: 'held', agent: 'anna', agent_name: 'Anna', label: '' }],
        notes: [{ at: 65, who: 'Anna', text: 'call later' }],
      },
      say,
      'en',
    )
    expect(items.map((it) => it.id)).toEqual([
      'placed',
      'ringing',
      'answered',
      'connected',
      'step-0',
      'ended',
      'wrapup',
      'note-0',
    ])
    expect(items[3]).toMatchObject({ title: 'cdr.line.connected Anna', tone: 'good' })
    expect(items[5]).toMatchObject({
      text: 'common.outcome.connected · cdr.cause.of cdr.cause.16 16',
    })
    expect(items[1]!.text).toBe('cdr.line.lasted cdr.line.inSeconds 8.0')
    expect(items[4]!.text).toBe('Anna · cdr.line.lasted cdr.line.inSeconds 30.0')
  })
  it('tells who corrected a result, and why', () => {
    const result = {
      at: 70,
      who: 'Boss',
      disposition: 'no',
      title: 'No sale',
      title_zh: '未成交',
      before: 'sale',
      before_title: 'Sold',
      before_title_zh: '成交',
      why: 'heard it',
    }
    const items = timelineOf({ ...rest, call, results: [result] }, say, 'zh-CN')
    expect(items.at(-1)).toMatchObject({
      title: 'cdr.line.corrected Boss 成交 未成交',
      text: 'cdr.line.because heard it',
    })
  })
  it('says nothing of what did not happen', () => {
    const bare = {
      ...call,
      ringing_at: null,
      answered_at: null,
      connected_at: null,
      ended_at: null,
    }
    const items = timelineOf({ ...rest, call: bare }, say, 'en')
    expect(items.map((it) => it.id)).toEqual(['placed'])
  })
})
