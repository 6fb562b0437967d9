import { expect, it } from 'vitest'
import { around, lineDiff } from './diff'

const told = (before: string, after: string) =>
  lineDiff(before, after).map((it) => `${{ same: ' ', less: '-', more: '+' }[it.kind]}${it.text}`)

it.each([
  ['a\nb\nc', 'a\nc', [' a', '-b', ' c']],
  ['a', 'a\nb', [' a', '+b']],
  ['a\nb', 'x\ny', ['-a', '-b', '+x', '+y']],
  ['', '', [' ']],
  ['a\nb\nc\nd', 'b\na\nc\nd', ['-a', ' b', '+a', ' c', ' d']],
])('%j becomes %j', (before, after, lines) => expect(told(before, after)).toEqual(lines))

it('both texts can be read from the difference, whatever they are', () => {
  const some = (seed: number) =>
    Array.from({ length: seed % 9 }, (_it, at) => 'abc'[(seed * (at + 3)) % 3]).join('\n')
  for (let seed = 0; seed < 400; seed++) {
    const [before, after] = [some(seed), some(seed * 7 + 1)]
    const lines = lineDiff(before, after)
    const without = (kind: string) =>
      lines
        .filter((it) => it.kind !== kind)
        .map((it) => it.text)
        .join('\n')
    expect(without('more')).toBe(before)
    expect(without('less')).toBe(after)
  }
})

it('what is far from a change is left out', () => {
  const lines = lineDiff('1\n2\n3\n4\n5\n6', '1\n2\n3\n4\nx\n6')
  expect(around(lines).map((it) => it?.text ?? '…')).toEqual(['4', '5', 'x', '6'])
})
