import { describe, expect, it } from 'vitest'
import english from './texts/en.json'
import words from '@/locales/en/words.json'
import keysEnglish from '@/locales/en/keys.json'
import { COMMAND_IDS } from '@/keys/bindings'
import { STATES } from '@/design/states'
import { QUICK } from '@/time/calltime'
import { FORCED } from './news'
import { KNOWN_REASONS } from '@/features/agents/public'
import { RULES } from './refusals'
import { GROUPS } from './results'
import { KNOWN_WHY, whySentence } from './why'

/** Keys that a screen makes up at run time exist for every value. */
describe('every value has words', () => {
  it.each([
    ['pause reasons', KNOWN_REASONS, words.reason],
    ['rules of the gate', RULES, english.rule],
    ['groups of results', GROUPS, words.dispositionGroup],
    ['quick times', QUICK, english.callback.quick],
    ['mishaps', [...KNOWN_WHY, 'other'], english.why],
    ['forced states', FORCED, english.forced],
    ['states', Object.keys(STATES), english.status.hint],
    ['commands', COMMAND_IDS, keysEnglish.command],
  ])('%s', (_, values, words) => {
    expect([...values].filter((value) => !(value in words))).toEqual([])
  })
})

describe('why a call was missed', () => {
  it('is a sentence with its figures', () => {
    const why = { slug: 'callee-gone', at: 0, figures: { waited_seconds: 1.234 } }
    expect(whySentence(why)).toMatchObject({
      key: 'callee-gone',
      values: { waited_seconds: '1.2' },
    })
  })
  it('that nobody wrote a sentence for is told by its slug', () => {
    const why = { slug: 'new-thing', at: 0, figures: {} }
    expect(whySentence(why)).toMatchObject({ key: 'other', values: { slug: 'new-thing' } })
  })
})
