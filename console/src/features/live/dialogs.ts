import type { RepLine } from './model'

/** What is asked before something is done to a rep or a campaign. */
export type Asking =
  | { what: 'pause' | 'logout' | 'hangup' | 'move' | 'message'; row: RepLine }
  | { what: 'message-all'; pool: string }
  | { what: 'stop' | 'tune'; campaign: string }
