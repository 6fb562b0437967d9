export { default as SettingsPanel } from './SettingsPanel.vue'
export { default as TuneDialog } from './TuneDialog.vue'
