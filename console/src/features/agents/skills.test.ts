import { expect, it } from 'vitest'
import { skillsOf, textOf } from './skills'

it('reads skills in the spellings people use', () => {
  expect(skillsOf('german 3\nsales: 5')).toEqual({ german: 3, sales: 5 })
  expect(skillsOf('zh=2，en：10')).toEqual({ zh: 2, en: 10 })
  expect(skillsOf(' \n')).toEqual({})
})

it('takes nothing that is no skill with a level from 1 to 10', () => {
  for (const text of ['german', 'german 0', 'german 11', '3', 'a b 2'])
    expect(skillsOf(text)).toBeNull()
})

it('reads back what it writes', () => {
  const skills = { german: 3, 'sales-b2b': 10 }
  expect(skillsOf(textOf(skills))).toEqual(skills)
})
