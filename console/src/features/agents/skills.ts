/** Skills as people type them, "german 3" a line (or ":", "=", a comma), and as the API has them. */
export function skillsOf(text: string): Record<string, number> | null {
  const found: Record<string, number> = {}
  for (const part of text.split(/[\n,;，；]+/).filter((it) => it.trim())) {
    const read = /^\s*([A-Za-z0-9][\w.-]*)\s*[\s:=：]\s*(\d{1,2})\s*$/.exec(part)
    const level = read ? Number(read[2]) : 0
    if (!read || level < 1 || level > 10) return null
    found[read[1]!] = level
  }
  return found
}

export const textOf = (skills: Record<string, number>): string =>
  Object.entries(skills)
    .map(([name, level]) => `${name} ${level}`)
    .join('\n')
