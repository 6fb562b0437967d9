export { default as TrialPanel } from './TrialPanel.vue'
