import type { Column } from './types'

/** A cell that a sheet would run as a formula is made text. */
function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Rows as CSV with a mark by which sheets know its encoding. */
export function csvOf<Row>(columns: Column<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map((it) => cell(it.title)),
    ...rows.map((row) => columns.map((it) => cell(it.text ? it.text(row) : it.value(row)))),
  ]
  return `\ufeff${lines.map((line) => line.join(',')).join('\r\n')}\r\n`
}

/** Hands a file to whoever sits here. */
export function download(name: string, text: string, type = 'text/csv;charset=utf-8'): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = Object.assign(document.createElement('a'), { href: address, download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
