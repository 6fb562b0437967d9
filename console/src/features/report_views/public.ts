export { default as ViewsBar } from './ViewsBar.vue'
export { daysMeant, ruleOf, type Shown, type View } from './view'
