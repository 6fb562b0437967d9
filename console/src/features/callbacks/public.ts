import { defineAsyncComponent } from 'vue'

/** Fetched when it is first opened: a desk loads without it. */
export const CallbackCalendar = defineAsyncComponent(() => import('./CallbackCalendar.vue'))
