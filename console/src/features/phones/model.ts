/** What the desk wants of a phone, whoever provides it: the page itself, or a device beside it. */

export type PhoneState = 'off' | 'starting' | 'ready' | 'talking' | 'lost' | 'failed'
export type PhoneFault =
  | 'microphone-denied'
  | 'microphone-missing'
  | 'microphone-busy'
  | 'other-tab'
  | 'elsewhere'
  | 'network'
  | 'refused'
  | 'unsupported'
  | 'sound-blocked'

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

export interface DeskPhone {
  kind: 'unknown' | 'browser' | 'desk'
  state: PhoneState
  fault: PhoneFault | null
  isMuted: boolean
  /** Of the microphone, 0 to 1. */
  level: number
  rttMs: number | null
  /** Share of packets lost, 0 to 1. */
  loss: number | null
  inputs: Device[]
  outputs: Device[]
  input: string
  output: string
  test: 'idle' | 'running' | TestReport
  start: () => void
  stop: () => void
  mute: (on: boolean) => void
  choose: (kind: 'input' | 'output', id: string) => void
  runTest: () => void
  /** Try again, or take the phone over from another tab. */
  remedy: () => void
}

/** How a line is: by round trip and loss, from what ears notice. */
export function quality(
  rttMs: number | null,
  loss: number | null,
): 'none' | 'good' | 'fair' | 'bad' {
  if (rttMs === null && loss === null) return 'none'
  if ((rttMs ?? 0) > 400 || (loss ?? 0) > 0.05) return 'bad'
  return (rttMs ?? 0) > 200 || (loss ?? 0) > 0.01 ? 'fair' : 'good'
}
