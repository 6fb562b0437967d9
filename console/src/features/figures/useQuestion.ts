import { computed, reactive, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Wire } from '@/api/wire'
import type { Days } from '@/design/dates'
import { dayOf, daysOf } from '@/design/dates'
import { found, type Option } from '@/design/options'
import { daysMeant, type Shown, type View } from '@/features/report_views/public'
import type { Filter } from '@/kit/filter/types'
import { useFilters } from '@/kit/filter/useFilters'
import { serverNow } from '@/time/clock'
import { USUAL, type Figure, type Key } from './model'
import type { Ready } from './ready'
import { KEPT_TO, toKey, toText, valuesOf } from './values'
import { MISSING, type Names } from './words'

type Catalogue = Wire<'Catalogue'>
type Titled = { id: string; en: string; zh: string }

/** What a report is asked for: chosen by people, kept in the page's address. */
export function useQuestion(
  catalogue: Readonly<Ref<Catalogue | null>>,
  names: Readonly<Ref<Names>>,
  named: (key: Key, dimension: string) => string,
) {
  const { t, locale } = useI18n()
  const title = (it: Titled) => (locale.value.startsWith('zh') ? it.zh : it.en)
  const asOptions = (of: readonly Titled[]): Option[] =>
    of.map((it) => ({ value: it.id, label: title(it) }))
  /** A filter whose options come with the catalogue; a new array tells of new names. */
  const chosen = (id: string, kind: 'one' | 'many', label: string) =>
    reactive({ id, kind, label, options: [] as Option[] })
  const rowsFilter = chosen('by', 'many', t('figures.by'))
  const acrossFilter = chosen('across', 'one', t('figures.across'))
  const figuresFilter = chosen('figures', 'many', t('figures.figures'))
  const keptTo = KEPT_TO.map((id) =>
    reactive({
      id,
      kind: 'many' as const,
      label: id as string,
      options: [] as Option[],
      find: async (text: string) => found(await valuesOf(id, days.value, named), text),
    }),
  )
  const asked: Filter[] = [
    { id: 'days', kind: 'days', label: t('figures.period') },
    rowsFilter,
    acrossFilter,
    figuresFilter,
    {
      id: 'compare',
      kind: 'one',
      label: t('figures.compare.label'),
      options: (['before', 'last_year'] as const).map((value) => ({
        value,
        label: t(`figures.compare.${value}`),
      })),
    },
    { id: 'hot', kind: 'switch', label: t('figures.hot') },
    { id: 'ahead', kind: 'switch', label: t('figures.ahead.label') },
    ...keptTo,
  ]
  const filters = useFilters(asked)
  const usualDays = (): Days => daysOf('last30', dayOf(serverNow.value), 1)
  if (filters.values.days === null) filters.set('days', usualDays())
  const days = computed(() => (filters.values.days as Days | null) ?? usualDays())
  const wanted = computed(() => {
    const said = filters.many('figures')
    return said.length ? said : USUAL
  })
  const figures = computed(() =>
    wanted.value
      .map((id) => catalogue.value?.figures.find((it) => it.id === id))
      .filter((it): it is Figure => it !== undefined),
  )
  const across = computed(() => filters.text('across'))
  const rows = computed(() => {
    const said = filters.many('by').filter((it) => it !== across.value)
    return said.length || across.value ? said : ['day']
  })
  const by = computed(() => (across.value ? [...rows.value, across.value] : rows.value))
  /** What all chosen figures can be told apart by. */
  const dimensions = computed(() =>
    (catalogue.value?.dimensions ?? []).filter((one) =>
      figures.value.every((it) => it.dimensions.includes(one.id)),
    ),
  )
  watch(
    [dimensions, catalogue, names, locale],
    () => {
      rowsFilter.options = acrossFilter.options = asOptions(dimensions.value)
      figuresFilter.options = asOptions(catalogue.value?.figures ?? [])
      for (const it of keptTo) {
        const one = catalogue.value?.dimensions.find((dimension) => dimension.id === it.id)
        it.label = one ? title(one) : it.id
        const known = [...(names.value[it.id] ?? [])].filter(([value]) => value !== MISSING)
        it.options = [
          ...known.map(([value, label]) => ({ value, label })),
          { value: '-', label: named(null, it.id) },
        ]
      }
    },
    { immediate: true },
  )
  const where = computed(() =>
    Object.fromEntries(
      KEPT_TO.filter((id) => filters.many(id).length).map((id) => [
        id,
        filters.many(id).map((text) => toKey(text, id)),
      ]),
    ),
  )
  const body = computed(() => ({
    figures: [...wanted.value],
    by: by.value,
    first: days.value.from,
    last: days.value.to,
    zone: '',
    where: where.value,
    compare: (filters.values.compare ?? '') as 'before' | 'last_year' | '',
  }))
  /** A report to begin with, of the days that are chosen. */
  function begin(ready: Ready): void {
    filters.use({
      days: days.value,
      by: ready.by,
      across: ready.across ?? null,
      hot: ready.hot ?? false,
      figures: ready.figures ?? [],
    })
  }
  /** What a saved report says, of the days that its rule means now. */
  function show(view: View): void {
    const kept = Object.entries(view.where).map(([id, keys]) => [id, keys.map(toText)])
    filters.use({
      days: daysMeant(view, dayOf(serverNow.value)),
      by: view.by.filter((it) => it !== view.across),
      across: view.across || null,
      hot: view.hot,
      figures: view.figures,
      compare: view.compare || null,
      ...Object.fromEntries(kept),
    })
  }
  const shown = computed((): Shown => {
    const { figures, by, where, compare } = body.value
    const hot = filters.isOn('hot')
    return { figures, by, where, compare, across: across.value ?? '', hot, days: days.value }
  })
  const isOf = (ready: Ready): boolean =>
    JSON.stringify([rows.value, across.value, wanted.value]) ===
    JSON.stringify([ready.by, ready.across ?? null, ready.figures ?? USUAL])
  const unfilter = () => KEPT_TO.forEach((id) => filters.set(id, []))
  return {
    filters,
    days,
    figures,
    by,
    across,
    where,
    body,
    begin,
    show,
    shown,
    isOf,
    unfilter,
    title,
  }
}
