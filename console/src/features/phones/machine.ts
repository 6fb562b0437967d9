/**
 * What the phone in the page does, decided without a browser: events in, commands out.
 *
 * It registers, is called once by the dialer and stays on that line, the leg, all day. Whatever
 * breaks is dropped without a word and made anew: a BYE would mean that the rep hung up, while the
 * dialer keeps the callee and calls again as soon as the phone is back.
 */

export type Phase =
  | 'off'
  | 'claiming' // asking whether another tab is the phone already
  | 'fetching' // asking the server for a password
  | 'opening' // asking for the microphone
  | 'connecting' // the socket, then the registration
  | 'registered'
  | 'ringing'
  | 'up'
  | 'lost' // waiting before the next try
  | 'failed' // only a person can help

export type Fault =
  | 'microphone-denied'
  | 'microphone-missing'
  | 'microphone-busy'
  | 'other-tab'
  | 'elsewhere' // another browser has it, logged in later
  | 'network'
  | 'refused'
  | 'unsupported'

export interface Phone {
  phase: Phase
  /** Why it failed or was lost; in `registered` to `up`: what is wrong though the line is there. */
  fault: Fault | null
  /** Seconds (of `now`) at which the phase began. */
  since: number
  /** The call that is taken, by its id. */
  leg: string | null
  /** Tries to connect since it last worked. */
  tries: number
  /** How often in a row the password was refused. */
  refusals: number
  /** When the password ends, on the clock of `now`; null: none is there, or it never ends. */
  expiresAt: number | null
  hasPassword: boolean
  /** The page has had the phone: it is not taken back from another browser without being told to. */
  hasHad: boolean
  /** A new password is on its way while the old one still works. */
  isRenewing: boolean
  isOnline: boolean
}

export const OFF: Phone = {
  phase: 'off',
  fault: null,
  since: 0,
  leg: null,
  tries: 0,
  refusals: 0,
  expiresAt: null,
  hasPassword: false,
  hasHad: false,
  isRenewing: false,
  isOnline: true,
}

export type PhoneEvent =
  | { on: 'start' }
  | { on: 'stop' }
  | { on: 'remedy' }
  | { on: 'claimed' }
  | { on: 'taken' }
  | { on: 'stolen' }
  | { on: 'fetched'; expiresAt: number | null }
  | { on: 'unfetched'; fault: 'network' | 'refused' | 'elsewhere' }
  | { on: 'deskPhone' }
  | { on: 'opened' }
  | { on: 'unopened'; fault: Fault }
  | { on: 'registered' }
  | { on: 'unauthorized' }
  | { on: 'socketLost' }
  | { on: 'incoming'; leg: string; isOurs: boolean }
  | { on: 'answered'; leg: string }
  | { on: 'ended'; leg: string }
  | { on: 'iceLost'; leg: string }
  | { on: 'again' }
  | { on: 'online' }
  | { on: 'offline' }
  | { on: 'tick' }

export type Command =
  | { do: 'claim'; steal: boolean }
  /** Be the phone when the other tab no longer is. */
  | { do: 'queue' }
  | { do: 'release' }
  | { do: 'fetch'; again: boolean }
  | { do: 'open' }
  | { do: 'close' }
  | { do: 'connect' }
  /** Register again, with the new password; the call stays. */
  | { do: 'renew' }
  /** Register again with the same password: is it still right? */
  | { do: 'check' }
  /** Drop socket and media without a word. */
  | { do: 'disconnect' }
  /** Say BYE and unregister: the rep wants no phone any more. */
  | { do: 'hangUp' }
  | { do: 'answer'; leg: string }
  | { do: 'reject'; leg: string }
  /** Drop the media of a call that another has replaced. */
  | { do: 'forget'; leg: string }
  | { do: 'restartIce'; leg: string }
  | { do: 'retry'; after: number }
  | { do: 'stopRetry' }

export type Step = [Phone, Command[]]

/** Connecting takes longer than this only where nobody answers. */
export const PATIENCE_S = 8
/** A new password is fetched so long before the old one ends. */
export const RENEW_BEFORE_S = 120
/** So many passwords may be refused in a row before a person is asked. */
export const MOST_REFUSALS = 3
/** Pauses before the first tries; the dialer holds the callee meanwhile. */
const PAUSES_S = [0.1, 0.4, 1, 2, 4, 8, 15]

export function pauseBefore(tries: number): number {
  return PAUSES_S[Math.min(tries, PAUSES_S.length - 1)] ?? 15
}

const LINKED: readonly Phase[] = ['registered', 'ringing', 'up']
export const isLinked = (phone: Phone): boolean => LINKED.includes(phone.phase)

