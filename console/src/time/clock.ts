import { readonly, ref } from 'vue'

/** The server's time, unix seconds: timers on screen show the server's truth, not this machine's. */
const offset = ref(0)
const now = ref(Date.now() / 1000)

/** `at`: the server's clock as it said it a moment ago. */
export function setServerTime(at: number): void {
  const found = at - Date.now() / 1000
  // Messages travel for some milliseconds; only a real difference moves the clock.
  if (Math.abs(found - offset.value) > 0.25) offset.value = found
  tick()
}

export function tick(): void {
  now.value = Date.now() / 1000 + offset.value
}

setInterval(tick, 250)

export const serverNow = readonly(now)
