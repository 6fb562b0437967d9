import type { Today } from './model'

const COUNTER: Record<string, keyof Today> = {
  talking: 'talk_seconds',
  ready: 'wait_seconds',
  wrapup: 'wrapup_seconds',
  paused: 'pause_seconds',
  preview: 'preview_seconds',
  dialing: 'dialing_seconds',
}

/** The day's totals as of `now`, in a state that has lasted since before they were counted. */
export function running(today: Today, state: string, now: number): Today {
  const counter = COUNTER[state]
  const more = Math.max(0, now - today.now)
  if (!counter) return today
  return {
    ...today,
    now: today.now + more,
    login_seconds: today.login_seconds + more,
    [counter]: (today[counter] as number) + more,
  }
}
