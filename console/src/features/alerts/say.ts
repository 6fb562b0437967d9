/** An alert as a sentence in the reader's language, from what the server measured. */
import { linesOf, type HoldBack, type Sleep } from '@/features/campaigns/public'
import { placeOf, dayAndTime, share } from '@/time/format'

type Facts = Record<string, unknown>
interface Held {
  campaign: string
  waits: HoldBack[]
  asleep: Sleep[]
  until: number | null
}
export interface Speaker {
  t: (key: string, values?: Record<string, unknown>) => string
  te: (key: string) => boolean
  locale: string
  reason: (id: string) => string
}

/** The server's own words where the alert is older than its facts, or of a kind not known here. */
export function sentence(alert: { words: string; facts: object }, by: Speaker): string {
  const facts = alert.facts as Facts
  const say = SAY[text(facts.metric)]
  return say ? say(facts, by) : alert.words
}

const text = (value: unknown) => (value == null ? '' : String(value))
const list = <T>(value: unknown) => (Array.isArray(value) ? (value as T[]) : [])

const heldOf = (facts: Facts): Held => ({
  campaign: text(facts.campaign),
  waits: list<HoldBack>(facts.waits),
  asleep: list<Sleep>(facts.asleep),
  until: typeof facts.until === 'number' ? facts.until : null,
})

export function span(seconds: unknown, { t }: Pick<Speaker, 't'>): string {
  const whole = Math.max(0, Math.round(Number(seconds)))
  if (whole < 90) return t('alerts.span.seconds', { n: whole })
  if (whole < 5400) return t('alerts.span.minutes', { n: Math.round(whole / 60) })
  return t('alerts.span.hours', { n: Math.round(whole / 360) / 10 })
}

const plain =
  (key: string, more: (facts: Facts, by: Speaker) => Facts = () => ({})) =>
  (facts: Facts, by: Speaker) =>
    by.t(`alerts.say.${key}`, { ...facts, span: span(facts.seconds, by), ...more(facts, by) })

function withCauses(said: string, facts: Facts, by: Speaker): string {
  const causes = list<number>(facts.causes).join(by.t('common.listSign'))
  if (!causes) return said
  return [said, by.t('alerts.say.causes', { causes })].join(by.t('common.listSign'))
}

function why(held: Held, by: Speaker): string {
  const lines = linesOf(held.waits, { asleep: list<Sleep>(held.asleep) }).map((line) => {
    const said = by.t(line.key, { count: line.count ?? 0 })
    const places = line.zones.map((zone) => placeOf(zone, by.locale)).join(by.t('common.listSign'))
    return places ? by.t('alerts.say.where', { text: said, places }) : said
  })
  const isAsleep = held.waits.some((it) => it.reason === 'asleep')
  if (isAsleep && held.until !== null) {
    lines.push(by.t('alerts.say.next', { at: dayAndTime(held.until, by.locale) }))
  }
  return lines.join(by.t('common.listSign'))
}

function notDialing(facts: Facts, by: Speaker): string {
  const held = list<Facts>(facts.held).map(heldOf)
  const isHeld = held.some((it) => it.waits.some((wait) => wait.reason !== 'pacing'))
  const pacing = (facts.pacing ?? {}) as Record<string, string>
  const own = pacing[by.locale === 'zh-CN' ? 'zh' : 'en'] ?? ''
  const reasons = held.map((it) =>
    by.t('alerts.say.no_dialable_leads', {
      campaign: it.campaign,
      why: why(it, by),
    }),
  )
  const said = isHeld ? reasons.join(by.t('common.listSign')) : own
  return by.t('alerts.say.not_dialing', { pool: text(facts.pool), why: said })
}

const SAY: Record<string, (facts: Facts, by: Speaker) => string> = {
  abandon_share: plain('abandon_share', (facts, { t, te, locale }) => ({
    rate: share(Number(facts.rate), locale, 2),
    limit: share(Number(facts.limit), locale, 1),
    window: te(`alerts.window.${text(facts.window)}`)
      ? t(`alerts.window.${text(facts.window)}`)
      : text(facts.window),
  })),
  trunk_use: plain('trunk_use'),
  trunk_down: (facts, by) =>
    facts.silent
      ? plain('trunk_silent')(facts, by)
      : withCauses(plain('trunk_down')(facts, by), facts, by),
  trunk_failing: (facts, by) => withCauses(plain('trunk_failing')(facts, by), facts, by),
  switch_failing: plain('switch_failing'),
  recording_failures: plain('recording_failures'),
  differences: plain('differences'),
  answer_to_agent_p95: plain('answer_to_agent_p95', (facts) => ({
    seconds: Number(facts.seconds).toFixed(1),
  })),
  paused: (facts, by) =>
    facts.reason
      ? plain('paused_for', () => ({ reason: by.reason(text(facts.reason)) }))(facts, by)
      : plain('paused')(facts, by),
  ready: plain('ready'),
  no_leads: plain('no_leads'),
  no_dialable_leads: (facts, by) =>
    plain('no_dialable_leads', () => ({ why: why(heldOf(facts), by) }))(facts, by),
  not_dialing: notDialing,
  ami_down: plain('ami_down'),
  clock_off: (facts, by) => {
    const kind = ['asterisk', 'step', 'sleep'].includes(text(facts.kind))
      ? text(facts.kind)
      : 'stall'
    const seconds = Number(facts.seconds)
    return plain(`clock_${kind}`, () => ({
      seconds: `${seconds > 0 ? '+' : ''}${seconds.toFixed(1)}`,
    }))(facts, by)
  },
}

export const SAID = Object.keys(SAY)
