// Before the first paint: the theme and language last chosen, or the system's.
;(function () {
  var root = document.documentElement
  var theme = localStorage.getItem('dialer.theme')
  var dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  root.dataset.theme = dark ? 'dark' : 'light'
  var language = localStorage.getItem('dialer.language') || navigator.language || 'en'
  root.lang = /^zh/i.test(language) ? 'zh-CN' : 'en'
})()
