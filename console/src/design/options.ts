/** What can be chosen of: `value` is kept, `label` is shown. */
export interface Option {
  value: string
  label: string
  /** A second line, small. */
  hint?: string | undefined
  disabled?: boolean
}

const plain = (text: string) => text.normalize('NFKC').toLocaleLowerCase()

/** Options in which every word of what was typed is found, in label or hint or value. */
export function found(options: Option[], text: string): Option[] {
  const words = plain(text).split(/\s+/).filter(Boolean)
  return options.filter((it) => {
    const all = plain(`${it.label} ${it.hint ?? ''} ${it.value}`)
    return words.every((word) => all.includes(word))
  })
}
