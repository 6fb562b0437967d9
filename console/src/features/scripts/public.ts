export { default as ScriptEditor } from './ScriptEditor.vue'
export { default as ScriptText } from './ScriptText.vue'
export { default as ScriptLine } from './ScriptLine.vue'
