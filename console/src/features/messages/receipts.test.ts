import { describe, expect, it } from 'vitest'
import { addressee, byReading, readCount, type Sent } from './receipts'

const message = (to: string, ...receipts: [string, number | null][]): Sent => ({
  id: 'M',
  at: 0,
  who: 'sue',
  to,
  text: '',
  receipts: receipts.map(([name, read_at]) => ({ agent: name.toLowerCase(), name, read_at })),
})

describe('receipts of a message', () => {
  it('count who has read it', () => {
    expect(readCount(message('all', ['Anna', 5], ['Ben', null], ['Cem', 0]))).toBe(2)
  })
  it('name those first who have not read it', () => {
    const { receipts } = message('all', ['Ben', 9], ['Zoe', null], ['Anna', 5], ['Cem', null])
    expect(byReading(receipts).map((it) => it.name)).toEqual(['Cem', 'Zoe', 'Anna', 'Ben'])
  })
  it.each([
    ['agent/anna', { kind: 'agent', name: 'Anna' }],
    ['pool/sales', { kind: 'pool', name: 'sales' }],
    ['all', { kind: 'all', name: '' }],
  ])('%s is said by name', (to, said) => {
    expect(addressee(message(to, ['Anna', null]))).toEqual(said)
  })
})
