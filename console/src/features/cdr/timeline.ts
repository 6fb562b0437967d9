import type { Wire } from '@/api/wire'
import type { TimelineItem } from '@/kit/KitTimeline.vue'

type Whole = Wire<'WholeCall'>
type Say = (key: string, values?: Record<string, unknown>) => string
const MARKS: Partial<Record<Wire<'CallStepRow'>['what'], TimelineItem['icon']>> = {
  held: 'hold',
  resumed: 'play',
  parked: 'pause',
  picked_up: 'phone',
  transferred: 'transfer',
  recording_paused: 'pause',
  recording_on: 'record',
}

/** A call as it went, first things first; `t` says it in the reader's language. */
export function timelineOf({ call, steps, notes }: Whole, t: Say): TimelineItem[] {
  const items: (TimelineItem | null)[] = [
    moment('placed', call.placed_at, t('cdr.line.placed'), way(call, t), { icon: 'phone' }),
    moment('ringing', call.ringing_at, t('cdr.line.ringing'), '', { icon: 'bell' }),
    moment('answered', call.answered_at, answered(call, t), '', { icon: 'check', tone: 'accent' }),
    moment(
      'connected',
      call.connected_at,
      t('cdr.line.connected', { name: call.agent_name || call.agent || '–' }),
      call.wait_seconds === null
        ? ''
        : t('cdr.line.waited', { seconds: call.wait_seconds.toFixed(1) }),
      { icon: 'headset', tone: 'good' },
    ),
    ...steps.map((it, n) =>
      moment(
        `step-${n}`,
        it.at,
        t(`words.step.${it.what}`),
        [it.agent_name || it.agent, it.label].filter(Boolean).join(' → '),
        { icon: MARKS[it.what] ?? 'move' },
      ),
    ),
    moment('ended', call.ended_at, ended(call, t), cause(call, t), {
      icon: 'hangup',
      tone: call.outcome === 'abandoned' ? 'danger' : 'plain',
    }),
    ...notes.map((it, n) => moment(`note-${n}`, it.at, it.who, it.text, { icon: 'note' })),
  ]
  const there = items.filter((it) => it !== null)
  // What happened at once stays in the order in which it is told.
  return there
    .map((it, n) => ({ it, n }))
    .sort((a, b) => a.it.at - b.it.at || a.n - b.n)
    .map(({ it }) => it)
}

function moment(
  id: string,
  at: number | null,
  title: string,
  text: string,
  look: Pick<TimelineItem, 'icon' | 'tone'>,
): TimelineItem | null {
  return at === null ? null : { id, at, title, ...(text && { text }), ...look }
}
const way = (call: Whole['call'], t: Say) =>
  [t(`words.callMode.${call.mode}`), call.trunk, call.caller_id].filter(Boolean).join(' · ')
const answered = (call: Whole['call'], t: Say) =>
  call.answered_by ? t(`cdr.line.answered.${call.answered_by}`) : t('cdr.line.answered.unknown')
const ended = (call: Whole['call'], t: Say) =>
  call.hangup_by
    ? t('cdr.line.endedBy', { who: t(`words.hangupBy.${call.hangup_by}`) })
    : t('cdr.line.ended')
const cause = (call: Whole['call'], t: Say) =>
  [
    call.outcome ? t(`common.outcome.${call.outcome}`) : '',
    call.hangup_cause === null ? '' : `Q.850 ${call.hangup_cause}`,
    call.sip_code === null ? '' : `SIP ${call.sip_code}`,
  ]
    .filter(Boolean)
    .join(' · ')
