import { afterEach, describe, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import { forget, optionsOf } from './sources'

const REPS = { agents: [{ code: 'anna', name: 'Anna Novak' }] }
afterEach(() => {
  vi.restoreAllMocks()
  forget('rep')
})

describe('what a picker offers', () => {
  it('is asked for once a minute, and anew after a change', async () => {
    const asked = vi.spyOn(api, 'get').mockImplementation((async () => REPS) as never)
    const first = await optionsOf('rep', 1_000)
    await optionsOf('rep', 60_000)
    expect(first).toEqual([{ value: 'anna', label: 'Anna Novak', hint: 'anna' }])
    expect(asked).toHaveBeenCalledTimes(1)
    await optionsOf('rep', 61_001)
    forget('rep')
    await optionsOf('rep', 61_002)
    expect(asked).toHaveBeenCalledTimes(3)
  })
  it('that could not be fetched is asked for at the next opening', async () => {
    const asked = vi.spyOn(api, 'get').mockRejectedValueOnce(new Error('down'))
    await expect(optionsOf('rep')).rejects.toThrow('down')
    asked.mockImplementation((async () => REPS) as never)
    await vi.waitFor(async () => expect(await optionsOf('rep')).toHaveLength(1))
  })
})
