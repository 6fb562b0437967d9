export interface Point {
  at: number
  value: number
}

/** The points as SVG paths in a box of w × h; `top` is the value at the upper edge, at least. */
export function path(points: Point[], w: number, h: number, top = 0) {
  const high = Math.max(top, ...points.map((point) => point.value), 0)
  const first = points[0]
  const last = points.at(-1)
  if (!first || !last || last.at <= first.at || high <= 0) return { line: '', area: '', top: high }
  const x = (at: number) => (((at - first.at) / (last.at - first.at)) * w).toFixed(1)
  const y = (value: number) => (h - (value / high) * h).toFixed(1)
  const line = points.map(({ at, value }, i) => `${i ? 'L' : 'M'}${x(at)} ${y(value)}`).join('')
  return { line, area: `${line}L${w} ${h}L0 ${h}Z`, top: high }
}

const isTrail = (found: unknown): found is Point[] =>
  Array.isArray(found) &&
  found.every((it: Partial<Point> | null) => Number.isFinite(it?.at) && Number.isFinite(it?.value))

/** A trail as this tab kept it under a name, without what is older than `span` seconds. */
export function keptTrail(name: string, now: number, span = 900): Point[] {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(`dialer.trail.${name}`) ?? '[]')
    return isTrail(found) ? found.filter(({ at }) => at <= now && now - at <= span) : []
  } catch {
    return []
  }
}

/** A load of the page shall not begin the line anew. */
export function keepTrail(name: string, trail: Point[]): void {
  try {
    sessionStorage.setItem(`dialer.trail.${name}`, JSON.stringify(trail))
  } catch {
    return
  }
}

/** The trail with one more point; at most one each `step` seconds, `span` seconds in all. */
export function trailed(trail: Point[], point: Point, step = 5, span = 900): Point[] {
  const last = trail.at(-1)
  if (last && point.at - last.at < step) return trail
  return [...trail, point].filter(({ at }) => point.at - at <= span)
}
