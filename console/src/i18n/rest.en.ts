/** What `few.en` leaves out. */
export default import.meta.glob(
  ['../features/*/texts/en.json', '!../features/{callbacks,desk,scripts,sessions}/texts/en.json'],
  { eager: true, import: 'default' },
)
