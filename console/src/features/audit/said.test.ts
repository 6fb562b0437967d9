import { describe, expect, it } from 'vitest'
import { said } from './said'

describe('what can have been done', () => {
  it('is asked for by its word in the log', () => {
    expect(said({ 'campaign-start': 'Start', 'account-totp-removed': 'Off' })).toEqual([
      { slug: 'campaign.start', title: 'Start' },
      { slug: 'account.totp-removed', title: 'Off' },
    ])
  })
})
