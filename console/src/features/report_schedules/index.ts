import type { Feature } from '@/shell/feature'

/** Stands beside a saved report; it has no page of its own. */
export const feature: Feature = { name: 'report_schedules' }
