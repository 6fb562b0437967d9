import { describe, expect, it } from 'vitest'
import { after, emptyTopic, isFinal, pause, subscription } from './protocol'

const known = () =>
  after(emptyTopic(), {
    op: 'snapshot',
    topic: 'floor/a',
    run: 'r1',
    seq: 7,
    state: { agents: { anna: { state: 'ready' }, ben: { state: 'out' } } },
  }).topic

describe('a topic', () => {
  it('shows nothing any more once it may not be watched', () => {
    const { topic } = after(known(), {
      op: 'error',
      slug: 'not-allowed',
      message: '',
      topic: 'floor/a',
    })
    expect(topic.sections).toEqual({})
    expect(topic.refused).toBe('not-allowed')
    expect(subscription('floor/a', topic, false)).not.toHaveProperty('run')
  })

  it('is what the snapshot says', () => {
    expect(known()).toMatchObject({ fresh: true, seq: 7, run: 'r1' })
  })

  it('takes the next change in, whole rows, and forgets what is gone', () => {
    const { topic, ask } = after(known(), {
      op: 'delta',
      topic: 'floor/a',
      seq: 8,
      at: 1,
      set: { agents: { anna: { state: 'talking' } } },
      gone: { agents: ['ben'] },
    })
    expect(ask).toBe(false)
    expect(topic.sections).toEqual({ agents: { anna: { state: 'talking' } } })
  })

  it('asks again when a change was missed, and keeps showing what it had', () => {
    const { topic, ask } = after(known(), { op: 'delta', topic: 'floor/a', seq: 9, at: 1 })
    expect(ask).toBe(true)
    expect(topic.fresh).toBe(false)
    expect(topic.sections.agents).toHaveProperty('ben')
  })

  it('leaves a change alone that it has already', () => {
    const before = known()
    expect(after(before, { op: 'delta', topic: 'floor/a', seq: 7, at: 1 }).topic).toBe(before)
  })

  it('keeps sections that did not change as they are, so that screens need not draw them', () => {
    const before = known()
    const { topic } = after(before, {
      op: 'delta',
      topic: 'floor/a',
      seq: 8,
      at: 1,
      set: { calls: { x: {} } },
    })
    expect(topic.sections.agents).toBe(before.sections.agents)
  })

  it('goes on where it stood after a lost connection', () => {
    expect(subscription('floor/a', known(), false)).toEqual({
      op: 'subscribe',
      topic: 'floor/a',
      run: 'r1',
      seq: 7,
    })
  })

  it('says why it was refused', () => {
    const { topic } = after(emptyTopic(), { op: 'error', slug: 'not-allowed', message: '' })
    expect(topic.refused).toBe('not-allowed')
  })
})

describe('trying again', () => {
  it('waits longer each time, up to 20 s', () => {
    expect(pause(0, 1)).toBe(0.5)
    expect(pause(3, 1)).toBe(4)
    expect(pause(30, 1)).toBe(20)
    expect(pause(30, 0)).toBe(10)
  })
  it('is of no use once the rights ended', () => {
    expect([4401, 4400, 1012, 1006].map(isFinal)).toEqual([true, true, false, false])
  })
})
