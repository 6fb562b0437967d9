/** The microphone: opened once for the day, changed without a call noticing, and its level. */

import type { Fault } from './machine'

export interface Microphone {
  /** The open one; null before `open` and after `close`. */
  stream: () => MediaStream | null
  /** Opens the chosen one, or any other. Rejects with a `MicrophoneError`. */
  open: (id: string) => Promise<MediaStream>
  close: () => void
  /** 0 to 1, of now. */
  level: () => number
  mute: (on: boolean) => void
}

export class MicrophoneError extends Error {
  constructor(readonly fault: Fault) {
    super(fault)
  }
}

/** `onLost`: the open one was unplugged or taken away. */
export function microphone(onLost: () => void): Microphone {
  let stream: MediaStream | null = null
  let isMuted = false
  const meter = levelMeter()

  async function open(id: string): Promise<MediaStream> {
    const track = stream?.getAudioTracks()[0]
    const isChosen = !id || track?.getSettings().deviceId === id
    if (stream && track?.readyState === 'live' && isChosen) return stream
    const made = await ask(id)
    drop()
    stream = made
    for (const each of made.getAudioTracks()) {
      each.enabled = !isMuted
      each.onended = () => stream === made && onLost()
    }
    meter.watch(made)
    return made
  }

  function drop(): void {
    const old = stream
    stream = null
    meter.stop()
    for (const each of old?.getTracks() ?? []) {
      each.onended = null
      each.stop()
    }
  }

  return {
    stream: () => stream,
    open,
    close: drop,
    level: () => meter.level(),
    mute(on) {
      isMuted = on
      for (const each of stream?.getAudioTracks() ?? []) each.enabled = !on
    },
  }
}

async function ask(id: string): Promise<MediaStream> {
  // Pages without TLS have none of it, but for those of this machine.
  const devices = navigator.mediaDevices as MediaDevices | undefined
  if (!devices) throw new MicrophoneError('unsupported')
  const audio: MediaTrackConstraints = {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    // Telephones carry one channel.
    channelCount: { ideal: 1 },
  }
  // `ideal`: one that is gone is replaced by what is there.
  if (id) audio.deviceId = { ideal: id }
  try {
    return await devices.getUserMedia({ audio, video: false })
  } catch (error) {
    throw new MicrophoneError(faultOf(error instanceof DOMException ? error.name : ''))
  }
}

export function faultOf(name: string): Fault {
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'microphone-denied'
  if (name === 'NotReadableError' || name === 'AbortError') return 'microphone-busy'
  return 'microphone-missing'
}

function levelMeter() {
  let context: AudioContext | null = null
  let source: MediaStreamAudioSourceNode | null = null
  let analyser: AnalyserNode | null = null
  const samples = new Float32Array(1024)

  return {
    watch(stream: MediaStream) {
      context ??= new AudioContext()
      void context.resume().catch(() => undefined)
      source?.disconnect()
      analyser ??= new AnalyserNode(context, { fftSize: samples.length })
      source = context.createMediaStreamSource(stream)
      source.connect(analyser)
    },
    stop() {
      source?.disconnect()
      source = null
    },
    level(): number {
      if (!source || !analyser) return 0
      analyser.getFloatTimeDomainData(samples)
      return shown(rootMeanSquare(samples))
    },
  }
}

export function rootMeanSquare(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  return samples.length ? Math.sqrt(sum / samples.length) : 0
}

/** As ears hear it: -60 dB is nothing, -10 dB full. */
export function shown(level: number): number {
  if (level <= 0) return 0
  return Math.min(1, Math.max(0, (20 * Math.log10(level) + 60) / 50))
}
