import type { Disposition, Group, OwnCall } from './model'

/** The order in which a desk shows the groups. */
export const GROUPS: Group[] = ['sale', 'contact', 'callback', 'no_contact', 'dnc', 'system']

export interface Keyed extends Disposition {
  /** The number key that says it; null when nine are taken. */
  digit: number | null
}

export interface GroupOfResults {
  group: Group
  results: Keyed[]
}

/** Dispositions by group, each with its number key: the campaign's own, else the next free one. */
export function grouped(dispositions: Disposition[]): GroupOfResults[] {
  const taken = new Set(dispositions.map((it) => it.key).filter((key) => key != null))
  const free = [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((digit) => !taken.has(digit))
  const sorted = GROUPS.map((group) => ({
    group,
    results: dispositions
      .filter((it) => it.group === group)
      .map((it) => ({ ...it, digit: it.key ?? free.shift() ?? null })),
  }))
  return sorted.filter((it) => it.results.length > 0)
}

/** The disposition that a number key says. */
export function byDigit(dispositions: Disposition[], digit: number): Disposition | undefined {
  return grouped(dispositions)
    .flatMap((it) => it.results)
    .find((it) => it.digit === digit)
}

export function titleOf(
  disposition: Pick<OwnCall, 'title' | 'title_zh'> & { code: string },
  locale: string,
): string {
  const chinese = locale.startsWith('zh') ? disposition.title_zh : ''
  return chinese || disposition.title || disposition.code
}

/** What keeps a wrap-up from being finished; null when nothing does. */
export type Missing = 'disposition' | 'time' | null

export function missing(
  choice: { disposition: string | null; callBackAt: number | null },
  dispositions: Disposition[],
  isRequired: boolean,
): Missing {
  const chosen = dispositions.find((it) => it.code === choice.disposition)
  if (!chosen) return isRequired ? 'disposition' : null
  return chosen.asks_time && choice.callBackAt === null ? 'time' : null
}
