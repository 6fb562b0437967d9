import { shallowReactive } from 'vue'

export interface Toast {
  id: number
  kind: 'good' | 'bad' | 'info'
  text: string
  /** Something to do about it: undo, show. */
  action?: { title: string; run: () => void } | undefined
}

export const toasts = shallowReactive<Toast[]>([])
let made = 0

/** A short word at the edge of the screen; faults stay until they are closed. */
export function say(kind: Toast['kind'], text: string, action?: Toast['action']): void {
  const toast = { id: ++made, kind, text, action }
  toasts.push(toast)
  if (kind !== 'bad') setTimeout(() => dismiss(toast.id), action ? 12_000 : 5000)
  else if (toasts.length > 4) toasts.shift()
}

export function dismiss(id: number): void {
  const at = toasts.findIndex((toast) => toast.id === id)
  if (at >= 0) toasts.splice(at, 1)
}
