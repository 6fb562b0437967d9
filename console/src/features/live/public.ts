export { floors } from './api'
export { budget, countPhases, countStates, lines } from './model'
export { late } from './late'
export { useThresholds } from './thresholds'
