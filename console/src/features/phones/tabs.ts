/** One tab of a browser is a rep's phone: held by a lock that ends with the tab, however it ends. */

export interface TabLock {
  /** Be the phone, if nobody is; `steal`: whoever is. */
  claim: (steal: boolean) => void
  /** Be the phone once nobody is. */
  queue: () => void
  release: () => void
}

export interface TabNews {
  claimed: () => void
  taken: () => void
  stolen: () => void
}

export function tabLock(name: string, news: TabNews): TabLock {
  let letGo: (() => void) | null = null
  let waiting: AbortController | null = null

  function hold(): Promise<void> {
    return new Promise((done) => {
      letGo = () => {
        letGo = null
        done()
      }
      news.claimed()
    })
  }

  async function request(options: LockOptions): Promise<void> {
    let isMine = false
    try {
      await navigator.locks.request(name, options, async (lock) => {
        if (!lock) return news.taken()
        isMine = true
        await hold()
      })
    } catch {
      // Aborted while waiting, or taken away by another tab.
      if (isMine && letGo) {
        letGo = null
        news.stolen()
      }
    }
  }

  function stopWaiting(): void {
    waiting?.abort()
    waiting = null
  }

  return {
    claim(steal) {
      stopWaiting()
      void request(steal ? { steal: true } : { ifAvailable: true })
    },
    queue() {
      stopWaiting()
      waiting = new AbortController()
      void request({ signal: waiting.signal })
    },
    release() {
      stopWaiting()
      letGo?.()
    },
  }
}
