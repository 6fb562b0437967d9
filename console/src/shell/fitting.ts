/** How many of these widths fit into the room; if not all do, the menu for the rest needs its own. */
export function fitting(widths: readonly number[], room: number, menu: number): number {
  const ends: number[] = []
  for (const width of widths) ends.push((ends.at(-1) ?? 0) + width)
  if ((ends.at(-1) ?? 0) <= room) return widths.length
  return ends.filter((end) => end <= room - menu).length
}
