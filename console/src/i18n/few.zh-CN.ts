/** What a rep says and reads: the shared texts, and those of the features that the way to the desk shows. */
export default {
  ...import.meta.glob('../locales/zh-CN/*.json', { eager: true, import: 'default' }),
  ...import.meta.glob('../features/{callbacks,desk,scripts,sessions}/texts/zh-CN.json', {
    eager: true,
    import: 'default',
  }),
}
