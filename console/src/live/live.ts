import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowReactive, type ComputedRef } from 'vue'
import type { Topics } from '@/api/wire'
import { setServerTime } from '@/time/clock'
import {
  after,
  emptyTopic,
  isFinal,
  pause,
  subscription,
  type Incoming,
  type Row,
  type Topic,
} from './protocol'

export type LinkState = 'off' | 'connecting' | 'up' | 'lost' | 'refused'

/** The one socket of this page; topics are shared by all who watch them. */
export const useLive = defineStore('live', () => {
  const link = ref<LinkState>('off')
  /** When the link was lost, by this machine's clock, ms. */
  const lostAt = ref<number | null>(null)
  const topics = shallowReactive(new Map<string, Topic>())
  const watchers = new Map<string, { count: number; numbers: boolean }>()
  let socket: WebSocket | null = null
  let tries = 0
  /** Asked when the server says that rights changed, or ends the connection for them. Whether
   * somebody is still logged in. */
  let askWho: () => Promise<boolean> = () => Promise.resolve(false)
  let heartbeat = 15
  let silence: ReturnType<typeof setTimeout> | undefined
  let again: ReturnType<typeof setTimeout> | undefined

  function start(): void {
    if (socket || link.value === 'connecting') return
    clearTimeout(again)
    link.value = link.value === 'lost' ? 'lost' : 'connecting'
    const made = new WebSocket(address())
    socket = made
    made.onmessage = (event) => socket === made && heard(JSON.parse(String(event.data)) as Incoming)
    made.onclose = (event) => socket === made && closed(event.code)
  }

  function stop(): void {
    clearTimeout(again)
    clearTimeout(silence)
    const old = socket
    socket = null
    old?.close(1000)
    link.value = 'off'
    topics.clear()
  }

  function heard(message: Incoming): void {
    restartSilence()
    if ('at' in message && message.at) setServerTime(message.at)
    if (message.op === 'welcome') return welcomed(message.heartbeat_s)
    if (message.op === 'rights') return rightsChanged()
    if (!('topic' in message) || !message.topic) return
    const { topic, ask } = after(topics.get(message.topic) ?? emptyTopic(), message)
    if (watchers.has(message.topic)) topics.set(message.topic, topic)
    if (ask) send({ op: 'subscribe', topic: message.topic, ...numbersOf(message.topic) })
  }

  /** The server begins anew what we watch; what it refused before it may give now. */
  function rightsChanged(): void {
    void askWho()
    for (const [name, { numbers }] of watchers)
      if (topics.get(name)?.refused) send(subscription(name, emptyTopic(), numbers))
  }

  function welcomed(seconds: number): void {
    heartbeat = seconds
    tries = 0
    link.value = 'up'
    lostAt.value = null
    for (const [name, { numbers }] of watchers) {
      send(subscription(name, topics.get(name) ?? emptyTopic(), numbers))
    }
  }

  function closed(code: number): void {
    socket = null
    clearTimeout(silence)
    for (const [name, topic] of topics) topics.set(name, { ...topic, fresh: false })
    if (isFinal(code)) {
      link.value = 'refused'
      refused()
      return
    }
    link.value = 'lost'
    lostAt.value ??= Date.now()
    again = setTimeout(start, pause(tries++, Math.random()) * 1000)
  }

  /** Another session may be there by now, as after a new password: the page goes on with it. */
  function refused(): void {
    again = setTimeout(
      () => {
        void askWho().then((isSomebody) => {
          if (isSomebody && link.value === 'refused') start()
        })
      },
      pause(tries++, Math.random()) * 1000,
    )
  }

  function whenRightsChange(then: () => Promise<boolean>): void {
    askWho = then
  }

  /** A laptop that slept, a proxy that forgot us: nothing was heard for two heartbeats. */
  function restartSilence(): void {
    clearTimeout(silence)
    silence = setTimeout(() => {
      const old = socket
      if (old) {
        old.onclose = null
        old.close()
        closed(1006)
      }
    }, heartbeat * 2000)
  }

  function send(message: Row): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
  }

  const numbersOf = (name: string) => (watchers.get(name)?.numbers ? { numbers: 'full' } : {})

  function watch(name: string, numbers: boolean): void {
    const known = watchers.get(name)
    if (known) {
      known.count += 1
      return
    }
    watchers.set(name, { count: 1, numbers })
    topics.set(name, emptyTopic())
    send(subscription(name, emptyTopic(), numbers))
  }

  function unwatch(name: string): void {
    const known = watchers.get(name)
    if (!known || --known.count > 0) return
    watchers.delete(name)
    topics.delete(name)
    send({ op: 'unsubscribe', topic: name })
  }

  function hurry(): void {
    if (link.value !== 'lost' || socket) return
    clearTimeout(again)
    tries = 0
    start()
  }
  addEventListener('online', hurry)
  document.addEventListener('visibilitychange', () => document.hidden || hurry())

  return { link, lostAt, topics, start, stop, watch, unwatch, hurry, whenRightsChange }
})

function address(): string {
  const { protocol, host } = location
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/api/v1/live`
}

type Kind = keyof Topics
/** `floor/POOL`, `agent/CODE`, `campaigns` or `alerts`. */
export type TopicName = `${'floor' | 'agent'}/${string}` | 'campaigns' | 'alerts'
type KindOf<Name extends TopicName> = Name extends `${infer K extends Kind}/${string}`
  ? K
  : Name extends Kind
    ? Name
    : never

/** Rows by their key; those that are named one by one may not be there yet. */
type Section<T> = string extends keyof T ? T : Partial<T>

/** A topic as long as the calling component lives; its rows are what the server's records say. */
export interface Watched<K extends Kind> {
  /** Null: a first answer is still awaited. */
  readonly run: string | null
  readonly fresh: boolean
  /** Why the server refused it. */
  readonly refused: string | null
  /** The rows of a section by their key. */
  rows: <S extends keyof Topics[K]>(section: S) => Section<Topics[K][S]>
}

export function useTopic<Name extends TopicName>(
  name: Name,
  numbers = false,
): ComputedRef<Watched<KindOf<Name>>> {
  const live = useLive()
  live.watch(name, numbers)
  onScopeDispose(() => live.unwatch(name))
  return computed(() => watched(live.topics.get(name) ?? emptyTopic()))
}

/** The only place where what came over the socket is taken for what its record says. */
function watched<K extends Kind>({ run, fresh, refused, sections }: Topic): Watched<K> {
  return {
    run,
    fresh,
    refused,
    rows: <S extends keyof Topics[K]>(section: S) =>
      (sections[section as string] ?? {}) as Section<Topics[K][S]>,
  }
}
