import { describe, expect, it } from 'vitest'
import { dayOf } from '@/design/dates'
import { daysMeant, isAs, PERIODS, ruleOf, type Shown, type View } from './view'

const tuesday = dayOf(Date.UTC(2026, 11, 1) / 1000, 'UTC')
const view = (fields: Partial<View> = {}): View => ({
  id: 'v1',
  version: 1,
  created_at: 1,
  created_by: 'anna',
  changed_at: 1,
  changed_by: 'anna',
  archived_at: null,
  name: 'Weekly',
  share: 'nobody',
  figures: ['dials'],
  by: ['agent'],
  period: 'last_days',
  last_days: 7,
  first: null,
  last: null,
  zone: '',
  where: { hour: [9], campaign: ['spring'] },
  compare: '',
  across: '',
  hot: false,
  ...fields,
})

describe('the days of a view', () => {
  it('are those that the server means, a week from Monday on', () => {
    const meant = (period: View['period']) => Object.values(daysMeant(view({ period }), tuesday))
    expect(meant('this_week')).toEqual(['2026-11-30', '2026-12-01'])
    expect(meant('last_week')).toEqual(['2026-11-23', '2026-11-29'])
    expect(meant('last_month')).toEqual(['2026-11-01', '2026-11-30'])
    expect(meant('last_days')).toEqual(['2026-11-25', '2026-12-01'])
  })

  it.each(PERIODS)('of the rule %s are guessed as a rule that means the same days', (period) => {
    const first = '2026-02-03'
    const days = daysMeant(view({ period, first, last: '2026-03-09' }), tuesday)
    expect(daysMeant(ruleOf(days, tuesday), tuesday)).toEqual(days)
  })

  it('are certain days where no rule means them', () => {
    const days = { from: '2026-11-01', to: '2026-11-12' }
    expect(ruleOf(days, tuesday)).toEqual({
      period: 'days',
      last_days: 12,
      first: '2026-11-01',
      last: '2026-11-12',
    })
  })
})

it('a page shows a view as long as nothing of its question is changed', () => {
  const { figures, by, compare, across, hot } = view()
  const where = { campaign: ['spring'], hour: [9] }
  const shown: Shown = {
    figures,
    by,
    compare,
    across,
    hot,
    where,
    days: daysMeant(view(), tuesday),
  }
  expect(isAs(view(), shown, tuesday)).toBe(true)
  expect(isAs(view(), { ...shown, hot: true }, tuesday)).toBe(false)
  expect(isAs(view(), { ...shown, where: { hour: [9] } }, tuesday)).toBe(false)
})
