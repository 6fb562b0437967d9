import { describe, expect, it } from 'vitest'
import { cardKey, sceneOf, tabIcon } from './scene'
import type { AgentRow } from './model'

const row = (more: Partial<AgentRow>): AgentRow => ({
  agent: 'anna',
  name: 'Anna',
  pool: 'default',
  state: 'ready',
  reason: '',
  since: 100,
  phone: 'held',
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

describe('the desk', () => {
  it('of a rep whom the floor does not know is logged out', () => {
    expect(sceneOf(null, null)).toMatchObject({ state: 'out', shown: 'out', hasLead: false })
  })
  it('shows the countdown of wrap-up and of a preview, and of nothing else', () => {
    expect(sceneOf(row({ state: 'wrapup', wrapup_ends: 130 }), null).until).toBe(130)
    expect(sceneOf(row({ state: 'wrapup', wrapup_ends: null }), null).until).toBeNull()
    expect(sceneOf(row({ state: 'preview', preview_ends: 120 }), null).until).toBe(120)
    expect(sceneOf(row({ state: 'talking', wrapup_ends: 130 }), null).until).toBeNull()
  })
  it('shows a hold and a lost phone before the state itself', () => {
    expect(sceneOf(row({ state: 'talking', activity: 'hold' }), null).shown).toBe('hold')
    expect(sceneOf(row({ state: 'ready', phone: 'none' }), null).shown).toBe('lost')
  })
  it('knows who else is in the conversation', () => {
    expect(sceneOf(row({ state: 'talking', activity: 'consult' }), null).isConsulting).toBe(true)
    expect(sceneOf(row({ state: 'wrapup', activity: 'consult' }), null).isConsulting).toBe(false)
  })
})

describe('the card', () => {
  it('is asked for anew with every call, and for none outside calls', () => {
    expect(cardKey(row({ state: 'talking', attempt: 'a1' }))).toBe('a1')
    expect(cardKey(row({ state: 'wrapup', wrapup_of: 'a1' }))).toBe('a1')
    expect(cardKey(row({ state: 'ready', attempt: 'a2', wrapup_of: 'a1' }))).toBe('a2')
    expect(cardKey(row({ state: 'preview', since: 7 }))).toBe('preview-7')
    expect(cardKey(row({ state: 'ready' }))).toBeNull()
    expect(cardKey(null)).toBeNull()
  })
})

it('every state has an icon for the tab', () => {
  expect(tabIcon('ready')).toBe('/icon-ready.svg')
  expect(tabIcon('out')).toBe('/icon-idle.svg')
})