/** What comes of an event. What means nothing in a phase changes nothing. */
export function step(phone: Phone, event: PhoneEvent, now: number): Step {
  const common = anywhere(phone, event, now)
  if (common) return common
  switch (phone.phase) {
    case 'off':
      return event.on === 'start' ? [to(phone, 'claiming', now), [claim(false)]] : stay(phone)
    case 'claiming':
      return claiming(phone, event, now)
    case 'fetching':
      return fetching(phone, event, now)
    case 'opening':
      return opening(phone, event, now)
    case 'connecting':
      return connecting(phone, event, now)
    case 'registered':
    case 'ringing':
    case 'up':
      return linked(phone, event, now)
    case 'lost':
      return lost(phone, event, now)
    case 'failed':
      return failed(phone, event, now)
  }
}

function anywhere(phone: Phone, event: PhoneEvent, now: number): Step | null {
  if (event.on === 'stop') {
    if (phone.phase === 'off') return stay(phone)
    const off = { ...OFF, since: now, isOnline: phone.isOnline }
    return [off, [{ do: 'stopRetry' }, { do: 'hangUp' }, { do: 'close' }, { do: 'release' }]]
  }
  if (event.on === 'stolen' && phone.phase !== 'off') {
    const left = { ...fail(phone, 'other-tab', now), hasPassword: false }
    return [left, [{ do: 'stopRetry' }, { do: 'disconnect' }, { do: 'close' }, { do: 'queue' }]]
  }
  if (event.on === 'offline' && !isLinked(phone) && phone.phase !== 'connecting') {
    return stay({ ...phone, isOnline: false })
  }
  if (event.on === 'online' && phone.phase !== 'lost') return stay({ ...phone, isOnline: true })
  return null
}

function claiming(phone: Phone, event: PhoneEvent, now: number): Step {
  if (event.on === 'claimed') return fetch(phone, now)
  if (event.on === 'taken') return [fail(phone, 'other-tab', now), [{ do: 'queue' }]]
  return stay(phone)
}

function fetching(phone: Phone, event: PhoneEvent, now: number): Step {
  if (event.on === 'fetched') return [to(known(phone, event), 'opening', now), [{ do: 'open' }]]
  if (event.on === 'deskPhone') {
    return [{ ...OFF, since: now, isOnline: phone.isOnline }, [{ do: 'close' }, { do: 'release' }]]
  }
  if (event.on === 'unfetched') {
    if (event.fault === 'network') return lose(phone, now)
    return [fail(phone, event.fault, now), [{ do: 'close' }, { do: 'release' }]]
  }
  return stay(phone)
}

function opening(phone: Phone, event: PhoneEvent, now: number): Step {
  if (event.on === 'opened') return [to(phone, 'connecting', now), [{ do: 'connect' }]]
  if (event.on === 'unopened') return [fail(phone, event.fault, now), [{ do: 'release' }]]
  return stay(phone)
}

function connecting(phone: Phone, event: PhoneEvent, now: number): Step {
  switch (event.on) {
    case 'registered':
      return stay({ ...to(phone, 'registered', now), tries: 0, refusals: 0, fault: null })
    case 'unauthorized':
      return unauthorized(phone, now)
    case 'socketLost':
      return lose(phone, now)
    case 'offline':
      return lose({ ...phone, isOnline: false }, now)
    case 'tick':
      return now - phone.since > PATIENCE_S ? lose(phone, now) : stay(phone)
    default:
      return stay(phone)
  }
}

function linked(phone: Phone, event: PhoneEvent, now: number): Step {
  switch (event.on) {
    case 'incoming':
      return incoming(phone, event, now)
    case 'answered':
      return event.leg === phone.leg ? stay(to(phone, 'up', now)) : stay(phone)
    case 'ended':
      if (event.leg !== phone.leg) return stay(phone)
      // The dialer ends it for one reason more: the phone is in another browser now.
      return [{ ...to(phone, 'registered', now), leg: null }, [{ do: 'check' }]]
    case 'iceLost':
      return event.leg === phone.leg ? [phone, [{ do: 'restartIce', leg: event.leg }]] : stay(phone)
    case 'socketLost':
      return lose(phone, now)
    case 'offline':
      return lose({ ...phone, isOnline: false }, now)
    case 'unauthorized':
      return unauthorized(phone, now)
    case 'opened':
      return stay({ ...phone, fault: null })
    case 'unopened':
      // The callee is not left because a headset was unplugged.
      return stay({ ...phone, fault: event.fault })
    case 'remedy':
      return phone.fault ? [phone, [{ do: 'open' }]] : stay(phone)
    case 'tick':
      return renewal(phone, now)
    case 'fetched':
      return [{ ...known(phone, event), isRenewing: false }, [{ do: 'renew' }]]
    case 'unfetched':
      if (event.fault === 'elsewhere') return elsewhere(phone, now)
      // The old one still works; the next tick asks again.
      return stay({ ...phone, isRenewing: false })
    default:
      return stay(phone)
  }
}

