export { steering } from './api'
export { KNOWN_REASONS, useReasons } from './reasons'
