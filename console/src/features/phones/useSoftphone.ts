import { onScopeDispose, reactive } from 'vue'
import { api, Problem } from '@/api/client'
import type { DeskPhone, PhoneFault, PhoneState } from './model'
import { serverNow, tick } from '@/time/clock'
import { OFF, type Phone } from './machine'
import { INPUT, NoPhone, OUTPUT, softphone, type Given, type Seen } from './softphone'

/** A desk's phone in the page, with what is behind it for who wants to know more. */
export interface PagePhone extends DeskPhone {
  phase: Phone['phase']
  jitterMs: number | null
  /** Loudness of what is heard, 0 to 1. */
  inbound: number
  /** Digits into the call. */
  dial: (digits: string) => void
}

/** The phone of this rep, from `start` until the calling component is gone. */
export function useSoftphone(rep: string): PagePhone {
  const phone: PagePhone = reactive({
    kind: 'unknown',
    state: 'off',
    phase: 'off',
    fault: null,
    isMuted: false,
    level: 0,
    inbound: 0,
    rttMs: null,
    loss: null,
    jitterMs: null,
    inputs: [],
    outputs: [],
    input: localStorage.getItem(INPUT) ?? '',
    output: localStorage.getItem(OUTPUT) ?? '',
    test: 'idle',
    start: () => made.start(),
    stop: () => made.stop(),
    remedy: () => made.remedy(),
    runTest: () => made.runTest(),
    dial: (digits: string) => made.dial(digits),
    mute(on: boolean) {
      phone.isMuted = on
      made.mute(on)
    },
    choose(kind: 'input' | 'output', id: string) {
      phone[kind] = id
      made.choose(kind, id)
    },
  })
  let seen: Phone = OFF
  let isBlocked = false

  async function fetch(again: boolean): Promise<Given> {
    try {
      const given = await api.post('/api/v1/agents/{agent}/phone', {
        path: { agent: rep },
        body: { again },
      })
      phone.kind = 'browser'
      return given
    } catch (error) {
      if (error instanceof Problem && error.slug === 'no-browser-phone') {
        phone.kind = 'desk'
        throw new NoPhone('desk-phone')
      }
      if (error instanceof Problem && error.slug === 'phone-elsewhere') {
        throw new NoPhone('elsewhere')
      }
      // Whoever is told to wait, or finds nobody, tries again; anything else needs a person.
      const isFinal = error instanceof Problem && error.status >= 400 && error.status < 500
      if (isFinal && error.status !== 429) throw new NoPhone('refused')
      throw error
    }
  }

  function tell(news: Partial<Seen>): void {
    if (news.phone) seen = news.phone
    if (news.isSoundBlocked !== undefined) isBlocked = news.isSoundBlocked
    if (news.phone || news.isSoundBlocked !== undefined) {
      phone.phase = seen.phase
      phone.state = stateOf(seen)
      phone.fault = faultOf(seen, isBlocked)
    }
    if (news.quality) {
      const { rttMs, loss, jitterMs, inbound } = news.quality
      Object.assign(phone, { rttMs, loss, jitterMs, inbound })
    }
    if (news.level !== undefined) phone.level = news.level
    if (news.inputs) phone.inputs = news.inputs
    if (news.outputs) phone.outputs = news.outputs
    if (news.test) phone.test = news.test
  }

  function now(): number {
    // Its own timer is slowed down while the page is hidden.
    tick()
    return serverNow.value
  }

  const made = softphone({ rep, fetch, tell, now })
  onScopeDispose(() => made.leave())
  return phone
}

export function stateOf(phone: Phone): PhoneState {
  switch (phone.phase) {
    case 'off':
    case 'lost':
    case 'failed':
      return phone.phase
    case 'claiming':
    case 'fetching':
    case 'opening':
    case 'connecting':
      // To a person, the first try after a loss is still the loss.
      return phone.tries > 0 ? 'lost' : 'starting'
    default:
      return 'ready'
  }
}

export function faultOf(phone: Phone, isSoundBlocked: boolean): PhoneFault | null {
  if (phone.fault) return phone.fault
  if (phone.tries > 0) return 'network'
  return isSoundBlocked ? 'sound-blocked' : null
}
