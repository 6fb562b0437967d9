/** What the live socket says, as pure functions: a message in, the new state and what to answer
 * out. docs/live.md is the agreement. */

export type Row = Record<string, unknown>
export type Sections = Record<string, Record<string, Row>>

export type Incoming =
  | { op: 'welcome'; at: number; heartbeat_s: number; visitor: string }
  | { op: 'snapshot'; topic: string; run: string; seq: number; state: Sections; at?: number }
  | {
      op: 'delta'
      topic: string
      seq: number
      at: number
      set?: Sections
      gone?: Record<string, string[]>
    }
  | { op: 'resumed'; topic: string; run: string; seq: number }
  | { op: 'reset'; topic: string; why: string }
  | { op: 'unsubscribed'; topic: string }
  | { op: 'rights' }
  | { op: 'beat'; at: number }
  | { op: 'error'; slug: string; message: string; topic?: string }

export interface Topic {
  /** Nothing is known yet, or what is shown may be old. */
  fresh: boolean
  run: string | null
  seq: number
  sections: Sections
  /** Why the server refused it. */
  refused: string | null
}

export const emptyTopic = (): Topic => ({
  fresh: false,
  run: null,
  seq: 0,
  sections: {},
  refused: null,
})

export interface Step {
  topic: Topic
  /** A message was missed: ask for a snapshot. */
  ask: boolean
}

/** The topic after a message about it. */
export function after(topic: Topic, message: Incoming): Step {
  switch (message.op) {
    case 'snapshot':
      return {
        topic: {
          fresh: true,
          run: message.run,
          seq: message.seq,
          sections: message.state,
          refused: null,
        },
        ask: false,
      }
    case 'resumed':
      return { topic: { ...topic, fresh: true, run: message.run, refused: null }, ask: false }
    case 'delta':
      if (topic.run === null) return { topic, ask: false }
      if (message.seq <= topic.seq) return { topic, ask: false }
      if (message.seq !== topic.seq + 1) return { topic: { ...topic, fresh: false }, ask: true }
      return {
        topic: {
          ...topic,
          fresh: true,
          seq: message.seq,
          sections: applied(topic.sections, message),
        },
        ask: false,
      }
    case 'reset':
      return { topic: { ...topic, fresh: false }, ask: false }
    case 'error':
      // What may not be seen any more must not stay on the screen.
      return { topic: { ...emptyTopic(), refused: message.slug }, ask: false }
    default:
      return { topic, ask: false }
  }
}

/** New sections; those that did not change are the same objects. */
function applied(
  sections: Sections,
  delta: { set?: Sections; gone?: Record<string, string[]> },
): Sections {
  const next = { ...sections }
  for (const [name, rows] of Object.entries(delta.set ?? {}))
    next[name] = { ...next[name], ...rows }
  for (const [name, keys] of Object.entries(delta.gone ?? {})) {
    const left = new Set(keys)
    next[name] = Object.fromEntries(
      Object.entries(next[name] ?? {}).filter(([key]) => !left.has(key)),
    )
  }
  return next
}

/** What to say to have the topic (again): where we stood, if that can help. */
export function subscription(name: string, topic: Topic, numbers: boolean): Row {
  const message: Row = { op: 'subscribe', topic: name }
  if (topic.run !== null) Object.assign(message, { run: topic.run, seq: topic.seq })
  if (numbers) message.numbers = 'full'
  return message
}

/** Seconds to wait before try number `tries` (from 0): growing, random so that 500 desktops do not
 * come back in one moment. `chance` is 0 to 1. */
export function pause(tries: number, chance: number): number {
  const most = Math.min(20, 0.5 * 2 ** tries)
  return most * (0.5 + chance / 2)
}

/** Close codes after which another try is of no use until the person logs in again. */
export const isFinal = (code: number): boolean => code === 4401 || code === 4400
