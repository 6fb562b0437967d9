import { defineAsyncComponent } from 'vue'

/** Fetched when it is first opened: a desk, which shows scripts, loads without it. */
export const ScriptEditor = defineAsyncComponent(() => import('./ScriptEditor.vue'))
export { default as ScriptText } from './ScriptText.vue'
export { default as ScriptLine } from './ScriptLine.vue'
