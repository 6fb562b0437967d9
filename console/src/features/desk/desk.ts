/** The state of one rep's desk: the live rows, the card of the call, lists, and what is under way. */
import {
  computed,
  inject,
  onScopeDispose,
  provide,
  ref,
  shallowRef,
  watch,
  type InjectionKey,
  type Ref,
} from 'vue'
import { Problem } from '@/api/client'
import { useTopic } from '@/live/live'
import { useProblems } from '@/shell/problems'
import { serverNow } from '@/time/clock'
import { deskApi, type DeskApi } from './api'
import { cardKey, sceneOf } from './scene'
import { running } from './today'
import type {
  AgentRow,
  CallRow,
  Callback,
  Card,
  DeskSettings,
  Message,
  OwnCall,
  Today,
  UnsaidCall,
} from './model'

type Rows<T> = Record<string, T>
export type Loading = 'none' | 'loading' | 'there' | 'failed'

export function provideDesk(code: string) {
  const { tell } = useProblems()
  const topic = useTopic(`agent/${code}`)
  const row = computed(() => topic.value.rows('agents')[code] ?? null)
  const server = deskApi(code, () => row.value?.attempt ?? null)
  const call = computed(() => callOf(row.value, topic.value.rows('calls')))
  const scene = computed(() => sceneOf(row.value, call.value))
  const dialing = computed(() => Object.values(topic.value.rows('dialing')))
  const isKnown = computed(() => topic.value.run !== null)
  const isFresh = computed(() => topic.value.fresh)

  const busy = ref(new Set<string>())
  /** Does something at the server; its fault is told, and false comes back. */
  async function act(name: string, what: (server: DeskApi) => Promise<unknown>): Promise<boolean> {
    if (busy.value.has(name)) return false
    busy.value = new Set(busy.value).add(name)
    try {
      await what(server)
      return true
    } catch (error) {
      tell(error)
      return false
    } finally {
      const left = new Set(busy.value)
      left.delete(name)
      busy.value = left
    }
  }

  const desk = {
    code,
    server,
    row,
    call,
    scene,
    dialing,
    isKnown,
    isFresh,
    busy,
    act,
    ...useCard(server, row),
    ...useLists(server, row),
    ...useMessages(server, () => topic.value.rows('messages')),
  }
  provide(DESK, desk)
  return desk
}

export type Desk = ReturnType<typeof provideDesk>
const DESK: InjectionKey<Desk> = Symbol('desk')

export function useDesk(): Desk {
  const desk = inject(DESK)
  if (!desk) throw new Error('no desk is provided')
  return desk
}

function callOf(row: AgentRow | null, calls: Rows<CallRow>): CallRow | null {
  if (row?.attempt && calls[row.attempt]) return calls[row.attempt] ?? null
  return Object.values(calls).find((it) => it.agent === row?.agent) ?? null
}

/** The card of the call before the rep, asked for as soon as the row names it. */
function useCard(server: DeskApi, row: Ref<AgentRow | null>) {
  const card = shallowRef<Card | null>(null)
  const cardState = ref<Loading>('none')
  const key = computed(() => cardKey(row.value))
  let tries = 0
  let again: ReturnType<typeof setTimeout> | undefined

  async function load(wanted: string): Promise<void> {
    try {
      const found = await server.card()
      if (key.value !== wanted) return
      card.value = found
      cardState.value = 'there'
    } catch (error) {
      if (key.value !== wanted) return
      // The live push may be a moment ahead of the answer, and networks come back.
      const isGone = error instanceof Problem && error.status === 404
      if (tries++ >= (isGone ? 5 : 60)) cardState.value = 'failed'
      else again = setTimeout(() => void load(wanted), Math.min(3000, 150 * 2 ** tries))
    }
  }
  function reload(): void {
    clearTimeout(again)
    tries = 0
    if (key.value === null) {
      card.value = null
      cardState.value = 'none'
      return
    }
    if (card.value?.attempt !== key.value) {
      card.value = null
      cardState.value = 'loading'
    }
    void load(key.value)
  }
  watch(key, reload, { immediate: true })
  // Once placed, the call has a caller id and a count of its own.
  watch(
    () => row.value?.state,
    (now) => now === 'dialing' && reload(),
  )
  onScopeDispose(() => clearTimeout(again))
  return { card, cardState, reloadCard: reload }
}

/** Messages to the rep: those pushed now, over those that are on record. */
function useMessages(server: DeskApi, pushed: () => Rows<Message>) {
  const kept = shallowRef<Message[]>([])
  const load = () =>
    server.messages().then(
      (found) => (kept.value = found),
      () => undefined,
    )
  void load()
  const every = setInterval(() => document.hidden || void load(), 30_000)
  onScopeDispose(() => clearInterval(every))
  const messages = computed(() => {
    const all = new Map(kept.value.map((it) => [it.id, it]))
    for (const it of Object.values(pushed())) all.set(it.id, it)
    return [...all.values()].sort((a, b) => b.at - a.at)
  })
  async function markRead(id: string): Promise<void> {
    await server.markRead(id)
    await load()
  }
  return { messages, markRead }
}

/** What is asked for now and then: the day's totals, callbacks, own calls, settings. */
function useLists(server: DeskApi, row: Ref<AgentRow | null>) {
  const counted = shallowRef<Today | null>(null)
  const callbacks = shallowRef<Callback[] | null>(null)
  const calls = shallowRef<OwnCall[] | null>(null)
  const unsaid = shallowRef<UnsaidCall[] | null>(null)
  const settings = shallowRef<DeskSettings | null>(null)
  const state = computed(() => row.value?.state ?? 'out')

  const quietly = async <T>(target: Ref<T | null>, ask: () => Promise<T>): Promise<void> => {
    // What is shown stays; the notice of the lost link says that it is old.
    await ask().then(
      (found) => (target.value = found),
      () => undefined,
    )
  }
  const parked = shallowRef<CallRow[] | null>(null)
  const refresh = {
    parked: async () => {
      const pool = row.value?.pool
      if (pool) await quietly(parked, () => server.parked(pool))
    },
    today: () => quietly(counted, server.today),
    callbacks: () => quietly(callbacks, server.callbacks),
    calls: () => quietly(calls, server.calls),
    unsaid: () => quietly(unsaid, server.unsaid),
    settings: () => quietly(settings, server.desk),
  }
  async function all(): Promise<void> {
    await Promise.all(Object.values(refresh).map((one) => one()))
  }
  let soon: ReturnType<typeof setTimeout> | undefined
  void all()
  watch(state, () => {
    clearTimeout(soon)
    // The call's record is written a moment after its end.
    soon = setTimeout(() => void all(), 400)
  })
  const every = setInterval(() => document.hidden || void all(), 60_000)
  const often = setInterval(() => document.hidden || void refresh.parked(), 15_000)
  onScopeDispose(() => {
    clearTimeout(soon)
    clearInterval(every)
    clearInterval(often)
  })
  const today = computed(() =>
    counted.value ? running(counted.value, state.value, serverNow.value) : null,
  )
  return { today, callbacks, calls, unsaid, parked, settings, refresh }
}
