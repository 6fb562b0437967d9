export interface DiffLine {
  kind: 'same' | 'less' | 'more'
  text: string
}

/** Whole scripts are compared; beyond so many lines the middle is told as replaced. */
const MOST = 2000

/** How one text becomes another, line by line: the longest common run of lines stays. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [a, b] = [before.split('\n'), after.split('\n')]
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (
    tail < a.length - head &&
    tail < b.length - head &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  )
    tail++
  const told = (kind: DiffLine['kind'], lines: string[]) => lines.map((text) => ({ kind, text }))
  return [
    ...told('same', a.slice(0, head)),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...told('same', tail ? a.slice(-tail) : []),
  ]
}

function middle(a: string[], b: string[]): DiffLine[] {
  const all = (kind: DiffLine['kind'], lines: string[]) => lines.map((text) => ({ kind, text }))
  if (!a.length || !b.length || a.length * b.length > MOST * MOST)
    return [...all('less', a), ...all('more', b)]
  const width = b.length + 1
  const longest = new Uint32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] =
        a[i] === b[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!)
  const found: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      found.push({ kind: 'same', text: a[i]! })
      i++
      j++
    } else if (longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)
      found.push({ kind: 'less', text: a[i++]! })
    else found.push({ kind: 'more', text: b[j++]! })
  }
  return [...found, ...all('less', a.slice(i)), ...all('more', b.slice(j))]
}

/** Only what changed, with a line around it; a gap is an empty `same`-less hole told by null. */
export function around(lines: DiffLine[], context = 1): (DiffLine | null)[] {
  const near = lines.map((_line, at) =>
    lines.slice(Math.max(0, at - context), at + context + 1).some((it) => it.kind !== 'same'),
  )
  return lines.flatMap((line, at) => {
    if (near[at]) return [line]
    return at > 0 && near[at - 1] ? [null] : []
  })
}
