/** In a team's pools: all of them, those to come as well. */
export const EVERY_POOL = '*'
