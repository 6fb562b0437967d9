export { default as LeadImport } from './LeadImport.vue'
export { default as LeadReset } from './LeadReset.vue'
export { default as LeadTabs } from './LeadTabs.vue'
