/** What was typed as a number: "1,234.5", full-width digits, blanks; null: nothing; NaN: no number. */
export function numberOf(text: string): number | null {
  const plain = text
    .normalize('NFKC')
    .replace(/[\s,_]/g, '')
    .trim()
  if (plain === '') return null
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : Number.NaN
}

/** The number inside its limits; floating rest of a step taken off. */
export function stepped(value: number, by: number, min = -Infinity, max = Infinity): number {
  const digits = Math.max(0, ...[value, by].map((it) => (String(it).split('.')[1] ?? '').length))
  return Math.min(max, Math.max(min, Number((value + by).toFixed(digits))))
}
