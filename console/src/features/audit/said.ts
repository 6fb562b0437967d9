/** What can have been done, by its word in the log ("campaign.start"), as a catalogue says it. */
export function said(catalogue: unknown): { slug: string; title: string }[] {
  const entries = Object.entries(catalogue as Record<string, string>)
  // Keys of a catalogue have no dot: the first dash stands for the one in the word.
  return entries.map(([key, title]) => ({ slug: key.replace('-', '.'), title: String(title) }))
}
