import { onMounted, reactive } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute } from 'vue-router'
import type { Wire } from '@/api/wire'
import { daysOf, dayOf } from '@/design/dates'
import type { Option } from '@/design/options'
import type { Filter } from '@/kit/filter/types'
import { useFilters, type Filters } from '@/kit/filter/useFilters'
import { useProblems } from '@/kit/problems'
import { useSession } from '@/session/store'
import { CAUSES, CODES } from './causes'
import { dispositionTitle } from './names'

type Choices = Wire<'CallChoices'>
type Wish = Wire<'CallWish'>
type Said<Name extends keyof Wish> = NonNullable<Wish[Name]>
const OUTCOMES = [
  'connected',
  'abandoned',
  'machine',
  'no_answer',
  'busy',
  'refused',
  'failed',
  'cancelled',
] as const satisfies readonly NonNullable<Wire<'CallRow'>['outcome']>[]
const ENDED_BY = ['callee', 'agent', 'dialer', 'network'] as const
const MODES = ['auto', 'preview', 'manual', 'callback'] as const
const STATES = ['raw', 'encoding', 'ready', 'failed', 'deleted'] as const
const ANSWERED_BY = ['human', 'machine'] as const

/**
 * What calls, and recordings of them, are looked for by. They begin with the last thirty days where
 * the address says nothing: a list of all there ever were is seldom what is meant.
 */
export function useCallFilters(choices: () => Promise<Choices>): Filters {
  const { t, locale } = useI18n()
  const { tell } = useProblems()
  const words = (kind: string, values: readonly string[]): Option[] =>
    values.map((value) => ({ value, label: t(`${kind}.${value}`) }))
  const numbered = (kind: string, values: readonly number[]): Option[] =>
    values.map((it) => ({ value: `${it}`, label: t(`${kind}.${it}`), hint: `${it}` }))
  const many = (id: string, label: string, options: Option[] = []): Filter => ({
    id,
    kind: 'many',
    label,
    options,
  })
  const asked: Filter[] = reactive([
    { id: 'at', kind: 'days', label: t('cdr.placed') },
    {
      id: 'number',
      kind: 'text',
      label: t('cdr.number'),
      // Parts of numbers are for who sees whole ones.
      ...(useSession().may('numbers.read') && { placeholder: t('cdr.orLastFour') }),
      icon: 'phone',
      secret: true,
    },
    many('reps', t('common.column.name')),
    many('campaigns', t('common.column.campaign')),
    { id: 'text', kind: 'text', label: t('cdr.text'), secret: true },
    many('outcomes', t('cdr.outcome'), words('common.outcome', OUTCOMES)),
    many('dispositions', t('cdr.disposition')),
    { id: 'talk', kind: 'range', label: t('cdr.talk'), unit: t('cdr.seconds') },
    many('hangup_by', t('cdr.hangupBy'), words('words.hangupBy', ENDED_BY)),
    {
      id: 'recorded',
      kind: 'one',
      label: t('cdr.recording'),
      options: words('cdr.recorded', ['yes', 'no']),
    },
    many('teams', t('cdr.team')),
    many('trunks', t('cdr.trunk')),
    many('modes', t('cdr.mode'), words('words.callMode', MODES)),
    many('causes', t('cdr.cause.title'), numbered('cdr.cause', CAUSES)),
    many('sip_codes', t('cdr.sip.title'), numbered('cdr.sip', CODES)),
    many('scripts', t('cdr.fact.script')),
    many('answered_by', t('cdr.answeredBy'), words('words.answeredBy', ANSWERED_BY)),
  ])
  const isBare = Object.keys(useRoute().query).length === 0
  const filters = useFilters(asked)
  if (isBare) filters.set('at', daysOf('last30', dayOf(Date.now() / 1000), 1))

  onMounted(async () => {
    try {
      const found = await choices()
      const titles: Record<string, Option[]> = {
        reps: found.reps.map((it) => ({ value: it.value, label: it.title, hint: it.value })),
        dispositions: found.dispositions.map((it) => ({
          value: it.value,
          label: dispositionTitle(it, locale.value),
        })),
      }
      for (const id of ['campaigns', 'teams', 'trunks', 'scripts'] as const)
        titles[id] = found[id].map((it) => ({ value: it.value, label: it.title }))
      for (const it of asked) if (it.kind === 'many' && titles[it.id]) it.options = titles[it.id]!
    } catch (error) {
      tell(error)
    }
  })
  return filters
}

/** What stands for the words of the server in a file of calls, by column. */
export function exportWords(t: (key: string) => string): Record<string, Option[]> {
  const words = (kind: string, values: readonly string[]) =>
    values.map((value) => ({ value, label: t(`${kind}.${value}`) }))
  return {
    outcome: words('common.outcome', OUTCOMES),
    hangup_by: words('words.hangupBy', ENDED_BY),
    mode: words('words.callMode', MODES),
    answered_by: words('words.answeredBy', ANSWERED_BY),
    recording_state: words('cdr.recordingState', STATES),
  }
}

/** The filters as the server is asked. */
export function wishOf(of: Filters): Wish {
  const talk = of.range('talk')
  const recorded = of.text('recorded')
  return {
    ...of.moments('at'),
    number: of.text('number') ?? '',
    text: of.text('text') ?? '',
    reps: of.many('reps'),
    campaigns: of.many('campaigns'),
    teams: of.many('teams'),
    trunks: of.many('trunks'),
    dispositions: of.many('dispositions'),
    outcomes: of.many('outcomes') as Said<'outcomes'>,
    hangup_by: of.many('hangup_by') as Said<'hangup_by'>,
    modes: of.many('modes') as Said<'modes'>,
    answered_by: of.many('answered_by') as Said<'answered_by'>,
    causes: of.many('causes').map(Number),
    sip_codes: of.many('sip_codes').map(Number),
    scripts: of.many('scripts'),
    talk_from: talk.least,
    talk_to: talk.most,
    recorded: recorded === null ? null : recorded === 'yes',
  }
}
