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
  outcome: 'connected',
  hangup_by: 'callee',
  hangup_cause: 16,
  sip_code: null,
} as unknown as Wire<'CallRow'>
const say = (key: string, values?: Record<string, unknown>) =>
  [key, ...Object.values(values ?? {})].join(' ')

describe('how a call went', () => {
  it('is told in order, with what was done in it and noted after it', () => {
    const items = timelineOf(
      {
        call,
        steps: [{ at: 30, what: 'held', agent: 'anna', agent_name: 'Anna', label: '' }],
        notes: [{ at: 65, who: 'Anna', text: 'call later' }],
      },
      say,
    )
    expect(items.map((it) => it.id)).toEqual([
      'placed',
      'ringing',
      'answered',
      'connected',
      'step-0',
      'ended',
      'note-0',
    ])
    expect(items[3]).toMatchObject({ title: 'cdr.line.connected Anna', tone: 'good' })
    expect(items[5]).toMatchObject({ text: 'common.outcome.connected · Q.850 16' })
  })
  it('says nothing of what did not happen', () => {
    const bare = {
      ...call,
      ringing_at: null,
      answered_at: null,
      connected_at: null,
      ended_at: null,
    }
    const items = timelineOf({ call: bare, steps: [], notes: [] }, say)
    expect(items.map((it) => it.id)).toEqual(['placed'])
  })
})
