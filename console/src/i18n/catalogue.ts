/** `{ './locales/en/rep.json': {…} }` as `{ rep: {…} }`: the file's name is the area. */
export function merged(loaded: Record<string, unknown>): Record<string, unknown> {
  const texts: Record<string, unknown> = {}
  for (const [path, area] of Object.entries(loaded)) {
    const name = /([\w-]+)\.json$/.exec(path)?.[1]
    if (name) texts[name] = area
  }
  return texts
}
