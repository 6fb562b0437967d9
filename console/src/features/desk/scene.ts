import { shownState, type ShownState } from '@/design/states'
import type { AgentRow, CallRow } from './model'

/** What the desk shows of one moment, decided from the rows alone. */
export interface Scene {
  /** The rep's state as the engine has it. */
  state: string
  /** The state as it is shown: the phone's loss and a hold show before the state itself. */
  shown: ShownState
  since: number | null
  /** When the state ends by itself, if it does. */
  until: number | null
  /** A lead is on the screen: before, in or after a call. */
  hasLead: boolean
  /** There is a conversation to steer. */
  isTalking: boolean
  isConsulting: boolean
  isConference: boolean
  isHeld: boolean
}

const WITH_LEAD = new Set(['preview', 'dialing', 'talking', 'wrapup'])

export function sceneOf(row: AgentRow | null, call: CallRow | null): Scene {
  if (row === null) return OUT
  const isTalking = row.state === 'talking'
  const activity = row.activity ?? ''
  return {
    state: row.state,
    // Paused by the dialer itself until the phone is back.
    shown: row.state === 'paused' && row.reason === 'phone' ? 'lost' : shownState(row),
    since: row.since,
    until: endOf(row),
    hasLead: cardKey(row) !== null,
    isTalking,
    isConsulting: isTalking && activity === 'consult',
    isConference: isTalking && activity === 'conference',
    isHeld: isTalking && (activity === 'hold' || call?.held_by === 'agent'),
  }
}

const OUT: Scene = {
  state: 'out',
  shown: 'out',
  since: null,
  until: null,
  hasLead: false,
  isTalking: false,
  isConsulting: false,
  isConference: false,
  isHeld: false,
}

function endOf(row: AgentRow): number | null {
  if (row.state === 'wrapup') return row.wrapup_ends ?? null
  if (row.state === 'preview') return row.preview_ends ?? null
  return null
}

/** Which call's card belongs on the screen; it changes when another one does. Null: none. A ready rep
 * with an attempt has a callee on the way. */
export function cardKey(row: AgentRow | null): string | null {
  if (row === null) return null
  const call = row.attempt ?? (row.state === 'wrapup' ? (row.wrapup_of ?? null) : null)
  if (call !== null) return call
  return WITH_LEAD.has(row.state) ? `${row.state}-${row.since}` : null
}

/** The icon file of the tab for what is shown. */
export function tabIcon(shown: ShownState): string {
  const named: Partial<Record<ShownState, string>> = {
    ready: 'ready',
    preview: 'talking',
    dialing: 'talking',
    talking: 'talking',
    hold: 'talking',
    wrapup: 'wrapup',
    paused: 'paused',
    lost: 'lost',
  }
  return `/icon-${named[shown] ?? 'idle'}.svg`
}
