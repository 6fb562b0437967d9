/** What each command of the keyboard does on a rep's desk, and when it makes sense. */
import { nextTick, reactive, ref } from 'vue'
import type { Desk } from './desk'
import type { DeskPhone } from '@/features/phones/public'
import { byDigit } from './results'
import type { Writing } from './writing'

export type Tab = 'callbacks' | 'calls' | 'messages' | 'dial'
export const TABS: Tab[] = ['callbacks', 'calls', 'messages', 'dial']

/** What is open on the screen. */
export function makePanels() {
  return reactive({
    pause: false,
    skip: false,
    keypad: false,
    transfer: false,
    phone: false,
    help: false,
    messages: false,
    tab: 'callbacks' as Tab,
  })
}
export type Panels = ReturnType<typeof makePanels>

export function makeCommands(desk: Desk, writing: Writing, phone: DeskPhone, panels: Panels) {
  const state = () => desk.scene.value.state
  const isTalking = () => desk.scene.value.isTalking
  const isFree = () => isTalking() && !desk.scene.value.isConsulting
  const hasLead = () => desk.card.value !== null
  const isQuiet = () => !desk.scene.value.hasLead

  const offered: Record<string, { when: () => boolean; run: () => void }> = {
    answer: {
      when: () => state() === 'preview' || mayStart(),
      run: () => void (state() === 'preview' ? dial() : logIn()),
    },
    hangup: { when: () => isTalking() || state() === 'dialing', run: () => void hangUp() },
    mute: {
      when: () => isTalking() && phone.kind === 'browser',
      run: () => phone.mute(!phone.isMuted),
    },
    hold: { when: isFree, run: () => void hold() },
    transfer: { when: isFree, run: () => (panels.transfer = true) },
    keypad: { when: isTalking, run: () => (panels.keypad = !panels.keypad) },
    record: { when: () => isTalking() && recording() !== 'off', run: () => void record() },
    hint: {
      when: () => isTalking(),
      run: () => void hint(),
    },
    pause: { when: () => state() !== 'out', run: () => void pauseOrReady() },
    skip: { when: () => state() === 'preview', run: () => (panels.skip = true) },
    note: { when: hasLead, run: () => focus('note') },
    callback: { when: hasLead, run: () => void callBack() },
    dial: { when: isQuiet, run: () => show('dial') },
    lists: { when: isQuiet, run: nextTab },
    finish: { when: () => state() === 'wrapup', run: () => void finish() },
    help: { when: () => true, run: () => (panels.help = !panels.help) },
  }

  const mayStart = () => state() === 'out' && desk.isKnown.value && canBeCalled(phone)
  const logIn = () => desk.act('login', (server) => server.order('login'))
  const recording = () => desk.call.value?.recording ?? 'off'
  const dial = () => desk.act('preview', (server) => server.order('preview/dial'))
  const skip = (reason: string) => desk.act('preview', (server) => server.skip(reason))

  function hangUp(): Promise<boolean> {
    const order = desk.scene.value.isConsulting ? 'consult/cancel' : 'hangup'
    return desk.act('hangup', (server) => server.order(order))
  }
  function hold(): Promise<boolean> {
    const order = desk.scene.value.isHeld ? 'resume' : 'hold'
    return desk.act('hold', (server) => server.order(order))
  }
  function record(): Promise<boolean> {
    const wanted = recording() === 'paused' ? 'on' : 'paused'
    return desk.act('record', (server) => server.recording(wanted))
  }
  async function pauseOrReady(): Promise<void> {
    const reserved = desk.row.value?.leaving
    if (state() === 'paused' || reserved) await ready()
    else panels.pause = true
  }
  /** The call of which it was said that it is about to end. */
  const hinted = ref<string | null>(null)
  async function hint(): Promise<void> {
    const attempt = desk.call.value?.attempt ?? null
    if (await desk.act('hint', (server) => server.order('hint'))) hinted.value = attempt
  }
  /** Ready now; during a call it takes back what was to follow it. */
  const ready = () => desk.act('ready', (server) => server.order('ready'))
  const pause = (reason: string) => desk.act('pause', (server) => server.pause(reason))
  const logOut = () => desk.act('logout', (server) => server.order('logout'))

  async function callBack(): Promise<void> {
    const card = desk.card.value
    const found = card?.dispositions.find((it) => it.asks_time)
    if (!found) return
    writing.draft.value.disposition = found.code
    await nextTick()
    focus('callback-date')
  }
  async function finish(): Promise<void> {
    if (writing.lacks.value === null) await writing.finish()
    else focus(writing.lacks.value === 'time' ? 'callback-date' : 'results')
  }
  function show(tab: Tab): void {
    panels.tab = tab
    void nextTick(() => focus(tab === 'dial' ? 'dial-number' : `tab-${tab}`))
  }
  function nextTab(): void {
    show(TABS[(TABS.indexOf(panels.tab) + 1) % TABS.length]!)
  }

  return {
    mayStart,
    logIn,
    ready,
    pause,
    logOut,
    dial,
    skip,
    hangUp,
    hold,
    record,
    hint,
    hinted,
    show,
    handler: (id: string) => (offered[id]?.when() ? offered[id].run : null),
    /** 1 to 9 choose a disposition, in wrap-up only. */
    digit(digit: number): boolean {
      const found = byDigit(desk.card.value?.dispositions ?? [], digit)
      if (state() !== 'wrapup' || !found) return false
      writing.draft.value.disposition = found.code
      if (found.asks_time && writing.draft.value.callBackAt === null)
        void nextTick(() => focus('callback-date'))
      return true
    },
  }
}
/** A phone in the page must be there before it can be called; one beside it may be at any time. */
function canBeCalled({ kind, state }: DeskPhone): boolean {
  if (kind === 'browser') return state === 'ready' || state === 'talking'
  return kind === 'desk' || state === 'failed'
}

export type Commands = ReturnType<typeof makeCommands>

/** Puts the focus where a command leads to; only ever after a key or click of the person. */
function focus(testid: string): void {
  const found = document.querySelector<HTMLElement>(`[data-testid="${testid}"]`)
  found?.focus()
  found?.scrollIntoView({ block: 'nearest' })
}
