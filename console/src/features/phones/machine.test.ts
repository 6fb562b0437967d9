import { describe, expect, it } from 'vitest'
import {
  MOST_REFUSALS,
  OFF,
  PATIENCE_S,
  pauseBefore,
  RENEW_BEFORE_S,
  step,
  type Command,
  type Fault,
  type Phase,
  type Phone,
  type PhoneEvent,
} from './machine'

const NOW = 1000
const HOUR = NOW + 3600

/** A phone as it stands in each phase. */
const PHONES: Record<Phase, Phone> = {
  off: OFF,
  claiming: { ...OFF, phase: 'claiming', since: NOW },
  fetching: { ...OFF, phase: 'fetching', since: NOW },
  opening: { ...OFF, phase: 'opening', since: NOW, hasPassword: true, expiresAt: HOUR },
  connecting: { ...OFF, phase: 'connecting', since: NOW, hasPassword: true, expiresAt: HOUR },
  registered: { ...OFF, phase: 'registered', since: NOW, hasPassword: true, expiresAt: HOUR },
  ringing: { ...OFF, phase: 'ringing', since: NOW, hasPassword: true, expiresAt: HOUR, leg: 'a' },
  up: { ...OFF, phase: 'up', since: NOW, hasPassword: true, expiresAt: HOUR, leg: 'a' },
  lost: {
    ...OFF,
    phase: 'lost',
    since: NOW,
    hasPassword: true,
    expiresAt: HOUR,
    fault: 'network',
    tries: 1,
  },
  failed: { ...OFF, phase: 'failed', since: NOW, fault: 'microphone-denied' },
}

const EVENTS: PhoneEvent[] = [
  { on: 'start' },
  { on: 'stop' },
  { on: 'remedy' },
  { on: 'claimed' },
  { on: 'taken' },
  { on: 'stolen' },
  { on: 'fetched', expiresAt: HOUR },
  { on: 'unfetched', fault: 'network' },
  { on: 'deskPhone' },
  { on: 'opened' },
  { on: 'unopened', fault: 'microphone-missing' },
  { on: 'registered' },
  { on: 'unauthorized' },
  { on: 'socketLost' },
  { on: 'incoming', leg: 'b', isOurs: true },
  { on: 'answered', leg: 'a' },
  { on: 'ended', leg: 'a' },
  { on: 'iceLost', leg: 'a' },
  { on: 'again' },
  { on: 'online' },
  { on: 'offline' },
  { on: 'tick' },
]

/** Where each event leads from each phase; what is not here leaves the phase as it is. */
const LEADS: Record<Phase, Partial<Record<PhoneEvent['on'], Phase>>> = {
  off: { start: 'claiming' },
  claiming: { claimed: 'fetching', taken: 'failed' },
  fetching: { fetched: 'opening', unfetched: 'lost', deskPhone: 'off' },
  opening: { opened: 'connecting', unopened: 'failed' },
  connecting: {
    registered: 'registered',
    unauthorized: 'fetching',
    socketLost: 'lost',
    offline: 'lost',
  },
  registered: {
    incoming: 'ringing',
    unauthorized: 'fetching',
    socketLost: 'lost',
    offline: 'lost',
  },
  ringing: {
    answered: 'up',
    ended: 'registered',
    unauthorized: 'fetching',
    socketLost: 'lost',
    offline: 'lost',
  },
  up: {
    incoming: 'ringing',
    ended: 'registered',
    unauthorized: 'fetching',
    socketLost: 'lost',
    offline: 'lost',
  },
  lost: { again: 'opening', online: 'opening', remedy: 'opening', start: 'opening' },
  failed: { start: 'claiming', remedy: 'claiming' },
}

const after = (phone: Phone, event: PhoneEvent, now = NOW): Phone => step(phone, event, now)[0]
const orders = (phone: Phone, event: PhoneEvent, now = NOW): Command[] => step(phone, event, now)[1]
const names = (commands: Command[]): string[] => commands.map((it) => it.do)

