/** What a figure is, and so how it is written. */
export type Unit = 'count' | 'share' | 'seconds'

export interface Series {
  name: string
  values: readonly (number | null)[]
  kind?: 'line' | 'area' | 'bar'
  /** Bars of one stack stand on each other. */
  stack?: string
  unit?: Unit
  /** Dashed: what is only expected. */
  soft?: boolean
  /** With a second unit on one chart: the axis at the right. */
  right?: boolean
}

/** A line across the chart that says how far is too far. */
export interface Limit {
  value: number
  label: string
}

/** A chart as a screen asks for one: what is shown, never how it is drawn. */
export interface ChartSpec {
  /** One label per value: hours, days, names. */
  labels: readonly string[]
  series: readonly Series[]
  limits?: readonly Limit[]
  /** Bars lie, for long labels. */
  lying?: boolean
}

/** The colours of the theme, read off the page. */
export interface Palette {
  series: string[]
  text: string
  muted: string
  line: string
  surface: string
  danger: string
}
