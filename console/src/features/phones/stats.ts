/** What the line is like, from WebRTC's own statistics: differences between two looks. */

/** Sums since the call began, of one look. */
export interface Look {
  received: number
  lost: number
  /** Seconds. */
  jitter: number | null
  /** Seconds. */
  roundTrip: number | null
  /** Sum of squares over time, as WebRTC counts it, and the seconds it covers. */
  energy: number
  covered: number
}

export interface Quality {
  rttMs: number | null
  /** Share of packets lost on their way to us since the look before, 0 to 1. */
  loss: number | null
  jitterMs: number | null
  /** Loudness of what came in, 0 to 1. */
  inbound: number
}

export const UNKNOWN: Quality = { rttMs: null, loss: null, jitterMs: null, inbound: 0 }

type Entry = Record<string, unknown>

/** `report` holds the values of an RTCStatsReport. */
export function lookAt(report: Iterable<unknown>): Look {
  const look: Look = {
    received: 0,
    lost: 0,
    jitter: null,
    roundTrip: null,
    energy: 0,
    covered: 0,
  }
  let pair: number | null = null
  for (const each of report) {
    const it = each as Entry
    if (it.type === 'inbound-rtp' && it.kind === 'audio') {
      look.received += number(it.packetsReceived) ?? 0
      look.lost += number(it.packetsLost) ?? 0
      look.jitter = number(it.jitter) ?? look.jitter
      look.energy += number(it.totalAudioEnergy) ?? 0
      look.covered += number(it.totalSamplesDuration) ?? 0
    } else if (it.type === 'remote-inbound-rtp') {
      look.roundTrip = number(it.roundTripTime) ?? look.roundTrip
    } else if (it.type === 'candidate-pair' && it.state === 'succeeded' && it.nominated) {
      pair = number(it.currentRoundTripTime) ?? pair
    }
  }
  // The switch answers connectivity checks all day, but reports on sound only while it flows.
  look.roundTrip = look.roundTrip ?? pair
  return look
}

export function between(before: Look | null, now: Look): Quality {
  const received = now.received - (before?.received ?? 0)
  const lost = Math.max(0, now.lost - (before?.lost ?? 0))
  const covered = now.covered - (before?.covered ?? 0)
  const energy = now.energy - (before?.energy ?? 0)
  return {
    rttMs: now.roundTrip === null ? null : now.roundTrip * 1000,
    loss: received + lost > 0 ? lost / (received + lost) : null,
    jitterMs: now.jitter === null ? null : now.jitter * 1000,
    inbound: covered > 0 ? Math.sqrt(Math.max(0, energy) / covered) : 0,
  }
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
