type Texts = Record<string, unknown>

/** What a feature says in its own texts of what the whole console shows, and where that is looked for. */
const FOR_ALL: Record<string, string[]> = {
  permission: ['words', 'permission'],
  deed: ['audit', 'what'],
  refusal: ['errors'],
}

/**
 * `{ '../locales/en/common.json': {…}, '../features/desk/texts/en.json': {…} }` as
 * `{ common: {…}, desk: {…} }`: an area is a file of what is shared, or a feature. A feature's words for its
 * permissions, its deeds in the audit log and its refusals go to those of all.
 */
export function merged(loaded: Record<string, unknown>): Texts {
  const texts: Texts = {}
  for (const [path, area] of Object.entries(loaded)) {
    const name = /features\/([\w-]+)\/texts\//.exec(path)?.[1] ?? /([\w-]+)\.json$/.exec(path)?.[1]
    if (name) texts[name] = area
  }
  for (const path of Object.keys(loaded).filter((it) => it.includes('features/'))) {
    for (const [block, where] of Object.entries(FOR_ALL)) {
      const own = (loaded[path] as Texts)[block]
      if (own) add(texts, where, own as Texts)
    }
  }
  return texts
}

/** Without touching what was loaded. */
function add(texts: Texts, [first, ...rest]: string[], own: Texts): void {
  const there = { ...(texts[first!] as Texts | undefined) }
  texts[first!] = rest.length ? there : { ...there, ...own }
  if (rest.length) add(there, rest, own)
}
