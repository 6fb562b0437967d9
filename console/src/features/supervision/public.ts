export { default as ListenBar } from './ListenBar.vue'
export { useListening } from './listening'
