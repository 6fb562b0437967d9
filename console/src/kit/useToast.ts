import { say, type Toast } from '@/design/toasts'
import { useProblems } from './problems'

/** A short word at the edge of the screen, above whatever is open. Faults stay until closed. */
export function useToast() {
  const { words } = useProblems()
  return {
    good: (text: string, action?: Toast['action']) => say('good', text, action),
    info: (text: string, action?: Toast['action']) => say('info', text, action),
    bad: (text: string, action?: Toast['action']) => say('bad', text, action),
    /** What went wrong, in the reader's words. */
    problem: (error: unknown) => say('bad', words(error)),
  }
}
