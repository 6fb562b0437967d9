import type { Wire } from '@/api/wire'

/** What a call, or a recording of one, says of those in it. */
export type CallNames = Pick<
  Wire<'CallRow'>,
  | 'number'
  | 'lead_name'
  | 'agent'
  | 'agent_name'
  | 'disposition'
  | 'disposition_title'
  | 'disposition_title_zh'
>
type Titled = Pick<Wire<'Choice'>, 'title' | 'title_zh'>

/** A result's title in the reader's language; its code where nobody gave it one. */
export const dispositionTitle = (it: Titled, locale: string): string =>
  (locale.startsWith('zh') && it.title_zh) || it.title

export function dispositionOf(call: CallNames, locale: string): string {
  if (!call.disposition) return ''
  const title = call.disposition_title ?? call.disposition
  return dispositionTitle({ title, title_zh: call.disposition_title_zh ?? '' }, locale)
}
/** The rep's name; a rep who is there no more has only the code. */
export const repOf = (call: CallNames): string => call.agent_name || (call.agent ?? '')
export const calleeOf = (call: CallNames): string =>
  [call.lead_name, call.number].filter(Boolean).join(' · ')
