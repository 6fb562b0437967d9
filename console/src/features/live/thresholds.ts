import { ref, watch } from 'vue'
import { DEFAULT_THRESHOLDS, type Thresholds } from './model'

const KEY = 'dialer.thresholds'

/** What was kept in this browser, over the defaults; anything that makes no sense is left out. */
export function readThresholds(kept: string | null): Thresholds {
  const found: Thresholds = structuredClone(DEFAULT_THRESHOLDS)
  let told: unknown
  try {
    told = JSON.parse(kept ?? '{}')
  } catch {
    return found
  }
  for (const [state, own] of Object.entries((told ?? {}) as Record<string, unknown>)) {
    const { warn, alarm } = (own ?? {}) as { warn?: unknown; alarm?: unknown }
    if (state in found && isSeconds(warn) && isSeconds(alarm)) found[state] = { warn, alarm }
  }
  return found
}

const isSeconds = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= 86_400

const thresholds = ref(readThresholds(localStorage.getItem(KEY)))
watch(thresholds, (now) => localStorage.setItem(KEY, JSON.stringify(now)), { deep: true })

/** Seconds in a state from which the floor warns and alarms; kept in this browser. */
export const useThresholds = () => thresholds
