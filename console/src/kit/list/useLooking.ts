import { onScopeDispose, ref, shallowRef } from 'vue'
import type { Answer, Wish } from './usePages'

/**
 * A search whose answers each look at some of all there is goes on by itself until a page is full:
 * what was found so far is in `rows`, how far back it has looked in `to` (unix seconds). `stop` ends
 * it, as a newer question does, and leaving the screen; `next` then goes on from there.
 */
export function useLooking<Row>(ask: (wish: Wish) => Promise<Answer<Row>>) {
  const rows = shallowRef<readonly Row[] | null>(null)
  const to = ref<number | null>(null)
  let newest = 0
  let isStopped = false
  const stop = (): void => void (isStopped = true)
  async function fill(wish: Wish): Promise<Answer<Row>> {
    const mine = ++newest
    isStopped = false
    rows.value = to.value = null
    let answer = await ask(wish)
    let found = answer.rows
    while (mine === newest) {
      const isShort = answer.lookedTo != null && found.length < wish.limit
      rows.value = isShort ? found : null
      to.value = isShort ? answer.lookedTo! : null
      if (!isShort || isStopped) break
      answer = await ask({ ...wish, cursor: answer.next, limit: wish.limit - found.length })
      found = [...found, ...answer.rows]
    }
    return { ...answer, rows: found }
  }
  onScopeDispose(stop)
  return { rows, to, stop, fill }
}
