import { shallowRef } from 'vue'

export interface Question {
  title: string
  /** What will happen, and whether it can be undone. */
  text?: string
  /** The word on the button: what is done, not "OK". */
  confirm: string
  danger?: boolean
  /** Must be typed first: for what cannot be undone and concerns much. */
  typed?: string
  /** Asks for a reason, which goes into the log. */
  reason?: 'asked' | 'needed'
}
interface Open extends Question {
  answer: (reason: string | null) => void
}

export const open = shallowRef<Open | null>(null)

function ask(question: Question): Promise<string | null> {
  open.value?.answer(null)
  return new Promise((resolve) => {
    open.value = {
      ...question,
      answer: (reason) => {
        open.value = null
        resolve(reason)
      },
    }
  })
}

/** Asks before something is done. `confirm` says yes or no; `because` the reason, null for no. */
export function useConfirm() {
  return {
    confirm: async (question: Question): Promise<boolean> => (await ask(question)) !== null,
    because: (question: Question): Promise<string | null> => ask({ reason: 'needed', ...question }),
  }
}
