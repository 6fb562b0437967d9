import type { Wire } from '@/api/wire'

export type Sent = Wire<'SentMessage'>
export type Receipt = Wire<'ReadBy'>

export const readCount = (message: Sent): number =>
  message.receipts.filter((it) => it.read_at !== null).length

/** Who has not read it first, as they are the ones to go to; then by when it was read. */
export const byReading = (receipts: readonly Receipt[]): Receipt[] =>
  [...receipts].sort(
    (a, b) => (a.read_at ?? -1) - (b.read_at ?? -1) || a.name.localeCompare(b.name),
  )

/** To whom it went: a rep's name, a pool's, or everybody. */
export function addressee(message: Sent): { kind: 'agent' | 'pool' | 'all'; name: string } {
  const [kind, name = ''] = message.to.split('/', 2) as ['agent' | 'pool' | 'all', string?]
  if (kind !== 'agent') return { kind, name }
  return { kind, name: message.receipts[0]?.name || name }
}
