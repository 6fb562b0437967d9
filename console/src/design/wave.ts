/**
 * The outline of a voice in a box 100 high and as wide as there are peaks (0 to 255), around its middle.
 * Quiet voices are seen, too: the square root is drawn, and the loudest fills the box.
 */
export function pathOf(peaks: readonly number[]): string {
  const most = Math.max(1, ...peaks)
  const high = peaks.map((it) => Math.max(1, Math.sqrt(it / most) * 48))
  const bars = high.map((it, x) => `M${x} ${(50 - it).toFixed(1)}h.7v${(2 * it).toFixed(1)}h-.7z`)
  return bars.join('')
}
