import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')

/** The colours of one theme, by name. */
function tokens(theme: 'light' | 'dark'): Record<string, string> {
  const block = new RegExp(`\\[data-theme='${theme}'\\] \\{([\\s\\S]*?)\\n\\}`).exec(css)?.[1] ?? ''
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((it) => [it[1], it[2]]),
  )
}

/** Relative luminance and contrast ratio as WCAG 2.2 defines them. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, other: string): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

const TEXT = ['text', 'text-2', 'text-3', 'accent', 'danger', 'warn', 'good']
const GROUNDS = ['ground', 'surface', 'surface-2']
const STATES = ['out', 'ready', 'preview', 'dialing', 'talking', 'hold', 'wrapup', 'paused', 'lost']

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  const of = tokens(theme)
  const pairs = [
    ...TEXT.flatMap((text) => GROUNDS.map((ground) => [text, ground] as const)),
    ...STATES.flatMap((state) => GROUNDS.map((ground) => [`state-${state}`, ground] as const)),
    ['on-accent', 'accent'] as const,
    ['accent-2', 'accent-soft'] as const,
    ['danger', 'danger-soft'] as const,
    ['warn', 'warn-soft'] as const,
    ['good', 'good-soft'] as const,
  ]
  it.each(pairs)('%s can be read on %s', (text, ground) => {
    expect(contrast(of[text]!, of[ground]!)).toBeGreaterThanOrEqual(4.5)
  })
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('line %i of a chart is seen', (n) => {
    expect(contrast(of[`chart-${n}`]!, of.surface!)).toBeGreaterThanOrEqual(3)
  })
  it.each(GROUNDS)('the edges of fields are seen on %s', (ground) => {
    expect(contrast(of['line-strong']!, of[ground]!)).toBeGreaterThanOrEqual(3)
  })
})
