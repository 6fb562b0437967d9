/** The phone as a whole: carries out what `machine` decides, and tells how it is. */

import type { Account, Line } from './line'
import {
  isLinked,
  OFF,
  step,
  type Command,
  type Fault,
  type Phone,
  type PhoneEvent,
} from './machine'
import type { Wire } from '@/api/wire'
import { microphone, MicrophoneError } from './microphone'
import { speaker } from './speaker'
import { between, lookAt, UNKNOWN, type Look, type Quality } from './stats'
import { tabLock } from './tabs'

export type Given = Account & Pick<Wire<'BrowserPhone'>, 'expires_at'>

/** What `fetch` may reject with, besides anything else, which counts as no network. */
export class NoPhone extends Error {
  constructor(readonly why: 'refused' | 'elsewhere' | 'desk-phone') {
    super(why)
  }
}

export interface Device {
  id: string
  label: string
}

export interface TestReport {
  isGood: boolean
  heard: boolean
  rttMs: number | null
  loss: number | null
}

/** What the screen is told, each time anything of it changes. */
export interface Seen {
  phone: Phone
  quality: Quality
  level: number
  inputs: Device[]
  outputs: Device[]
  isSoundBlocked: boolean
  test: 'idle' | 'running' | TestReport
}

export interface SoftphoneParts {
  /** Names the lock: one tab per rep. */
  rep: string
  /** Gives a new password; `again`: unless another browser has the phone meanwhile. Rejects with
   * NoPhone, or anything for a network that is away. */
  fetch: (again: boolean) => Promise<Given>
  /** Server time, seconds. */
  now: () => number
  /** Some of what is seen has changed. */
  tell: (seen: Partial<Seen>) => void
}

export interface Softphone {
  start: () => void
  stop: () => void
  remedy: () => void
  mute: (on: boolean) => void
  choose: (kind: 'input' | 'output', id: string) => void
  dial: (digits: string) => void
  runTest: () => void
  /** Lets go of everything, without a word: the page is left. */
  leave: () => void
}

/** Every so many ticks the switch is asked whether it is there. */
const PROBE_EVERY = 10
const TEST_MS = 4000
const LEVEL_MS = 100
/** The quietest sound that counts as heard. */
const AUDIBLE = 0.003

export const INPUT = 'dialer.phone.input'
export const OUTPUT = 'dialer.phone.output'