function incoming(phone: Phone, event: PhoneEvent & { on: 'incoming' }, now: number): Step {
  if (!event.isOurs) return [phone, [{ do: 'reject', leg: event.leg }]]
  const commands: Command[] = phone.leg ? [{ do: 'forget', leg: phone.leg }] : []
  commands.push({ do: 'answer', leg: event.leg })
  return [{ ...to(phone, 'ringing', now), leg: event.leg }, commands]
}

function renewal(phone: Phone, now: number): Step {
  const isDue = phone.expiresAt !== null && now > phone.expiresAt - RENEW_BEFORE_S
  if (!isDue || phone.isRenewing) return stay(phone)
  return [{ ...phone, isRenewing: true }, [{ do: 'fetch', again: true }]]
}

function lost(phone: Phone, event: PhoneEvent, now: number): Step {
  if (event.on === 'online') {
    const [next, commands] = again({ ...phone, isOnline: true, tries: 0 }, now)
    return [next, [{ do: 'stopRetry' }, ...commands]]
  }
  // While the browser says that there is no network, trying costs battery only, but it may err.
  if (event.on === 'again') return again(phone, now)
  if (event.on === 'remedy' || event.on === 'start') {
    const [next, commands] = again({ ...phone, tries: 0 }, now)
    return [next, [{ do: 'stopRetry' }, ...commands]]
  }
  return stay(phone)
}

function again(phone: Phone, now: number): Step {
  const isFresh = phone.hasPassword && (phone.expiresAt === null || now < phone.expiresAt - 5)
  if (!isFresh) return fetch(phone, now)
  return [to(phone, 'opening', now), [{ do: 'open' }]]
}

function failed(phone: Phone, event: PhoneEvent, now: number): Step {
  if (event.on === 'claimed' && phone.fault === 'other-tab') return fetch(phone, now)
  if (event.on === 'remedy' || event.on === 'start') {
    const steal = event.on === 'remedy' && phone.fault === 'other-tab'
    const next = { ...to(phone, 'claiming', now), fault: null, tries: 0, refusals: 0 }
    return [next, [claim(steal)]]
  }
  return stay(phone)
}

// ------------------------------------------------------------------------------------- pieces

const stay = (phone: Phone): Step => [phone, []]
const claim = (steal: boolean): Command => ({ do: 'claim', steal })

function to(phone: Phone, phase: Phase, now: number): Phone {
  return { ...phone, phase, since: now }
}

function fail(phone: Phone, fault: Fault, now: number): Phone {
  return { ...to(phone, 'failed', now), fault, leg: null, isRenewing: false, hasHad: false }
}

/** Off, until this browser's person wants it back. */
function elsewhere(phone: Phone, now: number): Step {
  const left = { ...fail(phone, 'elsewhere', now), hasPassword: false }
  return [left, [{ do: 'disconnect' }, { do: 'close' }, { do: 'release' }]]
}

function fetch(phone: Phone, now: number): Step {
  const next = { ...to(phone, 'fetching', now), fault: null }
  return [next, [{ do: 'fetch', again: phone.hasHad }]]
}

function known(phone: Phone, event: PhoneEvent & { on: 'fetched' }): Phone {
  return { ...phone, expiresAt: event.expiresAt, hasPassword: true, hasHad: true }
}

function lose(phone: Phone, now: number): Step {
  const next: Phone = {
    ...to(phone, 'lost', now),
    fault: 'network',
    leg: null,
    isRenewing: false,
    tries: phone.tries + 1,
  }
  return [next, [{ do: 'disconnect' }, { do: 'retry', after: pauseBefore(phone.tries) }]]
}

function unauthorized(phone: Phone, now: number): Step {
  const refusals = phone.refusals + 1
  if (refusals >= MOST_REFUSALS) {
    const commands: Command[] = [{ do: 'disconnect' }, { do: 'close' }, { do: 'release' }]
    return [{ ...fail(phone, 'refused', now), refusals, hasPassword: false }, commands]
  }
  const [next, commands] = fetch({ ...phone, refusals, leg: null, hasPassword: false }, now)
  return [{ ...next, isRenewing: false }, [{ do: 'disconnect' }, ...commands]]
}
