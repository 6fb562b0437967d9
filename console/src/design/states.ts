import type { IconName } from './UiIcon.vue'

/** A rep's states as screens tell them: always an icon, a word and a colour together. */
export const STATES = {
  ready: { icon: 'check', colour: 'var(--state-ready)' },
  preview: { icon: 'search', colour: 'var(--state-preview)' },
  dialing: { icon: 'phone', colour: 'var(--state-dialing)' },
  talking: { icon: 'headset', colour: 'var(--state-talking)' },
  hold: { icon: 'hold', colour: 'var(--state-hold)' },
  wrapup: { icon: 'note', colour: 'var(--state-wrapup)' },
  paused: { icon: 'pause', colour: 'var(--state-paused)' },
  lost: { icon: 'warning', colour: 'var(--state-lost)' },
  out: { icon: 'leave', colour: 'var(--state-out)' },
} as const satisfies Record<string, { icon: IconName; colour: string }>

export type ShownState = keyof typeof STATES

/** What a screen shows of a rep: the state, unless the phone is gone or the callee is on hold. */
export function shownState(rep: { state: string; phone: string; activity?: string }): ShownState {
  const works = rep.state !== 'out' && rep.state !== 'paused'
  if (works && (rep.phone === 'none' || rep.phone === 'calling')) return 'lost'
  if (rep.state === 'talking' && rep.activity === 'hold') return 'hold'
  return rep.state in STATES ? (rep.state as ShownState) : 'out'
}
