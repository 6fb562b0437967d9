import { inject, provide, type InjectionKey, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Wire } from '@/api/wire'
import { count, timer } from '@/time/format'
import type { Cell, Figure, Key, Report } from './model'

type Titled = { en: string; zh: string }
type Shown = Readonly<Ref<Report | null>>
type ReportWords = ReturnType<typeof wordsOf>
const SHOWN: InjectionKey<Shown> = Symbol('the report that is shown')

/** Where the words of a dimension's values stand. */
const CATALOGUES: Record<string, string> = {
  weekday: 'figures.values.weekday',
  outcome: 'common.outcome',
  result_group: 'words.dispositionGroup',
  state: 'common.state',
  mode: 'words.callMode',
  hangup_by: 'words.hangupBy',
}
/** Under this a name says what a row without a value is called. */
export const MISSING = ''
/** By dimension: what people call its values. */
export type Names = Record<string, ReadonlyMap<string, string>>
const NAMES: InjectionKey<Readonly<Ref<Names>>> = Symbol('what people call values')

/** The report that the words below speak of, and what people call reps, campaigns and results. */
export function provideWords(report: Shown, names: Readonly<Ref<Names>>): ReportWords {
  provide(SHOWN, report)
  provide(NAMES, names)
  return wordsOf(report, names)
}
export const useWords = (): ReportWords => wordsOf(inject(SHOWN, null), inject(NAMES, null))

/** Figures, groups and numbers in the reader's words. */
function wordsOf(shown: Shown | null, names: Readonly<Ref<Names>> | null) {
  const { t, te, locale } = useI18n()
  const isZh = () => locale.value.startsWith('zh')
  const named = (it: Titled): string => (isZh() ? it.zh : it.en)
  const meant = (it: Figure): string => (isZh() ? it.meaning_zh : it.meaning_en)

  /** A value of a dimension; hours as those of a clock. */
  function keyText(key: Key, dimension: string): string {
    if (key === null || key === '')
      return names?.value[dimension]?.get(MISSING) ?? t('figures.unknown')
    if (dimension === 'hour') return `${key}:00`
    const named = names?.value[dimension]?.get(String(key))
    if (named) return named
    const word = `${CATALOGUES[dimension] ?? ''}.${key}`
    return te(word) ? t(word) : String(key)
  }
  const keysText = (keys: readonly Key[], by: readonly string[]): string =>
    keys.map((it, n) => keyText(it, by[n] ?? '')).join(' · ')

  /** A numerator or a denominator as what it is: times come in milliseconds. */
  const sumText = (sum: number | null, unit: Figure['unit'] | null): string =>
    sum !== null && unit === 'seconds' ? timer(Math.round(sum / 1000)) : count(sum, locale.value)

  /** How a number is made: what is counted, of how much, and of which days. */
  function explained(it: Figure, cell: Cell | null): string {
    const said = [`${named(it)}: ${meant(it)}`]
    if (it.is_ratio && cell?.numerator != null)
      said.push(
        t('figures.made', {
          numerator: sumText(cell.numerator, it.numerator_in),
          denominator: sumText(cell.denominator, it.denominator_in),
        }),
      )
    const report = shown?.value
    if (report)
      said.push(
        t('figures.window', {
          first: report.period.first,
          last: report.period.last,
          zone: report.zone,
        }),
      )
    return said.join('\n')
  }
  return { named, meant, keyText, keysText, sumText, explained }
}

export type Rows = Wire<'RowsShown'>
