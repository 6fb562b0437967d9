export { default as SchedulesDrawer } from './SchedulesDrawer.vue'
