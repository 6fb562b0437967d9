import { describe, expect, it } from 'vitest'
import { faultOf as microphoneFault, rootMeanSquare, shown } from './microphone'
import { between, lookAt } from './stats'
import { faultOf, stateOf } from './useSoftphone'
import { OFF } from './machine'

const inbound = (more: object) => ({ type: 'inbound-rtp', kind: 'audio', ...more })

describe('what the line is like', () => {
  it('is what changed between two looks', () => {
    const first = lookAt([inbound({ packetsReceived: 100, packetsLost: 10, jitter: 0.01 })])
    const second = lookAt([
      inbound({
        packetsReceived: 145,
        packetsLost: 15,
        jitter: 0.02,
        totalAudioEnergy: 0.04,
        totalSamplesDuration: 1,
      }),
      { type: 'remote-inbound-rtp', roundTripTime: 0.05 },
    ])
    expect(between(first, second)).toEqual({ rttMs: 50, loss: 0.1, jitterMs: 20, inbound: 0.2 })
  })

  it('is unknown while nothing flows', () => {
    expect(between(null, lookAt([]))).toEqual({
      rttMs: null,
      loss: null,
      jitterMs: null,
      inbound: 0,
    })
  })

  it('takes the round trip of connectivity checks where sound has none', () => {
    const pair = { type: 'candidate-pair', state: 'succeeded', nominated: true }
    expect(lookAt([{ ...pair, currentRoundTripTime: 0.02 }]).roundTrip).toBe(0.02)
  })

  it('never counts a packet that came late as less than no loss', () => {
    const first = lookAt([inbound({ packetsReceived: 10, packetsLost: 3 })])
    const second = lookAt([inbound({ packetsReceived: 20, packetsLost: 2 })])
    expect(between(first, second).loss).toBe(0)
  })
})

describe('the microphone', () => {
  it('shows levels as ears hear them', () => {
    expect(shown(0)).toBe(0)
    expect(shown(0.001)).toBeCloseTo(0)
    expect(shown(0.5)).toBe(1)
    expect(rootMeanSquare(new Float32Array([0.5, -0.5]))).toBeCloseTo(0.5)
  })

  it.each([
    ['NotAllowedError', 'microphone-denied'],
    ['NotFoundError', 'microphone-missing'],
    ['OverconstrainedError', 'microphone-missing'],
    ['NotReadableError', 'microphone-busy'],
  ])('says of %s: %s', (name, fault) => {
    expect(microphoneFault(name)).toBe(fault)
  })
})

describe('what a person is told', () => {
  it('is the loss, until the line is there again', () => {
    expect(stateOf({ ...OFF, phase: 'connecting', tries: 2 })).toBe('lost')
    expect(faultOf({ ...OFF, phase: 'connecting', tries: 2 }, false)).toBe('network')
    expect(stateOf({ ...OFF, phase: 'connecting' })).toBe('starting')
  })

  it('is that the browser wants a click, when nothing else is wrong', () => {
    expect(faultOf({ ...OFF, phase: 'up' }, true)).toBe('sound-blocked')
    expect(faultOf({ ...OFF, phase: 'up', fault: 'microphone-busy' }, true)).toBe('microphone-busy')
  })
})
