import type { Wire } from '@/api/wire'
import type { TimelineItem } from '@/kit/KitTimeline.vue'
import { dayAndTime, timer } from '@/time/format'
import { causeWords, sipWords } from './causes'
import { dispositionTitle } from './names'

type Whole = Wire<'WholeCall'>
type Call = Whole['call']
type Step = Whole['steps'][number]
type Say = (key: string, values?: Record<string, unknown>) => string
type Look = Pick<TimelineItem, 'icon' | 'tone'>
const MARKS: Partial<Record<Step['what'], TimelineItem['icon']>> = {
  held: 'hold',
  resumed: 'play',
  parked: 'pause',
  picked_up: 'phone',
  transferred: 'transfer',
  recording_paused: 'pause',
  recording_on: 'record',
}
/** What a step lasts until. */
const UNTIL: Partial<Record<Step['what'], Step['what'][]>> = {
  held: ['resumed', 'parked', 'transferred'],
  parked: ['picked_up', 'nobody_came'],
  recording_paused: ['recording_on'],
}

/** A call as it went, first things first, with how long each took; `t` says it in the reader's language. */
export function timelineOf(story: Whole, t: Say, locale: string): TimelineItem[] {
  const items = [
    ...ofStages(story.call, t),
    ...story.steps.map((it, n) => ofStep(it, n, story, t)),
    ...ofEnd(story.call, t),
    ...story.mishaps.map((it, n) =>
      moment(`mishap-${n}`, it.at, t(`cdr.mishap.${it.slug}`), [], {
        icon: 'warning',
        tone: 'warn',
      }),
    ),
    ...story.results.map((it, n) => ofResult(it, n, t, locale)),
    ofPromise(story, t, locale),
    ...story.notes.map((it, n) => moment(`note-${n}`, it.at, it.who, [it.text], { icon: 'note' })),
    ...story.heard.map((it, n) =>
      moment(`heard-${n}`, it.at, t('cdr.line.heard', { who: it.who }), [], { icon: 'ear' }),
    ),
  ]
  const there = items.filter((it) => it !== null)
  // What happened at once stays in the order in which it is told.
  return there
    .map((it, n) => ({ it, n }))
    .sort((a, b) => a.it.at - b.it.at || a.n - b.n)
    .map(({ it }) => it)
}

function ofStages(call: Call, t: Say): (TimelineItem | null)[] {
  const { ringing_at, answered_at, connected_at, ended_at } = call
  const took = lasting(t)
  return [
    moment(
      'placed',
      call.placed_at,
      t('cdr.line.placed'),
      [way(call, t), took(call.placed_at, ringing_at ?? answered_at ?? ended_at)],
      { icon: 'phone' },
    ),
    moment(
      'ringing',
      ringing_at,
      t('cdr.line.ringing'),
      [took(ringing_at, answered_at ?? ended_at)],
      { icon: 'bell' },
    ),
    moment(
      'answered',
      answered_at,
      answered(call, t),
      [call.answered_by === 'machine' ? '' : took(answered_at, connected_at ?? ended_at, 'waited')],
      { icon: 'check', tone: 'accent' },
    ),
    moment(
      'connected',
      connected_at,
      t('cdr.line.connected', { name: call.agent_name || call.agent || '–' }),
      [took(connected_at, ended_at)],
      { icon: 'headset', tone: 'good' },
    ),
  ]
}

function ofStep(it: Step, n: number, { call, steps }: Whole, t: Say): TimelineItem | null {
  const ends = UNTIL[it.what]
  const next = ends && steps.find((other) => other.at >= it.at && ends.includes(other.what))
  const who = [it.agent_name || it.agent, it.label].filter(Boolean).join(' → ')
  return moment(
    `step-${n}`,
    it.at,
    t(`words.step.${it.what}`),
    [who, ends ? lasting(t)(it.at, next?.at ?? call.ended_at) : ''],
    { icon: MARKS[it.what] ?? 'move' },
  )
}

function ofEnd(call: Call, t: Say): (TimelineItem | null)[] {
  const by = call.hangup_by
    ? t('cdr.line.endedBy', { who: t(`words.hangupBy.${call.hangup_by}`) })
    : t('cdr.line.ended')
  const outcome = call.outcome ? t(`common.outcome.${call.outcome}`) : ''
  const end = moment(
    'ended',
    call.ended_at,
    by,
    [outcome, causeWords(call.hangup_cause, t), sipWords(call.sip_code, t)],
    { icon: 'hangup', tone: call.outcome === 'abandoned' ? 'danger' : 'plain' },
  )
  const wrapup = call.wrapup_seconds
  if (wrapup === null || call.ended_at === null) return [end]
  const text = [t('cdr.line.lasted', { time: timer(wrapup) })]
  return [end, moment('wrapup', call.ended_at, t('cdr.line.wrapup'), text, { icon: 'note' })]
}

function ofResult(
  it: Whole['results'][number],
  n: number,
  t: Say,
  locale: string,
): TimelineItem | null {
  const to = dispositionTitle({ title: it.title, title_zh: it.title_zh }, locale)
  const said = { title: it.before_title, title_zh: it.before_title_zh }
  const from = dispositionTitle(said, locale)
  const title =
    it.before === null
      ? t('cdr.line.result', { who: it.who, to })
      : t('cdr.line.corrected', { who: it.who, from, to })
  const tone = it.before === null ? 'accent' : 'warn'
  const why = it.why && t('cdr.line.because', { why: it.why })
  return moment(`result-${n}`, it.at, title, [why], {
    icon: it.before === null ? 'check' : 'undo',
    tone,
  })
}

function ofPromise({ agreed, call }: Whole, t: Say, locale: string): TimelineItem | null {
  if (agreed === null) return null
  const when = dayAndTime(agreed.due_at, locale)
  const who = agreed.owner || t('cdr.line.anyone')
  const became = agreed.result ? t(`cdr.line.promise.${agreed.result}`) : ''
  const text = [t('cdr.line.agreedFor', { who }), became]
  const at = call.ended_at ?? call.placed_at
  return moment('agreed', at, t('cdr.line.agreed', { when }), text, { icon: 'calendar' })
}

/** Says how long something took; nothing where that is not known, or no time at all. */
const lasting =
  (t: Say) =>
  (from: number | null, to: number | null, how: 'lasted' | 'waited' = 'lasted'): string => {
    if (from === null || to === null || to <= from) return ''
    const seconds = to - from
    const time = seconds < 60 ? t('cdr.line.inSeconds', { n: seconds.toFixed(1) }) : timer(seconds)
    return t(`cdr.line.${how}`, { time })
  }

function moment(
  id: string,
  at: number | null,
  title: string,
  texts: string[],
  look: Look,
): TimelineItem | null {
  const text = texts.filter(Boolean).join(' · ')
  return at === null ? null : { id, at, title, ...(text && { text }), ...look }
}
const way = (call: Call, t: Say) =>
  [t(`words.callMode.${call.mode}`), call.trunk, call.caller_id].filter(Boolean).join(' · ')
const answered = (call: Call, t: Say) =>
  call.answered_by ? t(`cdr.line.answered.${call.answered_by}`) : t('cdr.line.answered.unknown')