export function softphone(parts: SoftphoneParts): Softphone {
  let phone: Phone = OFF
  let given: Given | null = null
  let line: Line | null = null
  let retry: ReturnType<typeof setTimeout> | undefined
  let ticks = 0
  let before: Look | null = null
  let isTesting = false
  let ticker: Worker | null = null
  let meter: ReturnType<typeof setInterval> | undefined

  const mouth = microphone(() => void open())
  const ear = speaker((isSoundBlocked) => parts.tell({ isSoundBlocked }))
  const tab = tabLock(`dialer.phone.${parts.rep}`, {
    claimed: () => take({ on: 'claimed' }),
    taken: () => take({ on: 'taken' }),
    stolen: () => take({ on: 'stolen' }),
  })

  function take(event: PhoneEvent): void {
    const [next, commands] = step(phone, event, parts.now())
    if (next !== phone) {
      phone = next
      parts.tell({ phone })
    }
    for (const command of commands) run(command)
    keepAwake()
  }

  function run(command: Command): void {
    switch (command.do) {
      case 'claim':
        return tab.claim(command.steal)
      case 'queue':
        return tab.queue()
      case 'release':
        return tab.release()
      case 'fetch':
        return void fetchAccount(command.again)
      case 'open':
        return void open()
      case 'close':
        return mouth.close()
      case 'connect':
        return void connect()
      case 'renew':
        return given ? line?.renew(given.password) : undefined
      case 'check':
        return line?.check()
      case 'disconnect':
        line?.disconnect()
        line = null
        return
      case 'hangUp':
        line?.hangUp()
        line = null
        return
      case 'answer':
        before = null
        return line?.answer(command.leg)
      case 'reject':
        return line?.reject(command.leg)
      case 'forget':
        return line?.forget(command.leg)
      case 'restartIce':
        return line?.restartIce(command.leg)
      case 'retry':
        clearTimeout(retry)
        retry = setTimeout(() => take({ on: 'again' }), command.after * 1000)
        return
      case 'stopRetry':
        return clearTimeout(retry)
    }
  }

  async function fetchAccount(again: boolean): Promise<void> {
    try {
      given = await parts.fetch(again)
      take({ on: 'fetched', expiresAt: given.expires_at })
    } catch (error) {
      const why = error instanceof NoPhone ? error.why : 'network'
      take(why === 'desk-phone' ? { on: 'deskPhone' } : { on: 'unfetched', fault: why })
    }
  }

  async function open(): Promise<void> {
    try {
      const stream = await mouth.open(localStorage.getItem(INPUT) ?? '')
      if (phone.phase === 'off') return mouth.close()
      await replace(stream)
      take({ on: 'opened' })
      void listDevices()
    } catch (error) {
      take({
        on: 'unopened',
        fault: error instanceof MicrophoneError ? error.fault : 'unsupported',
      })
    }
  }

  /** Calls that are up go on with the new microphone. */
  async function replace(stream: MediaStream): Promise<void> {
    const track = stream.getAudioTracks()[0]
    for (const peer of line?.peers() ?? []) {
      for (const sender of peer.getSenders()) {
        if (track && sender.track?.kind !== 'video' && sender.track !== track) {
          await sender.replaceTrack(track).catch(() => undefined)
        }
      }
    }
  }

  async function connect(): Promise<void> {
    if (!given) return
    const account = given
    try {
      const { Line } = await import('./line')
      if (phone.phase !== 'connecting' || line) return
      ear.choose(localStorage.getItem(OUTPUT) ?? '')
      line = new Line(account, {
        say: take,
        microphone: mouth.stream,
        sound: (stream) => (stream ? ear.play(stream) : ear.stop()),
      })
    } catch {
      take({ on: 'socketLost' })
    }
  }

  // --- what is asked again and again

  function keepAwake(): void {
    const isOn = phone.phase !== 'off'
    if (isOn && !ticker) {
      ticker = new Worker(new URL('./ticker.worker.ts', import.meta.url), { type: 'module' })
      ticker.onmessage = tick
      meter = setInterval(() => parts.tell({ level: mouth.level() }), LEVEL_MS)
    } else if (!isOn && ticker) {
      ticker.terminate()
      ticker = null
      clearInterval(meter)
      parts.tell({ level: 0, quality: UNKNOWN })
    }
    if ('mediaSession' in navigator) {
      navigator.mediaSession.playbackState = phone.phase === 'up' ? 'playing' : 'none'
    }
  }

  function tick(): void {
    take({ on: 'tick' })
    ticks += 1
    if (isLinked(phone) && ticks % PROBE_EVERY === 0) void line?.probe()
    void measure()
  }

  async function measure(): Promise<void> {
    const peer = line?.peer(phone.leg) ?? null
    if (!peer || phone.phase !== 'up') {
      if (before) parts.tell({ quality: UNKNOWN })
      before = null
      return
    }
    const look = lookAt((await peer.getStats()).values())
    parts.tell({ quality: between(before, look) })
    before = look
  }

  // --- devices

  async function listDevices(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices().catch(() => [])
    const of = (kind: MediaDeviceKind): Device[] =>
      all
        .filter((it) => it.kind === kind && it.deviceId)
        .map((it) => ({ id: it.deviceId, label: it.label }))
    parts.tell({ inputs: of('audioinput'), outputs: of('audiooutput') })
  }

  function onDevices(): void {
    void listDevices()
    // The chosen one may be back, or the one in use may be gone.
    if (isLinked(phone)) void open()
    ear.choose(localStorage.getItem(OUTPUT) ?? '')
  }

  // --- the test call

  async function test(): Promise<void> {
    if (!line || isTesting || !isLinked(phone)) return
    isTesting = true
    parts.tell({ test: 'running' })
    const own = speaker(() => undefined)
    own.choose(localStorage.getItem(OUTPUT) ?? '')
    const call = line.echo(own.play)
    const timeout = new Promise<null>((done) => setTimeout(() => done(null), 2 * TEST_MS))
    const peer = await Promise.race([call.peer, timeout])
    const report = peer ? await echoReport(peer) : NOTHING_HEARD
    call.end()
    own.stop()
    isTesting = false
    parts.tell({ test: report })
  }

  async function echoReport(peer: RTCPeerConnection): Promise<TestReport> {
    const first = lookAt((await peer.getStats()).values())
    await new Promise((done) => setTimeout(done, TEST_MS))
    const quality = between(first, lookAt((await peer.getStats()).values()))
    const heard = quality.inbound > AUDIBLE
    const isGood = heard && (quality.rttMs ?? 0) < 400 && (quality.loss ?? 0) < 0.05
    return { isGood, heard, rttMs: quality.rttMs, loss: quality.loss }
  }

  // --- the world around

  const online = () => take({ on: 'online' })
  const offline = () => take({ on: 'offline' })
  const connection = (navigator as { connection?: EventTarget }).connection
  /** Another network, perhaps: is the switch still there? */
  const changed = () => void (isLinked(phone) && line?.probe())
  const shown = () => document.hidden || changed()
  const devices = navigator.mediaDevices as MediaDevices | undefined
  addEventListener('online', online)
  addEventListener('offline', offline)
  connection?.addEventListener('change', changed)
  document.addEventListener('visibilitychange', shown)
  devices?.addEventListener('devicechange', onDevices)

  return {
    start: () => take({ on: 'start' }),
    stop: () => take({ on: 'stop' }),
    remedy: () => take({ on: 'remedy' }),
    mute: (on) => mouth.mute(on),
    choose(kind, id) {
      localStorage.setItem(kind === 'input' ? INPUT : OUTPUT, id)
      if (kind === 'output') ear.choose(id)
      else if (phone.phase !== 'off') void open()
    },
    dial: (digits) => phone.leg && line?.dial(phone.leg, digits),
    runTest: () => void test(),
    leave() {
      removeEventListener('online', online)
      removeEventListener('offline', offline)
      connection?.removeEventListener('change', changed)
      document.removeEventListener('visibilitychange', shown)
      devices?.removeEventListener('devicechange', onDevices)
      clearTimeout(retry)
      clearInterval(meter)
      ticker?.terminate()
      line?.disconnect()
      line = null
      mouth.close()
      ear.stop()
      tab.release()
      phone = OFF
    },
  }
}

const NOTHING_HEARD: TestReport = { isGood: false, heard: false, rttMs: null, loss: null }

export type { Fault }
