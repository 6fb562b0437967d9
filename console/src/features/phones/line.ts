/**
 * The phone's line to the switch: one registration over one WebSocket, by JsSIP.
 *
 * A line that broke is thrown away and a new one made. Then its socket is closed first, so that
 * nothing more is said on it: a BYE would mean that the rep hung up.
 */

import { UA } from 'jssip'
import type { Socket } from 'jssip'
import type { Wire } from '@/api/wire'
import type { PhoneEvent } from './machine'

export type Account = Pick<
  Wire<'BrowserPhone'>,
  'uri' | 'ws_url' | 'username' | 'password' | 'ice_servers'
>

export interface LineParts {
  say: (event: PhoneEvent) => void
  microphone: () => MediaStream | null
  /** The sound of the call that is taken; null: it is over. */
  sound: (stream: MediaStream | null) => void
}

/** The dialer's own calls come from this number; no other can reach a rep's phone. */
const DIALER = '100'
/** Answers to itself: for trying microphone and line. */
export const ECHO = '100'
const REGISTER_S = 90
/** Addresses of this machine are found at once; a helper that does not answer is not waited for. */
const GATHER_MS = 400
/** Media may stand still so long before the line is made anew. */
const ICE_PATIENCE_MS = 5000
const PROBE_PATIENCE_MS = 4000

type RTCSession = ReturnType<UA['call']>
type DigitOptions = NonNullable<Parameters<RTCSession['sendDTMF']>[1]>

interface JsSocket extends Socket {
  via_transport: string
}

export class Line {
  private readonly ua: UA
  private readonly socket: SipSocket
  private readonly sessions = new Map<string, RTCSession>()
  private isOver = false

  constructor(
    private readonly account: Account,
    private readonly parts: LineParts,
  ) {
    this.socket = new SipSocket(account.ws_url, () => this.say({ on: 'socketLost' }))
    this.ua = new UA({
      sockets: this.socket as unknown as JsSocket,
      uri: account.uri,
      authorization_user: account.username,
      password: account.password,
      register_expires: REGISTER_S,
      session_timers: false,
      user_agent: 'dialer-console',
    })
    this.ua.on('registered', () => this.say({ on: 'registered' }))
    this.ua.on('registrationFailed', (failure) => {
      const status = (failure.response as { status_code?: number } | null)?.status_code
      this.say({ on: status === 401 || status === 403 ? 'unauthorized' : 'socketLost' })
    })
    this.ua.on('newRTCSession', (event: { originator: unknown; session: RTCSession }) => {
      if (event.originator === 'remote') this.called(event.session)
    })
    this.ua.start()
  }

  /** From now on this password; the registration is made again at once, calls stay. */
  renew(password: string): void {
    this.ua.set('password', password)
    this.ua.register()
  }

  /** The registration is made again at once; a password that is no longer right is told. */
  check(): void {
    this.ua.register()
  }

  answer(leg: string): void {
    const session = this.sessions.get(leg)
    const mediaStream = this.parts.microphone()
    if (!session || !mediaStream) return
    session.answer({
      mediaStream,
      mediaConstraints: { audio: true, video: false },
      pcConfig: this.rtc(),
    })
  }

  reject(leg: string): void {
    const session = this.sessions.get(leg)
    if (session && !session.isEnded()) session.terminate({ status_code: 486 })
  }

  /** Another call is in its place: the switch has ended this one, or will. */
  forget(leg: string): void {
    const session = this.sessions.get(leg)
    this.sessions.delete(leg)
    session?.connection?.close()
  }

  restartIce(leg: string): void {
    const session = this.sessions.get(leg)
    session?.renegotiate({ rtcOfferConstraints: { iceRestart: true } })
  }

  /** The connection of a call; null: there is none (yet). */
  peer(leg: string | null): RTCPeerConnection | null {
    return (leg && this.sessions.get(leg)?.connection) || null
  }

  /** All connections, to give them another microphone. */
  peers(): RTCPeerConnection[] {
    return [...this.sessions.values()].flatMap((it) => (it.connection ? [it.connection] : []))
  }

  /** Digits into the call, as the sound's own events (RFC 4733). */
  dial(leg: string, digits: string): void {
    // Its types name the transport as an enumeration that is not there when it runs.
    const options = { transportType: 'RFC2833' } as unknown as DigitOptions
    this.sessions.get(leg)?.sendDTMF(digits, options)
  }

  /** Milliseconds until the switch answered; it is gone when it does not. */
  async probe(): Promise<number | null> {
    const began = performance.now()
    const isThere = await new Promise<boolean>((done) => {
      setTimeout(() => done(false), PROBE_PATIENCE_MS)
      const heard = (answer: { response?: unknown }) =>
        done(Boolean(answer.response) || this.isOver)
      const options = { eventHandlers: { succeeded: heard, failed: heard } }
      this.asking().sendOptions(`sip:${ECHO}@${this.host()}`, '', options)
    })
    if (!isThere) this.say({ on: 'socketLost' })
    return isThere ? performance.now() - began : null
  }

