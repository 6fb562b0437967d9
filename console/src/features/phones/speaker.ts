/** Where the phone's sound comes out. Sound that plays also keeps a hidden page from falling asleep. */

export interface Speaker {
  play: (stream: MediaStream) => void
  stop: () => void
  choose: (id: string) => void
}

/** `onBlocked`: the browser wants a click first (true), or has had it (false). */
export function speaker(onBlocked: (blocked: boolean) => void): Speaker {
  const element = new Audio()
  element.autoplay = true
  let isBlocked = false

  async function begin(): Promise<void> {
    try {
      await element.play()
      tell(false)
    } catch (error) {
      // A newer stream has interrupted this one: that one tells.
      if (error instanceof DOMException && error.name === 'NotAllowedError') tell(true)
    }
  }

  function tell(blocked: boolean): void {
    if (blocked === isBlocked) return
    isBlocked = blocked
    onBlocked(blocked)
    const change = blocked ? addEventListener : removeEventListener
    for (const kind of ['pointerdown', 'keydown'] as const) change(kind, retry)
  }

  const retry = () => void begin()

  return {
    play(stream) {
      element.srcObject = stream
      void begin()
    },
    stop() {
      element.pause()
      element.srcObject = null
      tell(false)
    },
    choose(id) {
      // Firefox and Safari may lack it: then the system's own choice stays.
      const sink = element as { setSinkId?: (id: string) => Promise<void> }
      void sink.setSinkId?.(id).catch(() => undefined)
    },
  }
}
