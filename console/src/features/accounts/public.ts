export { default as OrganisationTabs } from './OrganisationTabs.vue'