describe('every phase and every event', () => {
  for (const phase of Object.keys(PHONES) as Phase[]) {
    for (const event of EVENTS) {
      let leads: Phase = LEADS[phase][event.on] ?? phase
      if (event.on === 'stop') leads = 'off'
      if (event.on === 'stolen' && phase !== 'off') leads = 'failed'
      it(`${phase}: ${event.on} leads to ${leads}`, () => {
        const phone = PHONES[phase]
        const [next, commands] = step(phone, event, NOW)
        expect(next.phase).toBe(leads)
        // A call is held exactly while there is one to hold.
        expect(next.leg !== null).toBe(next.phase === 'ringing' || next.phase === 'up')
        // Whatever is lost has been dropped, and will be tried again.
        if (next.phase === 'lost' && phase !== 'lost') {
          expect(names(commands)).toEqual(['disconnect', 'retry'])
        }
        // BYE is for who wants no phone any more, and for nobody else.
        expect(names(commands).includes('hangUp')).toBe(event.on === 'stop' && phase !== 'off')
      })
    }
  }
})

describe('a day at the phone', () => {
  it('registers, is called and is held', () => {
    let phone = OFF
    const done: string[] = []
    for (const event of [
      { on: 'start' },
      { on: 'claimed' },
      { on: 'fetched', expiresAt: HOUR },
      { on: 'opened' },
      { on: 'registered' },
      { on: 'incoming', leg: 'a', isOurs: true },
      { on: 'answered', leg: 'a' },
    ] as PhoneEvent[]) {
      const [next, commands] = step(phone, event, NOW)
      phone = next
      done.push(...names(commands))
    }
    expect(phone).toMatchObject({ phase: 'up', leg: 'a', fault: null })
    expect(done).toEqual(['claim', 'fetch', 'open', 'connect', 'answer'])
  })

  it('takes the dialer’s next call in the place of one that is still there', () => {
    const [phone, commands] = step(PHONES.up, { on: 'incoming', leg: 'b', isOurs: true }, NOW)
    expect(phone.leg).toBe('b')
    expect(commands).toEqual([
      { do: 'forget', leg: 'a' },
      { do: 'answer', leg: 'b' },
    ])
    expect(after(phone, { on: 'ended', leg: 'a' })).toBe(phone)
  })

  it('takes no call that is not the dialer’s', () => {
    const [phone, commands] = step(PHONES.up, { on: 'incoming', leg: 'x', isOurs: false }, NOW)
    expect(phone).toBe(PHONES.up)
    expect(commands).toEqual([{ do: 'reject', leg: 'x' }])
  })

  it('comes back with the password it has', () => {
    const lost = after(PHONES.up, { on: 'socketLost' })
    expect(names(orders(lost, { on: 'again' }))).toEqual(['open'])
    expect(names(orders({ ...lost, expiresAt: NOW }, { on: 'again' }))).toEqual(['fetch'])
  })

  it('waits longer each time, and not at all when the network is back', () => {
    const pauses = [0, 1, 2, 3, 4, 5, 6, 7, 50].map(pauseBefore)
    expect(pauses[0]).toBeLessThan(0.2)
    expect([...pauses].sort((a, b) => a - b)).toEqual(pauses)
    expect(pauses.at(-1)).toBe(15)
    expect(names(orders(PHONES.lost, { on: 'online' }))).toEqual(['stopRetry', 'open'])
    expect(after(PHONES.lost, { on: 'online' }).tries).toBe(0)
  })

  it('gives up a line on which nobody answers', () => {
    expect(after(PHONES.connecting, { on: 'tick' }, NOW + PATIENCE_S).phase).toBe('connecting')
    expect(after(PHONES.connecting, { on: 'tick' }, NOW + PATIENCE_S + 1).phase).toBe('lost')
  })

  it('asks for a new password in time, once, and keeps the call', () => {
    const due = HOUR - RENEW_BEFORE_S + 1
    const [asking, commands] = step(PHONES.up, { on: 'tick' }, due)
    expect(names(commands)).toEqual(['fetch'])
    expect(orders(asking, { on: 'tick' }, due + 1)).toEqual([])
    const [renewed, then] = step(asking, { on: 'fetched', expiresAt: HOUR + 3600 }, due + 1)
    expect(names(then)).toEqual(['renew'])
    expect(renewed).toMatchObject({ phase: 'up', leg: 'a', isRenewing: false })
    expect(orders(renewed, { on: 'tick' }, due + 2)).toEqual([])
  })

  it('asks again when the new password did not come', () => {
    const due = HOUR - RENEW_BEFORE_S + 1
    const asking = after(PHONES.up, { on: 'tick' }, due)
    const still = after(asking, { on: 'unfetched', fault: 'network' }, due + 1)
    expect(still.phase).toBe('up')
    expect(names(orders(still, { on: 'tick' }, due + 2))).toEqual(['fetch'])
  })

  it('asks a person when passwords are refused again and again', () => {
    let phone = PHONES.connecting
    for (let n = 1; n < MOST_REFUSALS; n++) {
      phone = after(phone, { on: 'unauthorized' })
      expect(phone.phase).toBe('fetching')
      phone = after(after(phone, { on: 'fetched', expiresAt: HOUR }), { on: 'opened' })
    }
    expect(after(phone, { on: 'unauthorized' })).toMatchObject({
      phase: 'failed',
      fault: 'refused',
    })
  })

  it('keeps the callee when the headset is unplugged', () => {
    const phone = after(PHONES.up, { on: 'unopened', fault: 'microphone-missing' })
    expect(phone).toMatchObject({ phase: 'up', fault: 'microphone-missing' })
    expect(names(orders(phone, { on: 'remedy' }))).toEqual(['open'])
    expect(after(phone, { on: 'opened' }).fault).toBeNull()
  })
})

