export { default as DncUndo } from './DncUndo.vue'
export { default as UnwantedPanel } from './UnwantedPanel.vue'
export { changeOf, undoable } from './changes'
