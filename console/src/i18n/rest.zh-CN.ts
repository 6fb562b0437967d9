/** What `few.zh-CN` leaves out. */
export default import.meta.glob(
  [
    '../features/*/texts/zh-CN.json',
    '!../features/{callbacks,desk,scripts,sessions}/texts/zh-CN.json',
  ],
  { eager: true, import: 'default' },
)
