import type { Feature } from '@/shell/feature'

/** No page of its own: parts for the pages of others. */
export const feature: Feature = { name: 'supervision' }
