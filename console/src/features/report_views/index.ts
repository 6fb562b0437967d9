import type { Feature } from '@/shell/feature'

/** Stands on the page of reports; it has none of its own. */
export const feature: Feature = { name: 'report_views' }
