import { computed, createApp, nextTick, ref, shallowRef, type App } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Desk } from './desk'
import type { Card } from './model'
import { provideWriting, type Writing } from './writing'

const card = {
  attempt: 'a1',
  lead: { id: 'l1', local_time: null },
  dispositions: [{ code: 'sale', group: 'sale', asks_time: false }],
  disposition_required: true,
} as unknown as Card

/** A desk whose server answers `finish` when it is told to. */
function makeDesk() {
  const before = shallowRef<Card | null>(card)
  const answer: { yes: () => void; no: () => void } = { yes: () => {}, no: () => {} }
  const finish = vi.fn(
    () =>
      new Promise<void>((resolve, reject) => {
        answer.yes = resolve
        answer.no = () => reject(new Error('gone'))
      }),
  )
  const note = vi.fn(() => Promise.resolve())
  const server = { finish, note }
  const desk = {
    card: before,
    server,
    isKnown: ref(true),
    scene: computed(() => ({ hasLead: before.value !== null, state: 'wrapup', until: null })),
    reloadCard: () => undefined,
    act: (_: string, what: (it: typeof server) => Promise<unknown>) =>
      what(server).then(
        () => true,
        () => false,
      ),
  }
  return { desk: desk as unknown as Desk, before, finish, note, answer }
}

let app: App | null = null
function write(desk: Desk): Writing {
  let writing: Writing | null = null
  app = createApp({ setup: () => ((writing = provideWriting(desk)), () => null) })
  app.mount(document.createElement('div'))
  return writing!
}
beforeEach(() => sessionStorage.clear())
afterEach(() => app?.unmount())

describe('what a rep writes of a call', () => {
  it('is sent once where the push of what it changed comes before its answer', async () => {
    const { desk, before, finish, note, answer } = makeDesk()
    const writing = write(desk)
    Object.assign(writing.draft.value, { note: 'the big one', disposition: 'sale' })
    await nextTick()

    const done = writing.finish()
    before.value = null
    await nextTick()
    expect(note).not.toHaveBeenCalled()
    answer.yes()
    expect(await done).toBe(true)

    expect(finish).toHaveBeenCalledOnce()
    expect(sessionStorage.length).toBe(0)
  })
  it('is sent by itself, under the same key, where the wrap-up was over before', async () => {
    const { desk, before, finish, note, answer } = makeDesk()
    const writing = write(desk)
    Object.assign(writing.draft.value, { note: 'the big one', disposition: 'sale' })
    await nextTick()
    const key = writing.draft.value.key

    const done = writing.finish()
    before.value = null
    await nextTick()
    answer.no()
    expect(await done).toBe(false)
    await vi.waitFor(() => expect(sessionStorage.length).toBe(0))

    expect(finish).toHaveBeenCalledWith('a1', expect.objectContaining({ note_key: key }))
    expect(note.mock.calls).toEqual([['l1', 'a1', 'the big one', key]])
  })
  it('is finished once however often Enter is pressed', async () => {
    const { desk, finish, answer } = makeDesk()
    const writing = write(desk)
    writing.draft.value.disposition = 'sale'
    const first = writing.finish()
    expect(await writing.finish()).toBe(false)
    answer.yes()
    expect(await first).toBe(true)
    expect(await writing.finish()).toBe(false)

    expect(finish).toHaveBeenCalledOnce()
  })
})
