export { default as AlertsPanel } from './AlertsPanel.vue'
