export { default as DispositionEditor } from './DispositionEditor.vue'
