import { describe, expect, it } from 'vitest'
import {
  budget,
  countPhases,
  countStates,
  DEFAULT_THRESHOLDS,
  found,
  hoursLeft,
  level,
  lines,
  remembered,
  sorted,
  type Call,
  type Rep,
} from './model'

const rep = (agent: string, more: Partial<Rep> = {}): Rep => ({
  agent,
  name: agent,
  pool: 'p',
  state: 'ready',
  reason: '',
  since: 100,
  phone: 'parked',
  attempt: null,
  campaign: null,
  calls: 0,
  talk_seconds: 0,
  leaving: '',
  leaving_reason: '',
  wrapup_ends: null,
  wrapup_of: null,
  preview_ends: null,
  up_next: '',
  last_attempt: null,
  last_outcome: '',
  activity: '',
  watchers: [],
  by: '',
  moving_to: '',
  ...more,
})
const call = (attempt: string, phase: Call['phase']): Call => ({
  attempt,
  campaign: 'spring',
  lead: 'l',
  number: '+1***',
  phase,
  since: 0,
  placed_at: 0,
  agent: null,
  mode: 'auto',
  held_by: '',
  held_until: null,
  recording: 'off',
  parties: [],
})
const floor = () =>
  lines(
    {
      anna: rep('anna', {
        state: 'talking',
        phone: 'bridged',
        attempt: 'a1',
        campaign: 'spring',
        calls: 4,
      }),
      ben: rep('ben', { since: 10 }),
      cleo: rep('cleo', { phone: 'none' }),
      dora: rep('dora', { state: 'paused', reason: 'lunch' }),
    },
    { a1: call('a1', 'talking') },
  )
const names = (rows: { agent: string }[]) => rows.map((row) => row.agent)

describe('the reps', () => {
  it('have their call beside them', () => {
    expect(floor().find((row) => row.agent === 'anna')?.call?.campaign).toBe('spring')
  })
  it('who need a look come first', () => {
    expect(names(sorted(floor(), 'state', false))).toEqual(['cleo', 'anna', 'ben', 'dora'])
  })
  it('are sorted by how long they are in their state', () => {
    expect(names(sorted(floor(), 'time', true))[0]).toBe('ben')
  })
  it('are found by name, campaign and state together', () => {
    expect(names(found(floor(), 'SPRING', new Set()))).toEqual(['anna'])
    expect(names(found(floor(), '', new Set(['paused', 'lost'])))).toEqual(['cleo', 'dora'])
    expect(found(floor(), 'anna', new Set(['paused']))).toEqual([])
  })
  it('are counted by what is shown of them', () => {
    expect(countStates(floor()).filter(({ count }) => count)).toEqual([
      { state: 'lost', count: 1 },
      { state: 'talking', count: 1 },
      { state: 'ready', count: 1 },
      { state: 'paused', count: 1 },
    ])
  })
  it('warn when they are long in a state', () => {
    const ben = floor().find((row) => row.agent === 'ben')!
    expect([50, 70, 400].map((now) => level(ben, now, DEFAULT_THRESHOLDS))).toEqual([
      '',
      'warn',
      'alarm',
    ])
  })
})

it('calls are counted by what a person waits for', () => {
  const phases = ['placing', 'dialing', 'ringing', 'reserved', 'talking', 'ended'] as const
  const calls = phases.map((it) => call(it, it))
  expect(countPhases(calls)).toMatchObject({
    dialing: 2,
    ringing: 1,
    waiting: 1,
    talking: 1,
    held: 0,
  })
})

describe('a legal window', () => {
  it.each([
    [{ abandoned: 0, answered: 0 }, null, 'good', 0],
    [{ abandoned: 1, answered: 100 }, 0.01, 'good', 2],
    [{ abandoned: 5, answered: 200 }, 0.025, 'near', 1],
    [{ abandoned: 4, answered: 100 }, 0.04, 'over', -1],
  ])('of %o', (counts, rate, shown, left) => {
    const seen = budget('day', { ...counts, rate }, 0.03)
    expect([seen.rate, seen.level]).toEqual([rate, shown])
    expect(seen.left).toBeCloseTo(left)
  })
})

describe('the list', () => {
  it('is through after leads over pace', () => {
    expect(hoursLeft(3600, { at: 0, placed: 0 }, { at: 100, placed: 100 })).toBe(1)
  })
  it('says nothing before there is a pace', () => {
    expect(hoursLeft(100, undefined, { at: 0, placed: 0 })).toBeNull()
    expect(hoursLeft(100, { at: 0, placed: 5 }, { at: 60, placed: 5 })).toBeNull()
  })
  it('forgets its pace when the engine starts anew', () => {
    expect(remembered([{ at: 0, placed: 50 }], { at: 9, placed: 2 })).toEqual([
      { at: 9, placed: 2 },
    ])
  })
})