describe('another browser of the same rep', () => {
  const had: Phone = { ...PHONES.registered, hasHad: true }

  it('takes the phone when it is newer: a page that begins asks for it as its own', () => {
    expect(orders(PHONES.claiming, { on: 'claimed' })).toEqual([{ do: 'fetch', again: false }])
  })

  it('has the page that had it look at its password when the dialer ends the line', () => {
    expect(orders({ ...had, phase: 'up', leg: 'a' }, { on: 'ended', leg: 'a' })).toEqual([
      { do: 'check' },
    ])
  })

  it('does not lose it to the page before, which asks only for what is still its own', () => {
    const [asking, commands] = step(had, { on: 'unauthorized' }, NOW)
    expect(commands).toEqual([{ do: 'disconnect' }, { do: 'fetch', again: true }])
    const [off, then] = step(asking, { on: 'unfetched', fault: 'elsewhere' }, NOW)
    expect(off).toMatchObject({ phase: 'failed', fault: 'elsewhere', hasPassword: false })
    expect(names(then)).toEqual(['close', 'release'])
    for (const event of EVENTS) {
      if (event.on === 'start' || event.on === 'remedy' || event.on === 'stop') continue
      if (event.on === 'stolen') continue
      expect(after(off, event).phase).toBe('failed')
    }
  })

  it('gives it back to whoever asks for it', () => {
    const off = after({ ...had, phase: 'fetching' }, { on: 'unfetched', fault: 'elsewhere' })
    const [claiming, commands] = step(off, { on: 'remedy' }, NOW)
    expect(commands).toEqual([{ do: 'claim', steal: false }])
    expect(orders(claiming, { on: 'claimed' })).toEqual([{ do: 'fetch', again: false }])
  })

  it('is told in mid-call as well, when the password is to be renewed', () => {
    const up: Phone = { ...had, phase: 'up', leg: 'a', isRenewing: true }
    const [off, commands] = step(up, { on: 'unfetched', fault: 'elsewhere' }, NOW)
    expect(off).toMatchObject({ phase: 'failed', leg: null })
    expect(names(commands)).toEqual(['disconnect', 'close', 'release'])
  })
})

describe('several tabs', () => {
  it('lets a person take the phone over, and says so in the other tab', () => {
    const second = after(PHONES.claiming, { on: 'taken' })
    expect(second).toMatchObject({ phase: 'failed', fault: 'other-tab' })
    expect(orders(second, { on: 'remedy' })).toEqual([{ do: 'claim', steal: true }])
    const [first, commands] = step(PHONES.up, { on: 'stolen' }, NOW)
    expect(first).toMatchObject({ phase: 'failed', fault: 'other-tab' })
    expect(names(commands)).toEqual(['stopRetry', 'disconnect', 'close', 'queue'])
  })

  it('is the phone by itself once the other tab is closed', () => {
    const waiting = after(PHONES.claiming, { on: 'taken' })
    expect(after(waiting, { on: 'claimed' }).phase).toBe('fetching')
  })

  it('steals from nobody without being asked to', () => {
    for (const fault of ['microphone-denied', 'refused', 'unsupported'] as Fault[]) {
      expect(orders({ ...PHONES.failed, fault }, { on: 'remedy' })).toEqual([
        { do: 'claim', steal: false },
      ])
    }
  })
})
