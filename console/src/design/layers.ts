/** A dialog stays when the word at the edge of the screen is clicked: it is about the dialog. */
export function keepOpen(event: Event & { detail: { originalEvent: Event } }): void {
  const target = event.detail.originalEvent.target
  if (target instanceof Element && target.closest('[data-over-dialogs]')) event.preventDefault()
}
