import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import {
  budget,
  countPhases,
  countStates,
  late,
  lines,
  useThresholds,
} from '@/features/live/public'
import type { Results } from '@/features/results/public'
import { useTopic } from '@/live/live'
import { serverNow } from '@/time/clock'
import { count, share, timer } from '@/time/format'
import { FIGURES, toneOf, worse, type Figure, type Sheet, type Tone, type Unit } from './limits'

export interface Tile {
  id: Figure
  text: string
  note: string
  tone: Tone | ''
}

const BUDGET = { good: 'good', near: 'warn', over: 'alarm' } as const

/** Everything that a wallboard says of one pool, as it is now. */
export function useFigures(pool: string, day: Ref<Results | null>, sheet: Ref<Sheet | null>) {
  const { t, locale } = useI18n()
  const topic = useTopic(`floor/${pool}`)
  const campaignsTopic = useTopic('campaigns')
  const reps = computed(() => lines(topic.value.rows('agents'), topic.value.rows('calls')))
  const present = computed(() => reps.value.filter((row) => row.state !== 'out'))
  const thresholds = useThresholds()
  const tooLong = computed(() => late(reps.value, serverNow.value, thresholds.value))
  const phases = computed(() => countPhases(Object.values(topic.value.rows('calls'))))
  const states = computed(() => countStates(reps.value))
  const inState = (state: string) => states.value.find((it) => it.state === state)?.count ?? 0
  const campaigns = computed(() => Object.values(topic.value.rows('campaigns')))
  const pacing = computed(() => topic.value.rows('floor').pacing)

  const longest = computed(() => {
    const ready = present.value.filter((row) => row.shown === 'ready')
    return ready.length ? Math.max(...ready.map((row) => serverNow.value - row.since)) : null
  })
  /** Of all windows of all campaigns the one nearest to its limit. */
  const worst = computed(() => {
    const rows = campaignsTopic.value.rows('campaigns')
    const limitOf = (name: string) =>
      pacing.value?.windows?.find((it) => it.group === name)?.limit ?? 0.03
    return campaigns.value
      .flatMap((row) =>
        Object.entries(rows[row.campaign]?.windows ?? {}).map(([name, counts]) =>
          budget(name, counts, limitOf(row.campaign)),
        ),
      )
      .sort((a, b) => (b.rate ?? 0) / b.limit - (a.rate ?? 0) / a.limit)[0]
  })
  const today = computed(() => topic.value.rows('floor').day)
  const lists = computed(() => day.value?.campaigns ?? [])
  const hoursLeft = computed(() => {
    const pace = lists.value.reduce((all, row) => all + row.calls_per_hour, 0)
    return pace ? lists.value.reduce((all, row) => all + row.leads_left, 0) / pace : null
  })

  const values = computed((): Record<Figure, number | null> => ({
    connect_rate: today.value?.connect_rate ?? null,
    abandon_rate: worst.value?.rate ?? null,
    connected: today.value?.connected ?? null,
    sales: day.value?.sales ?? null,
    waiting: phases.value.waiting,
    ringing: phases.value.ringing + phases.value.dialing,
    ready: inState('ready'),
    longest_ready: longest.value,
    wrapup: inState('wrapup'),
    paused: inState('paused'),
    leads_left: lists.value.length
      ? lists.value.reduce((all, row) => all + row.leads_left, 0)
      : null,
    hours_left: hoursLeft.value,
  }))
  function said(unit: Unit, value: number | null): string {
    if (value === null) return '–'
    if (unit === 'share') return share(value, locale.value)
    if (unit === 'time') return timer(value)
    return count(value, locale.value, unit === 'hours' ? 1 : 0)
  }
  /** What counts without anybody having set it: the law's limit, and reps who wait for too long. */
  const ofItself = computed((): Partial<Record<Figure, Tone | ''>> => {
    const waits = tooLong.value.ready?.level
    return {
      abandon_rate: worst.value ? BUDGET[worst.value.level] : '',
      longest_ready: sheet.value?.limits.longest_ready?.length ? '' : (waits ?? ''),
    }
  })
  const tiles = computed((): Tile[] =>
    FIGURES.map(({ id, unit }) => {
      const value = values.value[id]
      const own = toneOf(value, sheet.value?.limits[id])
      const limit = worst.value?.limit
      return {
        id,
        text: said(unit, value),
        note:
          id === 'abandon_rate' && limit !== undefined
            ? t('common.ofLimit', { limit: share(limit, locale.value) })
            : '',
        tone: worse(own, ofItself.value[id] ?? ''),
      }
    }),
  )
  return { topic, present, states, tooLong, campaigns, tiles }
}