  /**
   * A call to the switch's echo; `null` is resolved when it does not come about. Its sound has to be
   * played: a browser does not decode what nobody hears.
   */
  echo(play: (stream: MediaStream) => void): {
    peer: Promise<RTCPeerConnection | null>
    end: () => void
  } {
    const mediaStream = this.parts.microphone()
    if (!mediaStream) return { peer: Promise.resolve(null), end: () => undefined }
    const session = this.ua.call(`sip:${ECHO}@${this.host()}`, {
      mediaStream,
      mediaConstraints: { audio: true, video: false },
      pcConfig: this.rtc(),
    })
    this.hurry(session)
    session.connection.addEventListener('track', ({ track, streams }) =>
      play(streams[0] ?? new MediaStream([track])),
    )
    const peer = new Promise<RTCPeerConnection | null>((done) => {
      session.on('confirmed', () => done(session.connection))
      session.on('failed', () => done(null))
      session.on('ended', () => done(null))
    })
    return { peer, end: () => session.isEnded() || session.terminate() }
  }

  /** Without a word: the switch, or the dialer, sees that the socket is gone. */
  disconnect(): void {
    this.isOver = true
    this.socket.abandon()
    this.ua.stop()
    this.parts.sound(null)
  }

  /** With BYE, and taking the registration back. */
  hangUp(): void {
    this.isOver = true
    this.ua.stop()
    this.parts.sound(null)
  }

  // --- calls

  private called(session: RTCSession): void {
    const leg = session.id
    this.sessions.set(leg, session)
    session.on('peerconnection', ({ peerconnection }) => this.watch(leg, peerconnection))
    this.hurry(session)
    session.on('confirmed', () => this.say({ on: 'answered', leg }))
    const over = () => {
      const isKnown = this.sessions.delete(leg)
      if (isKnown && this.sessions.size === 0 && !this.isOver) this.parts.sound(null)
      this.say({ on: 'ended', leg })
    }
    session.on('ended', over)
    session.on('failed', over)
    const isOurs = session.remote_identity.uri.user === DIALER
    this.say({ on: 'incoming', leg, isOurs })
  }

  private watch(leg: string, peer: RTCPeerConnection): void {
    let patience: ReturnType<typeof setTimeout> | undefined
    peer.addEventListener('track', ({ track, streams }) => {
      if (!this.isOver) this.parts.sound(streams[0] ?? new MediaStream([track]))
    })
    peer.addEventListener('iceconnectionstatechange', () => {
      clearTimeout(patience)
      if (peer.iceConnectionState !== 'disconnected') return
      this.say({ on: 'iceLost', leg })
      // Before JsSIP gives up with a BYE: this way the callee is kept.
      patience = setTimeout(() => this.say({ on: 'socketLost' }), ICE_PATIENCE_MS)
    })
  }

  private hurry(session: RTCSession): void {
    let timer: ReturnType<typeof setTimeout> | undefined
    session.on('icecandidate', ({ ready }) => {
      timer ??= setTimeout(ready, GATHER_MS)
    })
  }

  // --- pieces

  private say(event: PhoneEvent): void {
    if (!this.isOver) this.parts.say(event)
  }

  private host(): string {
    return this.account.uri.split('@')[1] ?? 'localhost'
  }

  private rtc(): RTCConfiguration {
    const iceServers = this.account.ice_servers.map(({ urls, username, credential }) => ({
      urls,
      ...(username ? { username } : {}),
      ...(credential ? { credential } : {}),
    }))
    return { iceServers, rtcpMuxPolicy: 'require', bundlePolicy: 'max-bundle' }
  }

  private asking() {
    return this.ua as unknown as {
      sendOptions: (target: string, body: string, options: object) => void
    }
  }
}

/** JsSIP's own socket would connect again by itself, to a line that is given up. */
class SipSocket {
  via_transport = 'WS'
  readonly sip_uri: string
  private socket: WebSocket | null = null
  onconnect: () => void = () => undefined
  ondisconnect: (error: boolean, code?: number, reason?: string) => void = () => undefined
  ondata: (data: unknown) => void = () => undefined

  constructor(
    readonly url: string,
    private readonly onLost: () => void,
  ) {
    const { hostname, port, protocol } = new URL(url)
    this.via_transport = protocol === 'wss:' ? 'WSS' : 'WS'
    this.sip_uri = `sip:${hostname}${port ? `:${port}` : ''};transport=ws`
  }

  connect(): void {
    if (this.socket) return
    const made = new WebSocket(this.url, 'sip')
    made.binaryType = 'arraybuffer'
    this.socket = made
    made.onopen = () => this.onconnect()
    made.onmessage = ({ data }) => this.ondata(data)
    // An `error` event is always followed by this one.
    made.onclose = () => {
      this.socket = null
      this.onLost()
    }
  }

  disconnect(): void {
    this.abandon()
  }

  /** Nothing is sent or heard from now on. */
  abandon(): void {
    const old = this.socket
    this.socket = null
    if (!old) return
    old.onopen = old.onmessage = old.onclose = null
    old.close()
  }

  send(data: string | ArrayBufferLike | Blob | ArrayBufferView): boolean {
    if (!this.isConnected()) return false
    this.socket?.send(data as string)
    return true
  }

  isConnected(): boolean {
    return this.socket?.readyState === WebSocket.OPEN
  }

  isConnecting(): boolean {
    return this.socket?.readyState === WebSocket.CONNECTING
  }
}
