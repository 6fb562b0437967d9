import type { Permission } from '@/api/wire'
import type { RepLine } from './model'

export interface Offered {
  /** Shown as icons in the row. */
  quick: string[]
  /** Behind the button with the dots. */
  menu: string[]
}

/** What may be done with a rep now, by somebody with these rights. */
export function actionsFor(row: RepLine, may: (permission: Permission) => boolean): Offered {
  const present = row.state !== 'out'
  const inCall = row.state === 'talking'
  const quick = may('calls.listen') && present ? ['listen'] : []
  const menu: string[] = []
  if (may('calls.listen') && inCall) menu.push('whisper', 'barge')
  if (may('messages.send') && present) menu.push('message')
  if (may('agents.steer') && present) {
    if (row.state === 'paused' || row.leaving) menu.push('ready')
    if (row.state !== 'paused' && row.leaving !== 'pause') menu.push('pause')
    menu.push('move')
    if (inCall) menu.push('hangup')
    menu.push('logout')
  }
  return { quick, menu }
}
